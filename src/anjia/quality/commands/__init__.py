"""What can be done about quality. One function, one unit of work, one audit entry, one event."""

from anjia.quality.commands.ratings import rate_visit

__all__ = ["rate_visit"]
