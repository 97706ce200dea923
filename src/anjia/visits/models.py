from datetime import datetime
from enum import StrEnum

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, F, Func, Q

from anjia.kernel import prepared
from anjia.kernel.fields import EncryptedJSON, EncryptedText
from anjia.kernel.ids import new_id
from anjia.visits.rules.arrival import Grade
from anjia.visits.rules.because import How
from anjia.visits.rules.facts import FactKind, Misfit
from anjia.visits.rules.lifecycle import LIVE, PROMISED, CrewState, Source, State, Status, What, check_move


def choices(enum: type[StrEnum]) -> list[tuple[str, str]]:
    """Return plain strings, so that migrations do not come to depend on rules."""
    return [(member.value, member.name) for member in enum]


LIVE_STATES = sorted(state.value for state in LIVE)
PROMISED_STATUSES = sorted(status.value for status in PROMISED)


class Visit(models.Model):
    """
    What a resident was promised: this version of a service, by so many people, from `starts_at` to `ends_at`.

    The end belongs to the next visit. A held visit is a promise in waiting: `held_until` is read when it is used.
    `cell` is the address's H3 cell, coarse enough to lie in clear. `departed_at` and its like are derived from the
    facts each time one comes, `crew_state` from the assignments each time one changes: the board of a big day must not
    ask for each. The service's name and price are those of the day it was booked; so is `deliver_minutes`, within which
    what is taken has to be at the laboratory (0: nothing is taken). `series_id` is what it is one of, where somebody
    comes again and again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    resident = models.ForeignKey(
        "residents.Resident", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    address = models.ForeignKey(
        "residents.Address", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    cell = models.CharField(max_length=16, default="")
    service_version = models.ForeignKey(
        "catalogue.ServiceVersion", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    service_code = models.CharField(max_length=60)
    service_name = models.CharField(max_length=100)
    service_name_en = models.CharField(max_length=200, default="")
    price_fen = models.PositiveIntegerField()
    people_needed = models.PositiveSmallIntegerField()
    deliver_minutes = models.PositiveSmallIntegerField(default=0)
    access_minutes = models.PositiveSmallIntegerField(default=0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    status = models.CharField(max_length=12, choices=choices(Status), default=Status.BOOKED.value)
    held_until = models.DateTimeField(null=True)
    wishes = EncryptedJSON(default=dict)
    who_is_present = EncryptedText(default="")
    source = models.CharField(max_length=12, choices=choices(Source))
    series_id = models.UUIDField(null=True)
    booked_by = models.UUIDField()
    booked_at = models.DateTimeField()
    visit_word = models.CharField(max_length=4)
    crew_state = models.CharField(
        max_length=12, choices=choices(CrewState), default=CrewState.TENTATIVE.value
    )
    cancel_reason = models.CharField(max_length=30, default="")
    crewed_at = models.DateTimeField(null=True)  # when every part of it had first been accepted
    departed_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    grade = models.CharField(max_length=20, choices=choices(Grade), default="")
    rating = models.JSONField(null=True)
    version = models.PositiveIntegerField(default=1)

    crew: "list[Assignment]"  # the live ones, by part, where they were read with it

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in Status]), name="visit_status_known"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="visit_window_not_empty"),
            models.CheckConstraint(
                condition=~Q(status="held") | Q(held_until__isnull=False), name="visit_held_until_known"
            ),
        ]
        indexes = [
            models.Index(fields=["resident", "starts_at", "id"], name="visit_by_resident"),
            models.Index(fields=["organization_id", "starts_at", "id"], name="visit_by_time"),
            models.Index(fields=["held_until"], condition=Q(status="held"), name="visit_held"),
            models.Index(
                fields=["ends_at"], condition=Q(status__in=["booked", "departed"]), name="visit_waiting"
            ),
            models.Index(
                fields=["ends_at"], condition=Q(status__in=["departed", "arrived"]), name="visit_under_way"
            ),
            models.Index(fields=["starts_at"], condition=Q(deliver_minutes__gt=0), name="visit_taking"),
        ]

    def __str__(self) -> str:
        return f"{self.service_code} {self.id} ({self.status})"

    def move_to(self, status: Status, *, fields: tuple[str, ...] = ()) -> None:
        """Move to `status` and save, `fields` with it. With `follow` the only places where a status changes."""
        check_move(Status(self.status), status)
        self.status = status.value
        self.version += 1
        prepared.save(self, "status", "version", *fields)

    def follow_crew(self, state: CrewState, now: datetime) -> None:
        """Take the state that the assignments say, and keep when they all first said yes."""
        if self.crew_state != state:
            self.crew_state = state.value
            if state is CrewState.ACCEPTED:
                self.crewed_at = self.crewed_at or now
            self.version += 1
            prepared.save(self, "crew_state", "crewed_at", "version")

    def follow(self, status: Status) -> None:
        """Take the status that the facts say, and save what was derived from them."""
        self.status = status.value
        self.version += 1
        prepared.save(
            self, "status", "version", "departed_at", "arrived_at", "done_at", "grade", "cancel_reason"
        )


class Assignment(models.Model):
    """
    Who comes when, for one part of a visit.

    The database refuses two live ones of one caregiver that overlap, whatever organizations they are of. It checks
    after each statement, or where a swap asks for it, after several. Its organization's persons see these rows too
    (ids, times and a coarse cell): who asks for a time must know which times are taken.
    A held one counts until `held_until`. `cell`, `deliver_minutes` and `access_minutes`
    are the visit's. `unclaimed_at` says that
    everybody suitable was asked and nobody took it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="assignments")
    part = models.PositiveSmallIntegerField()
    staff = models.ForeignKey(
        "workforce.StaffMember", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    planned = DateTimeRangeField()
    starts_at = models.GeneratedField(
        expression=Func("planned", function="lower"), output_field=models.DateTimeField(), db_persist=True
    )
    cell = models.CharField(max_length=16, default="")
    deliver_minutes = models.PositiveSmallIntegerField(default=0)
    access_minutes = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=12, choices=choices(State), default=State.TENTATIVE.value)
    held_until = models.DateTimeField(null=True)
    unclaimed_at = models.DateTimeField(null=True)
    plan_version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="assignment_state_known"
            ),
            models.CheckConstraint(condition=Q(planned__isempty=False), name="assignment_planned_not_empty"),
            models.UniqueConstraint(
                fields=["visit", "part"], condition=Q(state__in=LIVE_STATES), name="assignment_one_per_part"
            ),
            # Two more uniques in spirit: only as exclusions can they have a condition and be deferred.
            ExclusionConstraint(
                name="assignment_parts_by_different_people",
                expressions=[("visit", RangeOperators.EQUAL), ("staff", RangeOperators.EQUAL)],
                condition=Q(state__in=LIVE_STATES),
                deferrable=Deferrable.IMMEDIATE,
            ),
            ExclusionConstraint(
                name="assignment_caregiver_not_double_booked",
                expressions=[("staff", RangeOperators.EQUAL), ("planned", RangeOperators.OVERLAPS)],
                condition=Q(state__in=LIVE_STATES),
                deferrable=Deferrable.IMMEDIATE,
            ),
        ]
        indexes = [
            models.Index(
                fields=["staff", "starts_at"],
                condition=Q(state__in=LIVE_STATES),
                name="assignment_live_by_staff",
            ),
            models.Index(
                fields=["organization_id", "starts_at"],
                condition=Q(state__in=LIVE_STATES),
                name="assignment_live_by_time",
            ),
        ]

    def __str__(self) -> str:
        return f"part {self.part} of {self.visit_id} by {self.staff_id} ({self.state})"

    def move_to(self, state: State) -> None:
        """Move to `state` and save."""
        self.state = state.value
        self.save(update_fields=["state"])

    @property
    def ends_at(self) -> datetime:
        upper: datetime = self.planned.upper
        return upper


class Because(models.Model):
    """
    Why she was put in for a part of a visit, as it was known at that moment: facts, to be said in words when asked.

    `facts`: how often she had been there, whether she came last, whether she was asked for, in how many minutes she
    gets there, and the reason of whoever decided. What was put in before this was kept has none.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    resident_id = models.UUIDField()
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=10, choices=choices(How))
    by_user = models.UUIDField()
    by_kind = models.CharField(max_length=10)
    at = models.DateTimeField()
    facts = EncryptedJSON(default=dict)

    def __str__(self) -> str:
        return f"{self.how} at {self.at} ({self.assignment_id})"


class VisitChange(models.Model):
    """
    Something has happened to a visit: who, when, why. The timeline that everybody sees is made of these.

    `at` is when it happened, which for what the field says is earlier than when we heard of it (`recorded_at`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    resident_id = models.UUIDField()
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="changes")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    what = models.CharField(max_length=20, choices=choices(What))
    status = models.CharField(max_length=12, choices=choices(Status))
    by_user = models.UUIDField()
    by_kind = models.CharField(max_length=10)
    staff_id = models.UUIDField(null=True)
    why = EncryptedText(default="")

    class Meta:
        indexes = [models.Index(fields=["visit", "at", "id"], name="change_by_visit")]

    def __str__(self) -> str:
        return f"{self.what} at {self.at} ({self.visit_id})"


class FieldFact(models.Model):
    """
    What somebody in the field says has happened. It has; so it is kept, whether it fits or not.

    The phone makes `client_id`, so that a fact sent twice is one fact. `occurred_at` is the phone's
    clock, `received_at` ours; `at` is the phone's unless that was ahead of us.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    resident_id = models.UUIDField()
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="facts")
    staff_id = models.UUIDField()
    client_id = models.UUIDField()
    kind = models.CharField(max_length=12, choices=choices(FactKind))
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    content = EncryptedJSON(default=dict)
    grade = models.CharField(max_length=20, choices=choices(Grade), default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "staff_id", "client_id"], name="field_fact_once"
            ),
        ]
        indexes = [models.Index(fields=["visit", "occurred_at", "id"], name="fact_by_visit")]

    def __str__(self) -> str:
        return f"{self.kind} at {self.occurred_at} ({self.visit_id})"

    @property
    def at(self) -> datetime:
        return min(self.occurred_at, self.received_at)


class Conflict(models.Model):
    """A fact that does not fit what we knew. A person decides what is true, or later facts cure it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    resident_id = models.UUIDField()
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="conflicts")
    fact = models.ForeignKey(FieldFact, on_delete=models.PROTECT, related_name="conflicts")
    misfit = models.CharField(max_length=30, choices=choices(Misfit))
    missing = models.JSONField(default=list)  # titles of steps, names of form fields
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)
    decision = models.CharField(max_length=12, default="")
    why = EncryptedText(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fact", "misfit"], name="conflict_once_per_fact"),
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "made_at", "id"],
                condition=Q(settled_at=None),
                name="conflict_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.misfit} ({self.fact_id})"
