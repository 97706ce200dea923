"""What people can do with the catalogue. One function, one unit of work, one audit entry, one event."""

from anjia.catalogue.commands.drafts import (
    call_back_draft,
    catch_draft_up,
    discard_draft,
    publish_draft,
    put_in_force,
    save_part,
    start_draft,
)
from anjia.catalogue.commands.prompts import publish_prompt
from anjia.catalogue.commands.publishing import (
    import_services,
    load_city_list,
    publish_version,
    seed_services,
    withdraw_service,
)

__all__ = [
    "call_back_draft",
    "catch_draft_up",
    "discard_draft",
    "import_services",
    "load_city_list",
    "publish_draft",
    "publish_prompt",
    "publish_version",
    "put_in_force",
    "save_part",
    "seed_services",
    "start_draft",
    "withdraw_service",
]
