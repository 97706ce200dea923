"""What becomes of a form that was refused: its page again, with what somebody wrote in it."""

from collections.abc import Callable
from typing import Final

from anjia.kernel.console import PageRequest
from anjia.kernel.errors import DomainError, Invalid, NotAllowed, NotFound

WRITTEN: Final = ("words", "new_need", "measure", "reason")


def refusal_of(act: Callable[[], object]) -> DomainError | None:
    """Do it; return why not, to be said on the page. Whose page it is not is told so by another."""
    try:
        act()
    except DomainError as refusal:
        if type(refusal) in {NotAllowed, NotFound}:
            raise
        return refusal
    return None


def written(request: PageRequest, refusal: DomainError | None, *, is_kept: bool = True) -> str:
    """
    Return what she wrote, where no form shows it any more: somebody was faster, and the page has gone on.

    What is wrong or missing stays in its own form, where that one keeps it.
    """
    if refusal is None or (is_kept and isinstance(refusal, Invalid)):
        return ""
    return "\n".join(said for name in WRITTEN if (said := request.POST.get(name, "").strip()))
