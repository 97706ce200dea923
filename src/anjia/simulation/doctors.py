"""What doctors have ordered in the demo town, what waits for one, and what a nurse asks from a visit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from anjia.kernel.actors import Purpose, system
from anjia.kernel.calendar import at, day_of
from anjia.kernel.work import acting
from anjia.orders import commands as orders
from anjia.orders.rules.orders import OrderKind, Said
from anjia.simulation.founding import AFTERNOON, CENTRE, MORNING, Founder, hours_of, resident_id_of
from anjia.simulation.phones import MINUTES
from anjia.simulation.pictures import scribble
from anjia.visits import commands as visits
from anjia.visits.queries import visits_of_resident

DAYS: Final = timedelta(days=1)
PAPER: Final = scribble(5)  # the photo of an order
WOUND: Final = scribble(6)
# For whom, for which service, what, how often, what for.
ORDERED: Final[Sequence[tuple[str, str, str, str, str]]] = (
    ("zhang", "blood_draw", "抽血：空腹血糖、糖化血红蛋白、肾功能", "每 3 个月 1 次", "2 型糖尿病随访"),
    ("r05", "wound_dressing", "生理盐水清洗，泡沫敷料换药", "每周 2 次", "左小腿静脉性溃疡"),
    ("r08", "picc_care", "PICC 维护：换膜、换接头、冲封管", "每周 1 次", "长期输液置管后"),
    ("r14", "blood_draw", "抽血：血常规、电解质", "每 2 周 1 次", "慢性肾病随访"),
    ("r24", "wound_dressing", "碘伏消毒，生理盐水清洗，纱布换药", "隔日 1 次", "糖尿病足溃疡恢复期"),
    ("r30", "picc_care", "PICC 维护：换膜、换接头、冲封管", "每周 1 次", "治疗间歇期"),
    ("r36", "wound_dressing", "生理盐水清洗，水胶体敷料换药", "每周 2 次", "骶尾部压力性损伤 2 期"),
    ("r40", "catheter_change", "更换留置导尿管，16Fr", "每 4 周 1 次", "前列腺增生，尿潴留"),
    ("r54", "picc_care", "PICC 维护：换膜、换接头、冲封管", "每周 1 次", "治疗间歇期"),
    ("r56", "ostomy_care", "造口护理，换底盘，看周围皮肤", "每周 1 次", "结肠造口术后"),
)


@dataclass(slots=True)
class Doctors:
    founder: Founder

    def write(self) -> None:
        """What is done on an order has one, confirmed weeks ago; one came in this morning and waits."""
        since = self.founder.now - 20 * DAYS
        for key, service, name, often, problem in ORDERED:
            entered = self.enter(resident_id_of(key), service, procedure(name, often, problem), when=since)
            self.confirm(entered.id, when=since + 3 * MINUTES)
        self.founder.do(
            self.founder.member("desk"),
            orders.name_family_doctor,
            when=since,
            resident_id=resident_id_of("zhang"),
            staff_id=self.founder.staff["doctor"],
        )
        self.enter(
            resident_id_of("r45"), "subcutaneous_injection", heparin(), when=self.founder.now - 40 * MINUTES
        )

    def enter(self, resident_id: UUID, service: str, said: Said, *, when: datetime) -> Any:
        first = day_of(when)
        length = 14 * DAYS if said.is_drug else 150 * DAYS
        return self.founder.do(
            self.founder.member("desk"),
            orders.enter_order,
            when=when,
            resident_id=resident_id,
            service_code=service,
            said=replace(
                said, written_on=first, drug_expires_on=first + 400 * DAYS if said.is_drug else None
            ),
            valid_from=first,
            valid_until=first + length,
            photo=PAPER,
            content_type="image/png",
        )

    def confirm(self, order_id: UUID, *, when: datetime) -> None:
        self.founder.do(self.founder.member("doctor"), orders.confirm_order, when=when, order_id=order_id)

    def be_on(self) -> None:
        """The family doctor is there whenever the demo begins: somebody answers."""
        today = day_of(self.founder.now)
        noon = (at(today, MORNING[1]), at(today, AFTERNOON[0]))
        # On a day off she has no hours of her own; on another these go on with hers.
        for begins, ends in (hours_of(self.founder.now), *self.founder.odd_hours(today), noon):
            self.founder.put_shift("doctor", begins, ends)

    def ask(self) -> None:
        """Chen Xue is at a wound and asks: the demo's doctor answers, or lets it go on to her colleague."""
        visit_id = self.under_way("r24")
        if visit_id is None:
            return
        nurse, when = self.founder.member("chenxue"), self.founder.now - 2 * MINUTES
        file_id = uuid4()
        content = {
            "words": "伤口边缘约 1 厘米发红，没有渗液，不发热，按着有点疼。换药次数要不要改？",
            "file_id": str(file_id),
        }
        fact = {
            "client_id": uuid4(),
            "visit_id": visit_id,
            "kind": "question",
            "occurred_at": when,
            "content": content,
        }
        self.founder.do(nurse, visits.record_facts, when=when, facts=[fact])
        self.founder.do(
            nurse,
            visits.keep_evidence,
            when=when,
            visit_id=visit_id,
            content=WOUND,
            content_type="image/png",
            file_id=file_id,
        )
        self.founder.do(system(CENTRE), orders.open_questions, when=self.founder.now, visit_id=visit_id)

    def under_way(self, key: str) -> UUID | None:
        page = acting(self.founder.member("desk"), self.founder.now).ask(
            visits_of_resident, Purpose.CONTRACT, resident_id=resident_id_of(key), now=self.founder.now
        )
        return next((one.id for one in page.items if one.status == "arrived"), None)


def procedure(name: str, often: str, problem: str) -> Said:
    return Said(
        kind=OrderKind.PROCEDURE,
        name=name,
        frequency=often,
        problem=problem,
        institution="云杉市第一人民医院",
        doctor="周明",
    )


def heparin() -> Said:
    return Said(
        kind=OrderKind.DRUG,
        name="低分子肝素钠注射液 4000 IU/0.4 ml",
        dose="4000 IU",
        route="subcutaneous",
        frequency="每日 1 次",
        problem="髋部骨折术后预防血栓",
        institution="云杉市第一人民医院",
        doctor="周明",
        origin="house",
        origin_proof="FY1126-018",
        lot="24110732",
        had_before=True,
        skin_test="not_needed",
    )
