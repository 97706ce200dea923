"""Who may see what staff have learnt."""

from anjia.kernel.actors import Actor
from anjia.kernel.errors import NotAllowed


def check_may_read(actor: Actor) -> None:
    """:raises NotAllowed: without `learning.read`"""
    if not actor.may("learning.read"):
        raise NotAllowed
