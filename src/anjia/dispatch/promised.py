"""What a promise asks of whoever comes: its service's version, and how it was promised. Pure."""

from typing import Protocol

from anjia.catalogue.rules import Offered, Requires
from anjia.catalogue.rules.assessing import LevelAsked
from anjia.dispatch.matching import Job, Wishes
from anjia.learning.rules import Bound
from anjia.visits.queries import Promise


class Service(Offered, Protocol):
    """As much of a service's version as says who may do it."""

    @property
    def requires(self) -> Requires: ...
    @property
    def deliver_minutes(self) -> int: ...


def job_of(
    version: Service, promise: Promise, courses: tuple[Bound, ...], level: LevelAsked | None = None
) -> Job:
    """Return what is to be done; `courses` and `level` bind whoever does it."""
    return Job(
        requires=version.requires,
        legal_line=version.legal_line,
        deliver_minutes=version.deliver_minutes,
        access_minutes=promise.access_minutes,
        minutes=int((promise.ends_at - promise.starts_at).total_seconds() // 60),
        people_needed=promise.people_needed,
        cell=promise.cell,
        wishes=Wishes.of(promise.wishes),
        courses=courses,
        level=level,
    )
