"""What a service is, what it asks of people, and what is wrong with one that somebody wrote down."""

from anjia.catalogue.rules.content import (
    Evidence,
    Mode,
    ServiceInvalid,
    Tier,
    check_content,
    digest_of,
    in_language,
)
from anjia.catalogue.rules.gates import (
    Asks,
    GateRule,
    Offered,
    Party,
    gate_of,
    gate_rules,
    rule_that,
    why_not_on_line,
)
from anjia.catalogue.rules.lines import LegalLine
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
    "Asks",
    "Change",
    "Changes",
    "Evidence",
    "GateRule",
    "LegalLine",
    "Mode",
    "Offered",
    "Party",
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
    "gate_of",
    "gate_rules",
    "in_language",
    "rule_that",
    "why_not",
    "why_not_on_line",
]
