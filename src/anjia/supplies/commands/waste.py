"""The register of medical waste: a line for each bag from a visit, its two hand-overs, and corrections as new lines."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.kernel import audit, events
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.database import wait_turn
from anjia.kernel.errors import DomainError, NotAllowed, NotFound
from anjia.kernel.ids import new_id
from anjia.kernel.work import command
from anjia.supplies.events import WasteMoved
from anjia.supplies.models import WasteBag, WasteStep
from anjia.supplies.places import check_place, store_of
from anjia.supplies.rules.stock import PlaceKind, SuppliesInvalid, WhyMissing
from anjia.supplies.rules.waste import NotStored, OnlyOnce, SamePerson, WasteClass, WasteMove, seal_of
from anjia.visits.queries import facts_said, get_visit

ACTIONS: Final = {
    WasteMove.HANDED_OVER: "supplies.waste.handed_over",
    WasteMove.TAKEN_IN: "supplies.waste.taken_in",
    WasteMove.TAKEN_AWAY: "supplies.waste.taken_away",
}


@command("supplies.keep")
def record_waste(actor: Actor, now: datetime, *, visit_id: UUID) -> int:
    """Enter into the register what the field says was packed at a visit; return how many lines are new."""
    wait_turn(f"waste/{visit_id}")
    facts = facts_said(actor, Purpose.LEGAL, visit_id=visit_id, kind="waste")
    known = set(
        WasteBag.objects.filter(fact_id__in=[fact.id for fact in facts]).values_list("fact_id", flat=True)
    )
    fresh = [fact for fact in facts if fact.id not in known]
    if not fresh:
        return 0
    visit = get_visit(actor, Purpose.LEGAL, visit_id=visit_id)
    for fact in fresh:
        line = WasteBag(
            organization_id=actor.organization_id,
            visit_id=visit_id,
            service_name=visit.service_name,
            service_name_en=visit.service_name_en,
            staff_id=fact.staff_id,
            fact_id=fact.id,
            waste_class=fact.content["waste_class"],
            bags=fact.content["bags"],
            weight_g=fact.content.get("weight_g"),
            seal=seal_of(fact.content["seal"]) or fact.content["seal"],
            closed_at=fact.at,
            recorded_at=now,
            by=actor.user_id,
        )
        line.root_id = line.id
        line.save(force_insert=True)
        events.publish(WasteMoved(waste_id=line.id, at=now), actor=actor)
    audit.record("supplies.waste.recorded", actor=actor, at=now, subject_id=visit_id, fields=["seal"])
    return len(fresh)


@command("supplies.carry")
def hand_waste_over(actor: Actor, now: datetime, *, waste_id: UUID, handed_at: datetime) -> WasteStep:
    """
    Say that she, who carried it, has handed a bag of waste over at her station. Twice is as once.

    :raises NotFound: if it is not hers
    """
    if actor.staff_id is None:
        raise NotAllowed
    line = _in_force(actor, waste_id)
    if line.staff_id != actor.staff_id:
        raise NotFound
    said = _step(actor, line, WasteMove.HANDED_OVER)
    if said:
        return said
    _check_other(actor, line, WasteMove.TAKEN_IN)
    station_id = store_of(actor, actor.staff_id)
    at = max(min(handed_at, now), line.closed_at)
    return _write(actor, now, line, WasteMove.HANDED_OVER, at=at, station_id=station_id)


@command("supplies.keep")
def take_waste_in(actor: Actor, now: datetime, *, waste_id: UUID, station_id: UUID) -> WasteStep:
    """
    Say that a bag of waste was taken into a station's store, its seal whole.

    :raises SamePerson: if it is she who brought it
    :raises OnlyOnce: if it was taken in before
    """
    line = _in_force(actor, waste_id)
    check_place(actor, PlaceKind.STATION, station_id)
    if _step(actor, line, WasteMove.TAKEN_IN):
        raise OnlyOnce
    if actor.staff_id is not None and actor.staff_id == line.staff_id:
        raise SamePerson
    _check_other(actor, line, WasteMove.HANDED_OVER)
    return _write(actor, now, line, WasteMove.TAKEN_IN, at=now, station_id=station_id)


@command("supplies.keep")
def send_waste_away(
    actor: Actor, now: datetime, *, waste_ids: Collection[UUID], to: str, method: str, receipt: str = ""
) -> list[WasteStep]:
    """
    Say which disposer has taken these bags of waste away, how it disposes of them, and under which receipt. All of
    them, or none.

    :raises NotStored: unless of each both have said that it was handed over
    :raises OnlyOnce: if one is gone already
    """
    wrong: dict[str, Any] = {
        name: _("请填写。") for name, words in (("to", to), ("method", method)) if not words.strip()
    }
    if not waste_ids:
        wrong["waste_ids"] = _("请勾上这次交出去的，至少一袋。")
    if wrong:
        raise SuppliesInvalid(fields=wrong)
    said = {"to": to.strip()[:100], "method": method.strip()[:100], "receipt": receipt.strip()[:60]}
    return [_send(actor, now, waste_id, len(waste_ids) > 1, said) for waste_id in sorted(set(waste_ids))]


def _send(
    actor: Actor, now: datetime, waste_id: UUID, is_one_of_many: bool, said: dict[str, str]
) -> WasteStep:
    line = _in_force(actor, waste_id)

    def refusal(kind: type[OnlyOnce] | type[NotStored]) -> DomainError:
        words = str(_("封签 {seal}：{words}"))
        return kind(words.format(seal=line.seal, words=kind.words)) if is_one_of_many else kind()

    if _step(actor, line, WasteMove.TAKEN_AWAY):
        raise refusal(OnlyOnce)
    if not (_step(actor, line, WasteMove.HANDED_OVER) and _step(actor, line, WasteMove.TAKEN_IN)):
        raise refusal(NotStored)
    return _write(actor, now, line, WasteMove.TAKEN_AWAY, at=now, **said)


@command("supplies.keep")
def correct_waste(
    actor: Actor,
    now: datetime,
    *,
    waste_id: UUID,
    waste_class: str,
    bags: int,
    weight_g: int | None,
    seal: str,
    why: str,
) -> WasteBag:
    """
    Write the line of a bag anew. The line before stays as it is.

    :raises WhyMissing: if she does not say why
    :raises SuppliesInvalid: naming every field that is wrong
    """
    before = _in_force(actor, waste_id)
    if not why.strip():
        raise WhyMissing(fields={"why": _("请写明原因。")})
    wrong: dict[str, Any] = {}
    if waste_class not in tuple(WasteClass):
        wrong["waste_class"] = _("请选一类。")
    if not 1 <= bags <= 50:
        wrong["bags"] = _("袋数要在 1 到 50 之间。")
    if weight_g is not None and not 0 < weight_g <= 100_000:
        wrong["weight_g"] = _("重量要大于 0。")
    if not seal_of(seal):
        wrong["seal"] = _("请填封签号。")
    if wrong:
        raise SuppliesInvalid(fields=wrong)
    return _anew(
        actor, now, before, seal=seal, why=why, waste_class=waste_class, bags=bags, weight_g=weight_g
    )


@command("supplies.carry")
def correct_seal(actor: Actor, now: datetime, *, waste_id: UUID, seal: str) -> WasteBag:
    """
    Write anew under which seal a bag goes that she still carries herself. The line before stays as it is.

    :raises NotFound: if it is not hers
    :raises OnlyOnce: if it has been handed over or taken in: from then on who keeps the store corrects it
    :raises SuppliesInvalid: if there is no seal
    """
    if actor.staff_id is None:
        raise NotAllowed
    line = _in_force(actor, waste_id)
    if line.staff_id != actor.staff_id:
        raise NotFound
    if _step(actor, line, WasteMove.HANDED_OVER) or _step(actor, line, WasteMove.TAKEN_IN):
        raise OnlyOnce(_("这一袋已经交接了。要更正，请站里管物资的同事来改。"))
    if not seal_of(seal):
        raise SuppliesInvalid(fields={"seal": _("请填封签号。")})
    if seal_of(seal) == line.seal:
        return line
    why = str(_("还在护士手里时，她自己在手机上改的封签号。"))
    return _anew(actor, now, line, seal=seal, why=why)


def _anew(actor: Actor, now: datetime, before: WasteBag, *, seal: str, why: str, **said: Any) -> WasteBag:
    """Write the next line of a bag: what is not said anew is as it was."""
    same = {
        name: getattr(before, name)
        for name in (
            "visit_id",
            "service_name",
            "service_name_en",
            "staff_id",
            "closed_at",
            "waste_class",
            "bags",
            "weight_g",
        )
    }
    line = WasteBag.objects.create(
        id=new_id(),
        organization_id=actor.organization_id,
        root_id=before.root_id,
        number=before.number + 1,
        recorded_at=now,
        by=actor.user_id,
        seal=seal_of(seal),
        why=why.strip(),
        **same | said,
    )
    audit.record("supplies.waste.corrected", actor=actor, at=now, subject_id=line.root_id, fields=["seal"])
    return line


def _in_force(actor: Actor, waste_id: UUID) -> WasteBag:
    """Return the line that counts of a bag, in its turn; any of its lines names it."""
    rows = WasteBag.objects.filter(organization_id=actor.organization_id)
    root_id = rows.filter(id=waste_id).values_list("root_id", flat=True).first()
    if root_id is None:
        raise NotFound
    wait_turn(f"waste/{root_id}")
    return rows.filter(root_id=root_id).order_by("-number")[0]


def _step(actor: Actor, line: WasteBag, move: WasteMove) -> WasteStep | None:
    rows = WasteStep.objects.filter(organization_id=actor.organization_id, root_id=line.root_id)
    return rows.filter(move=move.value).first()


def _check_other(actor: Actor, line: WasteBag, other: WasteMove) -> None:
    """:raises SamePerson: if the same account has given the other half"""
    said = _step(actor, line, other)
    if said and said.by == actor.user_id:
        raise SamePerson


def _write(actor: Actor, now: datetime, line: WasteBag, move: WasteMove, **said: Any) -> WasteStep:
    step = WasteStep.objects.create(
        organization_id=actor.organization_id,
        root_id=line.root_id,
        move=move.value,
        recorded_at=now,
        by=actor.user_id,
        **said,
    )
    audit.record(ACTIONS[move], actor=actor, at=now, subject_id=line.root_id, fields=["at"])
    events.publish(WasteMoved(waste_id=line.root_id, at=now), actor=actor)
    return step
