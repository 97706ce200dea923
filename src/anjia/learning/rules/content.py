"""What a course consists of, and what is wrong with one that somebody wrote. A part of it is written by itself."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import Invalid, Words

MOST_PAGES: Final = 30
LONGEST_PAGE: Final = 4000
MOST_QUESTIONS: Final = 200
MOST_OPTIONS: Final = 6
LONGEST_TEXT: Final = 400
LONGEST_CODE: Final = 30  # its paper's code is longer by the prefix


class Topic(StrEnum):
    """Source: checklist B14: the pilot's plan of training."""

    STANDARD = "standard"
    COMMUNICATION = "communication"
    RECORDS = "records"
    EMERGENCY = "emergency"
    PRIVACY = "privacy"
    SKILL = "skill"


WORDS_OF_TOPIC: Final[Mapping[Topic, Words]] = {
    Topic.STANDARD: _("标准流程"),
    Topic.COMMUNICATION: _("沟通"),
    Topic.RECORDS: _("记录"),
    Topic.EMERGENCY: _("应急"),
    Topic.PRIVACY: _("隐私法规"),
    Topic.SKILL: _("专业技能"),
}


class CourseInvalid(Invalid):
    code = "learning.course_invalid"
    words = _("课程有几处要改，改好再存。")


def empty(title: str, topic: str) -> dict[str, Any]:
    """Return a course of which nothing but the title is written. What is asked is this installation's default [ENG]."""
    return {
        "title": title,
        "title_en": "",
        "topic": topic,
        "summary": "",
        "summary_en": "",
        "issuer": "",
        "valid_months": 12,
        "in_class": False,
        "exam": {"draw": 5, "pass_percent": 80, "wait_hours": 12, "minutes": 30},
        "pages": [],
        "questions": [],
    }


def check_about(content: Mapping[str, Any]) -> None:
    """:raises CourseInvalid: naming what of its head and its exam is wrong; pages and questions may still be wanting"""
    if wrong := dict(wrong_about(content)):
        raise CourseInvalid(fields=wrong)


def check_content(content: Mapping[str, Any]) -> None:
    """:raises CourseInvalid: naming everything that keeps it from being published"""
    wrong = dict(wrong_about(content))
    if not content["pages"]:
        wrong["pages"] = _("至少写一页内容。")
    for number, page in enumerate(content["pages"], 1):
        wrong |= {f"pages.{number}": words for words in wrong_page(page).values()}
    draw = content["exam"]["draw"]
    if len(content["questions"]) < draw:
        wrong["questions"] = _("题库至少要有 {draw} 道题，现在有 {have} 道。").format(
            draw=draw, have=len(content["questions"])
        )
    for number, question in enumerate(content["questions"], 1):
        wrong |= {f"questions.{number}": words for words in wrong_question(question).values()}
    if wrong:
        raise CourseInvalid(fields=wrong)


def wrong_about(content: Mapping[str, Any]) -> Iterator[tuple[str, Words]]:
    exam = content["exam"]
    if not 2 <= len(content["title"]) <= 60:
        yield "title", _("课程名称写 2 到 60 个字。")
    if content["topic"] not in set(Topic):
        yield "topic", _("请选一个主题。")
    if len(content["summary"]) > LONGEST_TEXT:
        yield "summary", _("简介最多 400 个字。")
    if not content["issuer"]:
        yield "issuer", _("请写合格证由谁签发。")
    ranges = {
        "valid_months": (content["valid_months"], 1, 60, _("有效期写 1 到 60 个月。")),
        "draw": (exam["draw"], 1, 50, _("每次考 1 到 50 道题。")),
        "pass_percent": (exam["pass_percent"], 50, 100, _("及格线写 50 到 100。")),
        "wait_hours": (exam["wait_hours"], 1, 168, _("没过以后隔 1 到 168 小时再考。")),
        "minutes": (exam["minutes"], 5, 180, _("考试时间写 5 到 180 分钟。")),
    }
    for name, (value, least, most, words) in ranges.items():
        if not (isinstance(value, int) and least <= value <= most):
            yield name, words


def wrong_page(page: Mapping[str, Any]) -> dict[str, Words]:
    wrong: dict[str, Words] = {}
    if not 1 <= len(page["title"]) <= 60:
        wrong["title"] = _("每一页要有标题，最多 60 个字。")
    if not 1 <= len(page["text"]) <= LONGEST_PAGE:
        wrong["text"] = _("每一页写 1 到 4000 个字。再长就分成两页。")
    if page.get("file_id") and not page.get("alt"):
        wrong["alt"] = _("图片要写一句说明，给看不到图的人。")
    return wrong


def wrong_question(question: Mapping[str, Any]) -> dict[str, Words]:
    wrong: dict[str, Words] = {}
    options: Sequence[Mapping[str, Any]] = question["options"]
    right = question["right"]
    if not 1 <= len(question["text"]) <= LONGEST_TEXT:
        wrong["text"] = _("题目写 1 到 400 个字。")
    if not 2 <= len(options) <= MOST_OPTIONS:
        wrong["options"] = _("每道题要有 2 到 6 个选项。")
    elif len({option["text"] for option in options}) < len(options):
        wrong["options"] = _("选项不能有两个一样的。")
    if question["kind"] == "single" and len(right) != 1:
        wrong["right"] = _("单选题要有一个、也只能有一个正确答案。")
    elif question["kind"] == "multiple" and len(right) < 2:
        wrong["right"] = _("多选题要有两个或更多正确答案。")
    elif not set(right) <= {option["key"] for option in options}:
        wrong["right"] = _("正确答案要在选项里。")
    return wrong


def check_page(page: Mapping[str, Any]) -> None:
    """:raises CourseInvalid: naming each field that is wrong"""
    if wrong := wrong_page(page):
        raise CourseInvalid(fields=wrong)


def check_question(question: Mapping[str, Any]) -> None:
    """:raises CourseInvalid: naming each field that is wrong"""
    if wrong := wrong_question(question):
        raise CourseInvalid(fields=wrong)
