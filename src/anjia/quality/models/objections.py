from datetime import datetime

from django.db import models
from django.db.models import F, Q

from anjia.kernel.actors import Actor
from anjia.kernel.fields import EncryptedText
from anjia.kernel.ids import new_id
from anjia.quality.rules import GROUPS_OF_MEASURES, ObjectionState, ObjectionStepKind


class Objection(models.Model):
    """
    A caregiver says that a figure of hers, or a row behind it, is wrong; somebody else answers.

    `row_id` is what she objects to, none for the whole figure; `left_out_id` the row that counts no longer. The
    database refuses that she answers herself, and that one row is left out or objected to twice.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    staff_id = models.UUIDField()
    month = models.DateField()
    group = models.CharField(max_length=16)
    row_id = models.UUIDField(null=True)
    words = EncryptedText()
    raised_by = models.UUIDField()
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=ObjectionState.OPEN.value)
    owner_id = models.UUIDField(null=True)  # none where nobody else may answer yet
    due_at = models.DateTimeField()
    reason = EncryptedText(default="")
    left_out_id = models.UUIDField(null=True)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(group__in=list(GROUPS_OF_MEASURES))
                & Q(state__in=[state.value for state in ObjectionState]),
                name="objection_known",
            ),
            models.CheckConstraint(
                condition=(Q(owner_id=None) | ~Q(owner_id=F("raised_by")))
                & (Q(decided_by=None) | ~Q(decided_by=F("raised_by"))),
                name="objection_answered_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state=ObjectionState.OPEN.value, decided_by=None, decided_at=None)
                | ~Q(state=ObjectionState.OPEN.value) & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="objection_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state=ObjectionState.LEFT_OUT.value, left_out_id__isnull=False)
                | ~Q(state=ObjectionState.LEFT_OUT.value) & Q(left_out_id=None),
                name="objection_leaves_out_a_row",
            ),
            models.UniqueConstraint(
                fields=["staff_id", "group", "row_id"],
                condition=Q(row_id__isnull=False),
                name="objection_once_per_row",
            ),
            models.UniqueConstraint(
                fields=["staff_id", "group", "month"],
                condition=Q(row_id=None, state=ObjectionState.OPEN.value),
                name="objection_one_open_per_figure",
            ),
            models.UniqueConstraint(
                fields=["staff_id", "group", "left_out_id"],
                condition=Q(left_out_id__isnull=False),
                name="objection_row_left_out_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organization_id", "due_at", "id"], name="objection_by_due"),
            models.Index(fields=["organization_id", "-decided_at", "id"], name="objection_by_decision"),
            models.Index(fields=["staff_id", "month"], name="objection_by_month"),
        ]

    def __str__(self) -> str:
        return f"objection {self.id} ({self.state})"

    def write_step(
        self, kind: ObjectionStepKind, *, actor: Actor, now: datetime, words: str = ""
    ) -> "ObjectionStep":
        return ObjectionStep.objects.create(
            organization_id=self.organization_id,
            objection=self,
            at=now,
            by=actor.user_id,
            kind=kind.value,
            owner_id=self.owner_id,
            words=words,
        )


class ObjectionStep(models.Model):
    """What happened to an objection: who, when, what was said, who was to answer then."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    by = models.UUIDField()
    kind = models.CharField(max_length=12)
    owner_id = models.UUIDField(null=True)
    words = EncryptedText(default="")

    def __str__(self) -> str:
        return f"{self.kind} at {self.at}"
