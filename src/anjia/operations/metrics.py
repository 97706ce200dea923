"""What a monitor reads, in Prometheus' text format (version 0.0.4)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from anjia.kernel.waiting import Waiting
from anjia.operations.queries import Stability

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
HELP: Final[Mapping[str, str]] = {
    "anjia_minutes_watched": "Minutes of the last thirty days since Anjia was first watched.",
    "anjia_minutes_up": "Of these, minutes in which it answered that it was ready.",
    "anjia_waiting": "What should have happened by now and has not: events unheard, messages unsent, jobs undone, "
    "audit entries without a seal.",
    "anjia_waiting_oldest_seconds": "How long the longest of them has waited.",
}


def written(stability: Stability, waiting: Mapping[str, Waiting]) -> str:
    """Return all gauges. Names and labels stay as they are: dashboards are built on them."""
    now: datetime = stability.as_of
    values = {
        "anjia_minutes_watched": {"": stability.month.of},
        "anjia_minutes_up": {"": stability.month.up},
        "anjia_waiting": {f'{{what="{what}"}}': one.count for what, one in waiting.items()},
        "anjia_waiting_oldest_seconds": {
            f'{{what="{what}"}}': int(one.age(now).total_seconds()) for what, one in waiting.items()
        },
    }
    lines = []
    for name, help_text in HELP.items():
        lines += [f"# HELP {name} {help_text}", f"# TYPE {name} gauge"]
        lines += [f"{name}{labels} {value}" for labels, value in values[name].items()]
    return "\n".join(lines) + "\n"
