"""What a service is, what it asks of people, and what is wrong with one that somebody wrote down."""

from anjia.catalogue.rules.content import (
    Evidence,
    LegalLine,
    Mode,
    ServiceInvalid,
    Tier,
    check_content,
    digest_of,
    in_language,
)
from anjia.catalogue.rules.requirements import (
    Person,
    Qualified,
    Reason,
    Requires,
    full_years,
    why_not,
)
from anjia.catalogue.rules.rows import Change, Changes, ServiceRow, content_of_row

__all__ = [
    "Change",
    "Changes",
    "Evidence",
    "LegalLine",
    "Mode",
    "Person",
    "Qualified",
    "Reason",
    "Requires",
    "ServiceInvalid",
    "ServiceRow",
    "Tier",
    "check_content",
    "content_of_row",
    "digest_of",
    "full_years",
    "in_language",
    "why_not",
]
