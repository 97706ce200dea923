"""What the demo town's staff have learnt: who holds which certificate, whose runs out, and who lacks one."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from anjia.kernel.actors import Actor
from anjia.kernel.calendar import at, day_of
from anjia.learning import commands as learning
from anjia.learning.exam_paper import Paper
from anjia.learning.starting import built_in
from anjia.simulation import town
from anjia.simulation.founding import Founder

DAYS: Final = timedelta(days=1)
FIRST: Final = 400  # days ago: the courses were put in before the first who has to renew took them
LAPSES_SOON: Final = "picc"  # took hers nearly a year ago
LACKS: Final = "guyuan"  # may therefore not do what it binds
BOUND_SERVICE: Final = "tube_feeding"
TO_LEARN: Final = "nurse"  # of the cast: asked to take a course, and finds it on her phone


@dataclass(frozen=True, slots=True)
class School:
    """Teaches as the people of the town would have: courses put in, taken one by one, a class held."""

    founder: Founder
    now: datetime

    def teach(self) -> None:
        boss, long_ago = self.founder.administrator, self.now - FIRST * DAYS
        self.founder.do(boss, learning.seed_courses, when=long_ago)
        nurses = [one.key for one in town.colleagues() if one.kind == "nurse"]
        for number, key in enumerate(nurses):
            self.pass_exam(key, "home_visit", self.now - (60 + 9 * number) * DAYS)
            if key != LACKS:
                ago = 341 if key == LAPSES_SOON else 45 + 11 * number
                self.pass_exam(key, "emergency", self.now - ago * DAYS)
        self.bind()
        self.hold_classes(nurses[:4])

    def pass_exam(self, key: str, code: str, when: datetime) -> None:
        """She reads it, sits the exam and knows most."""
        member = self.founder.member(key)
        self.founder.do(member, learning.mark_read, when=when, code=code, pages=range(20))
        paper: Paper = self.founder.do(member, learning.begin_exam, when=when, code=code)
        answers = right_answers(code, paper)
        later = when + timedelta(minutes=9)
        self.founder.do(member, learning.hand_in, when=later, attempt_id=paper.attempt_id, answers=answers)

    def bind(self) -> None:
        today = day_of(self.now)
        boss = self.founder.administrator
        self.founder.do(
            boss, learning.bind_course, when=self.now, code="home_visit", kind="nurse", since=today,
            why="本机构上门管理办法（演示）",
        )  # fmt: skip
        self.founder.do(
            boss, learning.bind_course, when=self.now, code="emergency", service_code=BOUND_SERVICE, since=today,
            why="鼻饲有误吸风险（演示）",
        )  # fmt: skip
        self.founder.do(
            boss, learning.bind_course, when=self.now, code="privacy", staff_id=self.founder.staff[TO_LEARN],
            since=today + 14 * DAYS, why="年度法规培训（演示）",
        )  # fmt: skip

    def hold_classes(self, keys: list[str]) -> UUID:
        """One was held last week, its list signed; one is to come tomorrow."""
        boss, quality = self.founder.administrator, self.founder.member("quality")
        held = self.plan(boss, self.now - 7 * DAYS)
        for key in keys:
            self.founder.do(
                boss, learning.put_on_list, when=self.now - 6 * DAYS, session_id=held,
                staff_id=self.founder.staff[key],
            )  # fmt: skip
        self.founder.do(quality, learning.sign_session, when=self.now - 5 * DAYS, session_id=held)
        return self.plan(boss, self.now + DAYS)

    def plan(self, by: Actor, when: datetime) -> UUID:
        day = day_of(when)
        made = self.founder.do(
            by, learning.plan_session, when=self.now - 8 * DAYS, code="emergency", starts_at=at(day, time(14)),
            ends_at=at(day, time(16)), place="中心三楼教室（演示）", teacher="护理部 心肺复苏实操",
        )  # fmt: skip
        found: UUID = made.id
        return found


def right_answers(code: str, paper: Paper) -> dict[str, list[str]]:
    right = {one["key"]: one["right"] for one in built_in()[code]["questions"]}
    return {one.key: list(right[one.key]) for one in paper.questions}
