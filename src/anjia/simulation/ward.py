"""What the hospital of the demo town sends."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from anjia.kernel.calendar import day_of
from anjia.simulation import town
from anjia.simulation.founding import CENTRE, PHONE, Founder
from anjia.simulation.phones import MINUTES
from anjia.simulation.pictures import scribble
from anjia.transitions import commands as transitions


@dataclass(slots=True)
class Ward:
    """Lets the ward nurse refer her patients, and the desk take them on."""

    founder: Founder
    now: datetime

    def send_patients_home(self) -> None:
        """The ward sends two patients: one has been taken on, one waits at the desk."""
        three_days_ago = self.now - timedelta(days=3)
        first = self.refer(
            three_days_ago,
            name="周长顺",
            sex="male",
            phone="19900003011",
            address="云杉市清溪区渡口巷16号2栋1单元302",
            diagnosis="脑梗死恢复期，留置胃管",
            lines=["gastric_tube"],
            wishes=["line_care", "teaching"],
            at_home="spouse",
            discharge_in=1,
        )
        for later, command in ((2, transitions.receive), (3, transitions.take_on)):
            self.founder.do(
                self.founder.member("desk"),
                command,
                when=three_days_ago + timedelta(hours=later),
                referral_id=first,
            )
        self.refer(
            self.now - 70 * MINUTES,
            name="彭淑珍",
            sex="female",
            phone="19900003024",
            address="云杉市清溪区织锦巷41号3栋2单元501",
            diagnosis="乳腺癌术后化疗间歇，PICC 置管第 12 天",
            lines=["picc"],
            wounds=["surgical"],
            wishes=["line_care", "wound_care"],
            at_home="children",
            discharge_in=2,
        )

    def refer(self, when: datetime, *, discharge_in: int, **patient: Any) -> UUID:
        sent = self.founder.do(
            self.founder.member("ward"),
            transitions.refer,
            when=when,
            organization_id=CENTRE,
            organization_name=town.CENTRE,
            from_name=town.HOSPITAL,
            sent_by_name="孙倩",
            ward=town.WARD,
            ward_phone=PHONE,
            discharge_on=day_of(when) + timedelta(days=discharge_in),
            agreed=True,
            order_photo=scribble(7),
            order_photo_type="image/png",
            **patient,
        )
        sent_id: UUID = sent.id
        return sent_id
