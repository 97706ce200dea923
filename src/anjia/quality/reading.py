"""Who of the staff may read what is kept about quality."""

from anjia.kernel.actors import Actor, Kind
from anjia.kernel.errors import NotAllowed


def check_reads(actor: Actor) -> None:
    """:raises NotAllowed: for persons, and without `quality.read`"""
    if actor.kind is Kind.PERSON or not actor.may("quality.read"):
        raise NotAllowed
