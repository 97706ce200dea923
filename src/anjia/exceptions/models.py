from datetime import datetime
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from anjia.exceptions.rules.steps import FLOWS, Step, clock_of
from anjia.kernel.actors import Actor
from anjia.kernel.fields import EncryptedJSON, EncryptedText
from anjia.kernel.ids import new_id
from anjia.visits.rules.exceptions import ExceptionKind

ORIGINS = ["field", "desk", "clock", "readings"]
SETTLED = ["given", "moved", "cancelled", "hers", "missed"]


class VisitException(models.Model):
    """
    Something came in between at a visit, or a caregiver cannot come at all: then it is of her, and has lines.

    `due_at` is by when its step is to be done; it is red from then on, whoever has it by then. `goes_on_at` is when it
    goes to the next in line, `place` where in the line its owner stands. What the form says is encrypted, and so is
    what somebody writes: it may be somebody's health.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    kind = models.CharField(max_length=16)
    origin = models.CharField(max_length=10)
    visit_id = models.UUIDField(null=True)
    visit_starts_at = models.DateTimeField(null=True)  # when it was opened: it may be moved
    resident_id = models.UUIDField(null=True)
    staff_id = models.UUIDField(null=True)  # who said so from the field, or who cannot come
    reported_by = models.UUIDField(null=True)  # the account, where somebody wrote it down
    happened_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    form = EncryptedJSON(default=dict)
    is_urgent = models.BooleanField(default=False)
    away_until = models.DateTimeField(null=True)

    step = models.CharField(max_length=20)
    owner_id = models.UUIDField(null=True)
    place = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    goes_on_at = models.DateTimeField(null=True)
    promised = EncryptedText(default="")  # what the household was promised
    promised_at = models.DateTimeField(null=True)

    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)
    outcome = models.CharField(max_length=16, default="", blank=True)
    done = EncryptedText(default="")
    told = ArrayField(models.CharField(max_length=12), default=list)
    follow_up = models.CharField(max_length=12, default="", blank=True)
    follow_up_visit_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in ExceptionKind]) & Q(origin__in=ORIGINS),
                name="exception_known",
            ),
            models.CheckConstraint(
                condition=Q(kind="caregiver_ill", staff_id__isnull=False, away_until__isnull=False)
                | (~Q(kind="caregiver_ill") & Q(visit_id__isnull=False, resident_id__isnull=False)),
                name="exception_of_a_visit_or_of_her",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, outcome="")
                | (
                    Q(closed_at__isnull=False, goes_on_at=None)
                    & ~Q(outcome="")
                    & (
                        ~Q(told=[]) | Q(closed_by=None)
                    )  # what the clock closes was told by the visit's own news
                ),
                name="exception_closed_says_how",
            ),
            # A second report of what is being dealt with is no second exception.
            models.UniqueConstraint(
                fields=["visit_id", "kind"], condition=Q(closed_at=None), name="exception_open_once"
            ),
            models.UniqueConstraint(
                fields=["staff_id"],
                condition=Q(closed_at=None, kind="caregiver_ill"),
                name="exception_of_her_open_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "due_at", "id"],
                condition=Q(closed_at=None),
                name="exception_by_due",
            ),
            models.Index(fields=["organization_id", "-closed_at", "id"], name="exception_by_closing"),
            models.Index(fields=["organization_id", "opened_at", "id"], name="exception_by_opening"),
            models.Index(fields=["visit_id"], name="exception_by_visit"),
            models.Index(
                fields=["goes_on_at"], condition=Q(goes_on_at__isnull=False), name="exception_going_on"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    def begin(self, step: Step, now: datetime) -> None:
        """Begin a step: its clock runs from now on. Saving is for whoever calls."""
        flow = FLOWS[ExceptionKind(self.kind)]
        clock = clock_of(flow, step, now=now, is_urgent=self.is_urgent, place=self.place)
        self.step, self.due_at, self.goes_on_at = step.key, clock.due_at, clock.goes_on_at

    def write_step(
        self,
        what: str,
        *,
        actor: Actor,
        now: datetime,
        words: str = "",
        step: str = "",
        fact_id: UUID | None = None,
    ) -> None:
        ExceptionStep.objects.create(
            organization_id=self.organization_id,
            exception=self,
            at=now,
            by=None if actor.is_system else actor.user_id,
            what=what,
            step=step,
            owner_id=self.owner_id,
            fact_id=fact_id,
            words=words,
        )


class ExceptionStep(models.Model):
    """What happened about an exception: who, when, what was done, and who had it then."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    exception = models.ForeignKey(
        VisitException, on_delete=models.PROTECT, related_name="steps", db_index=False
    )
    at = models.DateTimeField()
    by = models.UUIDField(null=True)
    what = models.CharField(max_length=16)
    step = models.CharField(max_length=20, default="", blank=True)
    owner_id = models.UUIDField(null=True)
    fact_id = models.UUIDField(null=True)  # from the field: one fact is heard once
    words = EncryptedText(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fact_id"], name="exception_once_per_fact"),
        ]
        indexes = [models.Index(fields=["exception", "at", "id"], name="exception_step_by_time")]

    def __str__(self) -> str:
        return f"{self.what} at {self.at}"


class AbsenceLine(models.Model):
    """
    One part of a visit that somebody who cannot come had promised, until it is settled who goes or that nobody does.

    `given` to somebody else, `moved`, `cancelled` or `missed`, or `hers` again since she comes after all.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    exception = models.ForeignKey(VisitException, on_delete=models.PROTECT, related_name="lines")
    visit_id = models.UUIDField()
    resident_id = models.UUIDField()
    part = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)
    settled = models.CharField(max_length=10, default="", blank=True)
    staff_id = models.UUIDField(null=True)  # who goes instead

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["exception", "visit_id", "part"], name="absence_line_once"),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled="") | Q(settled_at__isnull=False, settled__in=SETTLED),
                name="absence_line_settled_says_how",
            ),
            models.CheckConstraint(
                condition=~Q(settled="given") | Q(staff_id__isnull=False), name="absence_line_given_to_her"
            ),
        ]
        indexes = [
            models.Index(fields=["visit_id"], condition=Q(settled_at=None), name="absence_line_open"),
        ]

    def __str__(self) -> str:
        return f"part {self.part} of {self.visit_id} ({self.settled or 'open'})"
