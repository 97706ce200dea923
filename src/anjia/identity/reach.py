"""How far an actor's word reaches: which organizations lie below hers, and whether she manages accounts."""

from anjia.identity.models import Organization
from anjia.kernel.actors import Actor, system
from anjia.kernel.errors import NotAllowed


def is_below(actor: Actor, organization: Organization) -> bool:
    """Say whether it is the actor's organization or lies below it. Row-level security has said so before."""
    return actor == system() or actor.organization_id in organization.lineage


def check_manages(actor: Actor) -> None:
    """:raises NotAllowed: without `identity.manage`"""
    if not actor.may("identity.manage"):
        raise NotAllowed
