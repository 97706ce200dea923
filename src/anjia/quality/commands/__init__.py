"""What can be done about quality. One function, one unit of work, one audit entry, one event."""

from anjia.quality.commands.call_backs import escalate_call_back, log_call_back, open_call_back
from anjia.quality.commands.family import say_as_family
from anjia.quality.commands.ratings import rate_visit

__all__ = ["escalate_call_back", "log_call_back", "open_call_back", "rate_visit", "say_as_family"]
