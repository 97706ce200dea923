"""Whether what a dispatcher changed by hand can be taken back: as long as nothing has followed it. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from anjia.dispatch.days import Row
from anjia.dispatch.rules.changes import Put, Rule
from anjia.dispatch.standing import Standing, may_be_changed
from anjia.dispatch.weighing import effect_of, why_not_any_more
from anjia.kernel.calendar import local

# What has come in between where this is against it: a person may choose it with a reason, undoing asks for none.
IN_BETWEEN: Final = frozenset({Rule.PAST, Rule.SHIFT, Rule.LEAVE})


def put_of(row: Sequence[object]) -> Put:
    """Return the stroke that makes a row what it was."""
    visit_id, part, staff_id, starts_at = row[:4]
    return Put(
        visit_id=UUID(str(visit_id)),
        part=int(str(part)),
        staff_id=UUID(str(staff_id)),
        starts_at=datetime.fromisoformat(str(starts_at)),
    )


def what_has_followed(standing: Standing, after: Sequence[Row]) -> list[str]:
    """Say what has happened since to what the change left; nothing, if all is as it left it."""
    said = []
    for left in after:
        put = put_of(left)
        piece = standing.by_key.get(put.key)
        if piece is None:
            said.append(_("有一次上门已经取消或改到别的天"))
            continue
        resident, name = standing.names.get(piece.resident_id, ""), standing.name_of(piece.staff_id)
        if not may_be_changed(piece):
            said.append(why_not_any_more(standing, piece))
        elif piece.row[:5] != tuple(left[:5]):
            said.append(
                _("{resident}现在是 {time} {name}去").format(
                    resident=resident, time=f"{local(piece.starts_at):%H:%M}", name=name
                )
            )
        elif piece.row[5] != left[5]:
            said.append(_("{name}已经接了{resident}家新的时间").format(name=name, resident=resident))
    return list(dict.fromkeys(said))


def why_not_as_before(standing: Standing, before: Sequence[Put]) -> list[str]:
    """Say why it cannot be made as it was: the time of then has passed, who came then is away by now."""
    return [one.words for one in effect_of(standing, before).broken if one.rule in IN_BETWEEN]
