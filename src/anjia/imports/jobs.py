"""What happens to lists in the night."""

from datetime import datetime

from anjia.imports.commands import forget_old_uploads
from anjia.kernel.actors import system
from anjia.kernel.jobs import every
from anjia.kernel.work import acting


@every("20 3 * * *")
def forget_uploads(now: datetime) -> None:
    """Forget the bytes of old uploads: what counted has been taken over."""
    while acting(system(), now).do(forget_old_uploads):
        pass
