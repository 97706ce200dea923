"""Who was recruited for the demo town's pilot: most are in, one waits for a second person, one has appealed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from anjia.enrolment import commands as enrolment
from anjia.enrolment.rules import Answer, Basis, Finding
from anjia.kernel.calendar import day_of
from anjia.simulation.founding import Founder, resident_id_of

PLACES: Final = 8
CHANNELS: Final = (
    ("居委会推荐", "Residents' committee"),
    ("社区健康讲座", "Health lecture"),
    ("医院出院转介", "Hospital discharge"),
)
# Who came, by which way, how many days ago, and how far she is.
RECRUITED: Final = (
    ("zhang", 0, 30, "enrolled"),
    ("r05", 0, 29, "enrolled"),
    ("r08", 2, 28, "enrolled"),
    ("r14", 1, 27, "enrolled"),
    ("r24", 0, 26, "enrolled"),
    ("r30", 1, 25, "enrolled"),
    ("r36", 2, 24, "enrolled"),
    ("r40", 0, 5, "offered"),
    ("r54", 1, 4, "waiting"),
    ("r56", 1, 3, "waiting"),
    ("r45", 0, 2, "screened"),
    ("r48", 1, 12, "refused"),
    ("r49", 0, 1, "came"),
)
FOUND: Final = {
    "household": ("独居，女儿在外地，一个月来一次", "入户面谈"),
    "monitoring": ("高血压多年，医生要求每周量两次", "随访记录"),
    "access": ("下楼要扶，去医院来回两小时", "入户面谈"),
    "wechat": ("女儿用微信帮她约", "当面看女儿约过一次"),
    "mind": ("谈话清楚，听力好", "入户面谈"),
}


@dataclass(frozen=True, slots=True)
class Recruiting:
    founder: Founder
    now: datetime

    def recruit(self) -> None:
        """Let the pilot begin some weeks ago, and those come who came."""
        boss, desk, since = self.founder.administrator, self.founder.member("desk"), self.ago(40)
        ways = [
            self.founder.do(boss, enrolment.add_channel, when=since, name=name, name_en=english)
            for name, english in CHANNELS
        ]
        pilot = self.founder.do(
            boss,
            enrolment.open_programme,
            when=since,
            name="上门医疗试点（演示）",
            name_en="Home-visit pilot (demo)",
            cap=PLACES,
            min_age=65,
            starts_on=day_of(since),
            ends_on=day_of(since + timedelta(days=92)),
        )
        for key, way, days, state in RECRUITED:
            when = self.ago(days)
            came = self.founder.do(
                desk,
                enrolment.add_candidate,
                when=when,
                programme_id=pilot.id,
                resident_id=resident_id_of(key),
                channel_id=ways[way].id,
            )
            if state != "came":
                self.screen(came.id, state, when + timedelta(hours=2))

    def screen(self, candidate_id: UUID, state: str, when: datetime) -> None:
        desk, quality = self.founder.member("desk"), self.founder.member("quality")
        said: dict[str, Any] = {"access": Answer.NOT_MET} if state == "refused" else {}
        findings = [
            Finding(
                criterion=code,
                answer=said.get(code, Answer.MET),
                found="自己坐公交去医院，不费事" if code in said else found,
                basis=Basis.SEEN,
                evidence=evidence,
            )
            for code, (found, evidence) in FOUND.items()
        ]
        made = self.founder.do(
            desk, enrolment.screen, when=when, candidate_id=candidate_id, findings=findings
        )
        if state == "screened":
            return
        settled_at = when + timedelta(days=1)
        self.founder.do(
            quality, enrolment.settle_screening, when=settled_at, screening_id=made.id, stands=True
        )
        if state == "enrolled":
            taken_at = settled_at + timedelta(hours=3)
            self.founder.do(desk, enrolment.take_place, when=taken_at, candidate_id=candidate_id)
        if state == "refused":
            self.founder.do(
                desk,
                enrolment.appeal,
                when=self.ago(2),
                screening_id=made.id,
                words="坐公交要人陪，上个月摔过一次，请再看看。",
                by_whom="儿子，电话",
            )

    def ago(self, days: int) -> datetime:
        return self.now - timedelta(days=days)
