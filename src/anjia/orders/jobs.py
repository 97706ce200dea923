"""What happens to questions by themselves, by the clock."""

from datetime import datetime
from uuid import UUID

from anjia.kernel.actors import Purpose, system
from anjia.kernel.jobs import each, every
from anjia.kernel.work import acting
from anjia.orders import commands, queries


@every("* * * * * */15")
def hand_late_questions_on(now: datetime) -> None:
    """Hand on what a doctor should have answered by now. Nothing is closed by this."""

    def hand(late: tuple[UUID, UUID]) -> None:
        organization_id, question_id = late
        acting(system(organization_id), now).do(commands.hand_on, question_id=question_id)

    each(acting(system(), now).ask(queries.late_questions, Purpose.CARE, now=now), hand)
