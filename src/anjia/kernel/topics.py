"""Topics of the live stream that are no page's. Imports nothing: the process that streams has no Django yet."""

from typing import Final

RIGHTS: Final = "rights"  # no page hears of this topic: what hands on the others does
