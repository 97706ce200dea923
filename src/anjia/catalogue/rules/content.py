"""What a service's content must look like, and what no institution may publish below."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from anjia.catalogue.rules.assessing import wrong_assessment
from anjia.catalogue.rules.forms import wrong_fields
from anjia.catalogue.rules.gates import least_asked
from anjia.catalogue.rules.lines import LegalLine
from anjia.clinical.measures import MEASURES
from anjia.clinical.professions import PAPERS, PROFESSIONS, StaffKind, is_at_least
from anjia.kernel.errors import Invalid, Words

HERE: Final = Path(__file__).parent


class Mode(StrEnum):
    HOME = "home"
    CLINIC = "clinic"
    ONLINE = "online"


class Tier(StrEnum):
    """
    How much can go wrong: T1 any qualified nurse, T2 with an order and time to watch, T3 specialists only.

    Source: clinical reference 5.1, item catalogue [K-med]; a provincial list goes over it.
    """

    T1 = "T1"
    T2 = "T2"
    T3 = "T3"


class Evidence(StrEnum):
    """What a step leaves behind."""

    NONE = "none"
    READING = "reading"
    PHOTO = "photo"
    TEXT = "text"
    TEACH_BACK = "teach_back"
    SIGNATURE = "signature"


WORDS_OF_MODE: Final[Mapping[str, Words]] = {
    Mode.HOME: _("上门"),
    Mode.CLINIC: _("到站"),
    Mode.ONLINE: _("线上"),
}
WORDS_OF_TIER: Final[Mapping[str, Words]] = {
    Tier.T1: _("T1 低风险"),
    Tier.T2: _("T2 要医嘱并留观"),
    Tier.T3: _("T3 要专科证书"),
}
WORDS_OF_EVIDENCE: Final[Mapping[str, Words]] = {
    Evidence.NONE: _("做完打勾"),
    Evidence.READING: _("记数值"),
    Evidence.PHOTO: _("拍照"),
    Evidence.TEXT: _("写一句"),
    Evidence.TEACH_BACK: _("请对方讲一遍"),
    Evidence.SIGNATURE: _("签字"),
}
WORDS_OF_TAG: Final[Mapping[str, Words]] = {
    "V": _("已在公开来源读到"),
    "V2": _("见于二手来源"),
    "K-high": _("专业经验，把握大"),
    "K-med": _("专业经验，把握一般"),
    "K-low": _("专业经验，把握小"),
    "ENG": _("机构自定/默认"),
}


class ServiceInvalid(Invalid):
    code = "catalogue.service_invalid"
    words = _("这项服务还不能发布。标出来的几处改好，再发布一次。")


def check_content(content: Mapping[str, Any]) -> None:
    """:raises ServiceInvalid: naming every place that is wrong"""
    wrong = dict(wrong_shape(content)) or dict(wrong_sense(content))
    if wrong:
        raise ServiceInvalid(fields=wrong)


def wrong_shape(content: Mapping[str, Any]) -> Iterator[tuple[str, Words]]:
    for error in shape().iter_errors(dict(content)):
        yield ".".join(map(str, error.absolute_path)) or "content", _("这一项没有填，或者填得不对。")


def wrong_sense(content: Mapping[str, Any]) -> Iterator[tuple[str, Words]]:
    yield from wrong_steps(content["steps"])
    yield from wrong_form(content["record_form"])
    yield from wrong_requirement(content["requires"])
    yield from below_the_line(content)
    yield from wrong_assessment(content)
    if content["needs_order"] is False and content.get("tier") in {Tier.T2, Tier.T3}:
        yield "needs_order", _("T2、T3 的项目要有医嘱才能做。")


def wrong_steps(steps: list[Mapping[str, Any]]) -> Iterator[tuple[str, Words]]:
    keys = Counter(step["key"] for step in steps)
    for number, step in enumerate(steps):
        if keys[step["key"]] > 1:
            yield f"steps.{number}.key", _("这一步的编号和别的步骤重了。")
        if step["evidence"] == Evidence.READING and not step.get("codes"):
            yield f"steps.{number}.codes", _("这一步要记数值，请写明量的是什么。")
        if unknown := [code for code in step.get("codes", ()) if code not in MEASURES]:
            yield f"steps.{number}.codes", _("不认识的指标：{codes}。").format(codes=" ".join(unknown))


def wrong_form(form: Mapping[str, Any]) -> Iterator[tuple[str, Words]]:
    try:
        Draft202012Validator.check_schema(form)
    except SchemaError as error:
        where = ".".join(["record_form", *map(str, error.absolute_path)])
        yield where, _("记录单不是一份能用的 JSON Schema。")
        return
    if form.get("type") != "object":
        yield "record_form.type", _("记录单要是一组有名字的项目（object）。")
    if missing := [name for name in form.get("required", ()) if name not in form.get("properties", {})]:
        yield "record_form.required", _("必填的项目没有定义：{names}。").format(names=" ".join(missing))
    yield from wrong_fields(form.get("properties", {}))


def wrong_requirement(requires: Mapping[str, Any]) -> Iterator[tuple[str, Words]]:
    for kind, title in requires.get("titles_at_least", {}).items():
        if title not in PROFESSIONS[StaffKind(kind)].ladder:
            yield (
                f"requires.titles_at_least.{kind}",
                _("这个岗位没有“{title}”这一级职称。").format(title=title),
            )
    if unknown := [code for code in requires.get("certificates", ()) if code not in PAPERS]:
        yield "requires.certificates", _("不认识的证书：{codes}。").format(codes=" ".join(unknown))


def below_the_line(content: Mapping[str, Any]) -> Iterator[tuple[str, Words]]:
    """Yield what falls below the least that the service's legal line asks."""
    requires, line = content["requires"], content["legal_line"]
    if line != LegalLine.NON_MEDICAL and requires.get("licensed") is False:
        yield "requires.licensed", _("医疗服务要由持证的人来做。")
    least = least_asked(line)
    if least["kinds"] and requires["kinds"] != least["kinds"]:
        yield "requires.kinds", _("“互联网+护理”只能由注册护士来做。")
    if requires.get("min_years", 0) < least["min_years"]:
        words = _("“互联网+护理”要求护士临床满 {years} 年。")
        yield "requires.min_years", words.format(years=least["min_years"])
    for kind, lowest in least["titles_at_least"].items():
        if not is_at_least(kind, requires.get("titles_at_least", {}).get(kind, ""), lowest):
            yield f"requires.titles_at_least.{kind}", _("“互联网+护理”要求护师或以上职称。")


@cache
def shape() -> Draft202012Validator:
    return Draft202012Validator(json.loads((HERE / "service.schema.json").read_text("utf-8")))


def digest_of(content: Mapping[str, Any]) -> str:
    """Return what is equal for equal contents, in whatever order they were written."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def in_language(thing: Any, language: str) -> Any:
    """
    Return the content in one language: what has an English twin ("title" and "title_en") is said once.

    Chinese is always there; what has not been translated yet stays Chinese.
    """
    if isinstance(thing, list):
        return [in_language(each, language) for each in thing]
    if not isinstance(thing, Mapping):
        return thing
    said = {
        name: in_language(value, language)
        for name, value in thing.items()
        if not is_english_twin(name, thing)
    }
    if language == "en":
        said |= {
            name.removesuffix("_en"): value
            for name, value in thing.items()
            if is_english_twin(name, thing) and value
        }
    return said


def is_english_twin(name: str, thing: Mapping[str, Any]) -> bool:
    return name.endswith("_en") and name.removesuffix("_en") in thing


def tag_in_words(tag: str) -> str:
    """Say how well a source was verified."""
    return str(WORDS_OF_TAG.get(tag, tag))
