"""Who may read what is kept about quality, and who may say something to be kept."""

from anjia.kernel.actors import Actor, Kind
from anjia.kernel.errors import NotAllowed


def check_reads(actor: Actor) -> None:
    """:raises NotAllowed: for persons, and without `quality.read`"""
    if actor.kind is Kind.PERSON or not actor.may("quality.read"):
        raise NotAllowed


def check_may_raise(actor: Actor) -> None:
    """:raises NotAllowed: without `quality.raise`: the one who keeps what has no name must be let in, but not named"""
    if not actor.may("quality.raise"):
        raise NotAllowed
