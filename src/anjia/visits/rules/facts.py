"""
What the field can say: the shape of each kind of fact, and what does not fit.

A fact of a wrong shape is refused, since nobody could read it. A fact that does not fit is kept, and a person
decides: `Misfit` says why.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from jsonschema import Draft202012Validator
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    Strict,
    StrictBool,
    ValidationError,
    model_validator,
)

from anjia.kernel.errors import Words
from anjia.visits.rules.exceptions import ExceptionKind
from anjia.visits.rules.lifecycle import OPEN, State, Status

CLOCK_MAY_BE_AHEAD: Final = timedelta(minutes=5)
YEARS: Final = range(1900, 2200)  # outside, times cannot be told in every zone
MOST_FACTS: Final = 200
LARGEST_CONTENT: Final = 40_000  # characters of JSON
DRAWN: Final = (
    "draw"  # the step in which what goes to the laboratory is taken: houses reword it, and keep its key
)


class FactKind(StrEnum):
    DEPARTED = "departed"
    ARRIVED = "arrived"
    STEP_DONE = "step_done"
    MEASURED = "measured"
    PHOTO = "photo"
    TEACH_BACK = "teach_back"
    SIGNED = "signed"
    SUPPLIES = "supplies"
    WASTE = "waste"
    NOTE = "note"
    EXCEPTION = "exception"
    QUESTION = "question"
    DONE = "done"
    LEFT = "left"
    DELIVERED = "delivered"


class Unheard(StrEnum):
    """Why a fact was not taken. The phone keeps it; of a kind that we do not know yet, it sends it again later."""

    UNKNOWN_KIND = "visits.fact_of_unknown_kind"
    UNREADABLE = "visits.fact_unreadable"
    NO_VISIT = "visits.fact_of_no_visit"
    OTHER_FACT = "visits.fact_id_taken"


WORDS_OF_UNHEARD: Final[Mapping[Unheard, Words]] = {
    Unheard.UNKNOWN_KIND: _("这一种记录我们还不认识，没有收下。它留在手机里，过些时候会再发；别的都收下了。"),
    Unheard.UNREADABLE: _("这一条读不懂，没有收下。改好再发一次；别的都收下了。"),
    Unheard.OTHER_FACT: _("这个编号下已经有另一条记录，没有收下。它留在手机里，请告诉调度员。"),
    Unheard.NO_VISIT: _("没有这次上门，没有收下。请刷新今天的路线。"),
}


class Misfit(StrEnum):
    """Why a fact from the field does not fit what we knew."""

    VISIT_NOT_OPEN = "visit_not_open"
    NOT_ASSIGNED = "not_assigned"
    CLOCK_AHEAD = "clock_ahead"
    UNKNOWN_STEP = "unknown_step"
    READING_NOT_KEPT = "reading_not_kept"
    WRONG_CODE = "wrong_code"
    OTHER_VISIT = "code_of_other_visit"
    OLD_CODE = "old_code"
    REASON_MISSING = "reason_missing"
    CRITICAL_STEPS_MISSING = "critical_steps_missing"
    RECORD_INVALID = "record_invalid"
    SIGNATURE_MISSING = "signature_missing"
    NO_ARRIVAL = "no_arrival"


# What counts for nothing until a person has said that it does.
VOID: Final = frozenset({Misfit.NOT_ASSIGNED, Misfit.VISIT_NOT_OPEN})
# Those that go away by themselves when the facts that were still on their way have come.
MAY_BE_CURED: Final = frozenset(
    {
        Misfit.CRITICAL_STEPS_MISSING,
        Misfit.RECORD_INVALID,
        Misfit.SIGNATURE_MISSING,
        Misfit.NO_ARRIVAL,
        Misfit.REASON_MISSING,
    }
)

WORDS_OF_MISFIT: Final[Mapping[Misfit, Words]] = {
    Misfit.VISIT_NOT_OPEN: _("记下了。这次上门已经取消，调度员会来问你。"),
    Misfit.NOT_ASSIGNED: _("记下了。这次上门安排的不是你，调度员会来核对。"),
    Misfit.CLOCK_AHEAD: _("记下了。你手机的时间比实际快，请打开自动校时。"),
    Misfit.UNKNOWN_STEP: _("记下了。这一步不在这版流程里，质控会看。"),
    Misfit.READING_NOT_KEPT: _("记下了，但没有进健康档案：{missing}，数值或单位对不上。请核对后再量一次。"),
    Misfit.WRONG_CODE: _("这个码认不出来。请对方打开“我的预约”再扫一次；扫不了就拍门口照片。"),
    Misfit.OTHER_VISIT: _("这是另一次上门的码。请核对是不是走错了人家。"),
    Misfit.OLD_CODE: _("这个码已经换了，请对方点一下“换新码”再扫。没信号就拍门口照片。"),
    Misfit.REASON_MISSING: _("定位不准或离家远。写一句原因就行，不耽误你做事。"),
    Misfit.CRITICAL_STEPS_MISSING: _("记下了。关键步骤还缺：{missing}。没做就写明原因，质控会看。"),
    Misfit.RECORD_INVALID: _("记下了。记录单还有没填对的：{missing}。"),
    Misfit.SIGNATURE_MISSING: _("记下了。还没有签字；对方不肯签也请选“拒签”并写原因。"),
    Misfit.NO_ARRIVAL: _("记下了。还没有“到达”这一条，请补上。"),
}


# What is kept is what was said, not what it could be taken for: "120" is no number, and "no" is as true as "yes".
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]


class Shape(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)


class PositionShape(Shape):
    latitude: Annotated[Number, Field(ge=-90, le=90)]
    longitude: Annotated[Number, Field(ge=-180, le=180)]
    accuracy_m: Annotated[Number, Field(ge=0, le=100_000)] = 0


class Anything(Shape):
    position: PositionShape | None = None


class ArrivedShape(Shape):
    proof: Literal["dynamic_qr", "household_card", "photo"]
    payload: Annotated[str, Field(max_length=300)] | None = None
    card: Annotated[str, Field(max_length=300)] | None = None
    position: PositionShape | None = None
    reason: Annotated[str, Field(max_length=500)] | None = None
    file_id: UUID | None = None


class StepDoneShape(Shape):
    key: Annotated[str, Field(min_length=1, max_length=60)]
    values: dict[str, JsonValue] | None = None
    skipped: StrictBool = False
    reason: Annotated[str, Field(max_length=500)] | None = None


class ReadingShape(Shape):
    code: Annotated[str, Field(min_length=1, max_length=20)]
    value: Number
    unit: Annotated[str, Field(min_length=1, max_length=20)]


class MeasuredShape(Shape):
    readings: Annotated[list[ReadingShape], Field(min_length=1, max_length=50)]
    device: Annotated[str, Field(max_length=100)] | None = None


class PhotoShape(Shape):
    file_id: UUID
    step: Annotated[str, Field(max_length=60)] | None = None


class TeachBackShape(Shape):
    point: Annotated[str, Field(min_length=1, max_length=300)]
    understood: StrictBool
    words: Annotated[str, Field(max_length=2000)] | None = None


class SignedShape(Shape):
    by: Literal["resident", "family", "refused"]
    file_id: UUID | None = None
    reason: Annotated[str, Field(max_length=500)] | None = None


class UsedShape(Shape):
    code: Annotated[str, Field(min_length=1, max_length=60)]
    quantity: Annotated[Number, Field(ge=0, le=100_000)]
    lot_id: UUID | None = None


class SuppliesShape(Shape):
    used: Annotated[list[UsedShape], Field(max_length=100)] = []


class WasteShape(Shape):
    waste_class: Literal["infectious", "sharps", "pathological", "pharmaceutical", "chemical"]
    bags: Annotated[int, Strict(), Field(ge=1, le=50)]
    weight_g: Annotated[int, Strict(), Field(ge=1, le=100_000)] | None = None
    seal: Annotated[str, Field(min_length=1, max_length=40)]


class NoteShape(Shape):
    words: Annotated[str, Field(min_length=1, max_length=4000)]


class ExceptionShape(Shape):
    """Of the form only that it is one: from the field nothing is refused because a line of it is empty."""

    exception: ExceptionKind
    form: dict[str, JsonValue] = {}
    file_id: UUID | None = None


class QuestionShape(Shape):
    """What a doctor is asked; or one more photo `to` what was asked before."""

    words: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    order_id: UUID | None = None
    file_id: UUID | None = None
    to: UUID | None = None

    @model_validator(mode="after")
    def says_something(self) -> "QuestionShape":
        if self.to is None and not (self.words or "").strip():
            raise ValueError("words")
        return self


class DoneShape(Shape):
    record: dict[str, JsonValue] = {}


class DeliveredShape(Shape):
    """What was taken at the visit has been handed over: at which laboratory, as she was told its name."""

    laboratory: Annotated[str, Field(max_length=100)] = ""


SHAPES: Final[Mapping[FactKind, type[Shape]]] = {
    FactKind.DEPARTED: Anything,
    FactKind.ARRIVED: ArrivedShape,
    FactKind.STEP_DONE: StepDoneShape,
    FactKind.MEASURED: MeasuredShape,
    FactKind.PHOTO: PhotoShape,
    FactKind.TEACH_BACK: TeachBackShape,
    FactKind.SIGNED: SignedShape,
    FactKind.SUPPLIES: SuppliesShape,
    FactKind.WASTE: WasteShape,
    FactKind.NOTE: NoteShape,
    FactKind.EXCEPTION: ExceptionShape,
    FactKind.QUESTION: QuestionShape,
    FactKind.DONE: DoneShape,
    FactKind.LEFT: Anything,
    FactKind.DELIVERED: DeliveredShape,
}


class Said(BaseModel):
    """What makes a fact one that can be kept at all. A phone writes the times and ids; what it says may be anything."""

    client_id: UUID
    visit_id: UUID
    occurred_at: AwareDatetime


WORDS_OF_SAID: Final[Mapping[str, Words]] = {
    "client_id": _("这一条的编号读不懂。请把这部手机上的安家更新一下。"),
    "visit_id": _("认不出是哪次上门。请刷新今天的路线。"),
    "occurred_at": _("这个时间读不懂。请看看手机的日期。"),
}


def read_said(said: Mapping[str, Any]) -> tuple[Said | None, dict[str, Words]]:
    """Return a fact's ids and time, or what of them cannot be read, by field."""
    try:
        read = Said.model_validate({name: said[name] for name in WORDS_OF_SAID})
    except ValidationError as error:
        names = {str(problem["loc"][0]) for problem in error.errors()}
        return None, {name: WORDS_OF_SAID[name] for name in WORDS_OF_SAID if name in names}
    if read.occurred_at.year not in YEARS:
        return None, {"occurred_at": WORDS_OF_SAID["occurred_at"]}
    return read, {}


def is_known(kind: str) -> bool:
    return kind in tuple(FactKind)


def wrong_with(kind: FactKind, content: Mapping[str, Any]) -> dict[str, Words]:
    """Return what is wrong with the shape of a fact's content, by field; nothing if a person can read it."""
    if len(json.dumps(content, default=str)) > LARGEST_CONTENT:
        return {"content": _("这一条太长了，请拆开写。")}
    try:
        SHAPES[kind].model_validate(content)
    except ValidationError as error:
        return {
            ".".join(map(str, problem["loc"])) or "content": _("这一项没有填，或者填得不对。")
            for problem in error.errors()
        }
    return {}


def misfits_of(
    kind: FactKind,
    *,
    visit: Status,
    assignment: State | None,
    occurred_at: datetime,
    received_at: datetime,
    step: str | None = None,
    steps: Collection[str] = (),
) -> list[Misfit]:
    """Return why a fact does not fit, whatever else has been said. `assignment` is its caregiver's own."""
    found = []
    if visit not in OPEN | {Status.DONE}:
        found.append(Misfit.VISIT_NOT_OPEN)
    elif assignment is None:
        found.append(Misfit.NOT_ASSIGNED)
    if occurred_at - received_at > CLOCK_MAY_BE_AHEAD:
        found.append(Misfit.CLOCK_AHEAD)
    if kind is FactKind.STEP_DONE and step not in steps:
        found.append(Misfit.UNKNOWN_STEP)
    return found


def critical_missing(
    steps: Sequence[Mapping[str, Any]], *, done: Collection[str], explained: Collection[str] = ()
) -> list[str]:
    """Return the titles of the critical steps that nobody did, nor said why not, in the order of the SOP."""
    return [
        str(step.get("title") or step["key"])
        for step in steps
        if step.get("critical") and step["key"] not in done and step["key"] not in explained
    ]


def wrong_with_record(form: Mapping[str, Any], record: Mapping[str, Any]) -> list[str]:
    """Return the names of the fields of the record form that are missing or wrong, in the form's words."""
    if not form:
        return []
    titles = {name: str(field.get("title", name)) for name, field in form.get("properties", {}).items()}
    found: list[str] = []
    for error in Draft202012Validator(dict(form)).iter_errors(dict(record)):
        names = (
            [str(error.path[0])]
            if error.path
            else missing_names(error.validator, error.message, form, record)
        )
        found += [titles.get(name, name) for name in names]
    return sorted(set(found))


def missing_names(
    validator: str, message: str, form: Mapping[str, Any], record: Mapping[str, Any]
) -> list[str]:
    if validator == "required":
        return [name for name in form.get("required", []) if name not in record]
    return [message[:60]]
