"""Who may see programmes and those who are recruited. Shared by the questions."""

from anjia.kernel.actors import Actor
from anjia.kernel.errors import NotAllowed


def check_may_read(actor: Actor) -> None:
    """:raises NotAllowed: without `enrolment.read`"""
    if not actor.may("enrolment.read"):
        raise NotAllowed
