"""The shapes in which a caregiver's own month leaves the API."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from ninja import Field, Schema

from anjia.kernel.paging import PageOut


class FigureOut(Schema):
    """A figure of hers in words, with its definition. `saying`: said, no_data, too_few, not_yours."""

    code: str
    group: str
    name: str
    saying: str
    value_words: str
    detail_words: str
    left_out_words: str
    counts: str
    excludes: str
    source: str
    has_rows: bool
    may_object: bool


class ObjectionStepOut(Schema):
    at: datetime
    words: str
    who: str
    owner_name: str
    said: str


class ObjectionOut(Schema):
    """What she objected to. `state`: open, left_out, stays."""

    id: UUID
    group: str
    group_words: str
    is_of_row: bool
    words: str
    state: str
    state_words: str
    raised_at: datetime
    due_at: datetime
    is_late: bool
    clock_words: str
    reason: str
    steps: list[ObjectionStepOut]


class PerformanceOut(Schema):
    month: date
    months: list[date]
    first: date
    last: date
    as_of: datetime
    figures: list[FigureOut]
    objections: list[ObjectionOut]
    objection_rule: str


class PerformanceRowOut(Schema):
    row_id: UUID
    at: datetime
    service_name: str
    resident_name: str
    words: str
    side_words: str
    tone: str
    left_out_words: str
    objection_words: str
    may_object: bool


class PerformanceRowsOut(Schema):
    figure: FigureOut
    rows: PageOut[PerformanceRowOut]


class ObjectionIn(Schema):
    """`group` is that of a figure; `row_id` a row behind it, none for the whole figure."""

    month: date
    group: Annotated[str, Field(max_length=16)]
    row_id: UUID | None = None
    words: Annotated[str, Field(min_length=1, max_length=1_000)]


class ObjectedOut(Schema):
    id: UUID
    state: str
    due_at: datetime
