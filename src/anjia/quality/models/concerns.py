from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from anjia.kernel.actors import Actor
from anjia.kernel.fields import EncryptedText
from anjia.kernel.ids import new_id
from anjia.quality.rules import (
    ConcernKind,
    ConcernState,
    Finding,
    RaisedBy,
    StepKind,
    check_concern_move,
    due_of,
)


class Concern(models.Model):
    """
    Somebody complains, suggests, disputes, or reports what went wrong.

    Whom it is about sees neither it nor its steps; nobody can tell who raised one without a name. `since` is when it
    was raised, or raised again by an appeal; `next_due_at` is what its clock says now.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    kind = models.CharField(max_length=16)
    raised_kind = models.CharField(max_length=10)
    raised_by = models.UUIDField(null=True)  # the account; none for a caller, and for who gave no name
    entered_by = models.UUIDField(null=True)
    raised_at = models.DateTimeField()
    caller_name = EncryptedText(default="")
    caller_phone = EncryptedText(default="")
    resident_id = models.UUIDField(null=True)
    visit_id = models.UUIDField(null=True)
    visit_starts_at = models.DateTimeField(null=True)
    about_staff_ids = ArrayField(models.UUIDField(), default=list)
    about_account_ids = ArrayField(models.UUIDField(), default=list)
    words = EncryptedText()
    wants = EncryptedText(default="")
    state = models.CharField(max_length=12, default=ConcernState.RECEIVED.value)
    owner_id = models.UUIDField(null=True)
    former_owner_ids = ArrayField(models.UUIDField(), default=list)  # before the appeal
    since = models.DateTimeField()
    next_due_at = models.DateTimeField(null=True)
    finding = models.CharField(max_length=10, default="", blank=True)
    told_at = models.DateTimeField(null=True)
    appealed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    is_accepted = models.BooleanField(null=True)  # whether she was content with the answer, once it is closed

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in ConcernKind])
                & Q(raised_kind__in=[raiser.value for raiser in RaisedBy])
                & Q(state__in=[state.value for state in ConcernState]),
                name="concern_known",
            ),
            models.CheckConstraint(
                condition=Q(finding__in=["", *(finding.value for finding in Finding)]),
                name="concern_finding_known",
            ),
            models.CheckConstraint(
                condition=~Q(raised_kind=RaisedBy.ANONYMOUS.value)
                | Q(raised_by=None, entered_by=None, resident_id=None),
                name="concern_without_a_name_has_none",
            ),
            models.CheckConstraint(
                condition=Q(state=ConcernState.CLOSED.value) | Q(next_due_at__isnull=False),
                name="concern_open_has_a_clock",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[ConcernState.RECEIVED.value, ConcernState.APPEALED.value])
                | Q(owner_id__isnull=False),
                name="concern_taken_up_has_an_owner",
            ),
        ]
        indexes = [
            models.Index(fields=["organization_id", "next_due_at", "id"], name="concern_by_due"),
            models.Index(fields=["organization_id", "-closed_at", "id"], name="concern_by_closing"),
            models.Index(fields=["organization_id", "visit_starts_at"], name="concern_by_visit_start"),
            models.Index(fields=["organization_id", "raised_at", "id"], name="concern_by_raising"),
            models.Index(fields=["raised_by", "-raised_at", "id"], name="concern_by_raiser"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id} ({self.state})"

    def move_to(
        self, state: ConcernState, *, actor: Actor, now: datetime, words: str = "", told_by: str = ""
    ) -> None:
        """Move to `state`, set its clock, and write the step down. The only place where a state changes."""
        check_concern_move(ConcernState(self.state), state)
        self.state = state.value
        self.next_due_at = due_of(state, ConcernKind(self.kind), since=self.since, told_at=self.told_at)
        self.save()
        self.write_step(StepKind(state.value), actor=actor, now=now, words=words, told_by=told_by)

    def write_step(
        self, kind: StepKind, *, actor: Actor, now: datetime, words: str = "", told_by: str = ""
    ) -> None:
        ConcernStep.objects.create(
            organization_id=self.organization_id,
            concern=self,
            at=now,
            by=None if actor.is_system else actor.user_id,
            kind=kind.value,
            owner_id=self.owner_id,
            told_by=told_by,
            words=words,
        )


class ConcernStep(models.Model):
    """What happened to a concern: who, when, what was said or found; who owned it then."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    by = models.UUIDField(null=True)
    kind = models.CharField(max_length=12)
    owner_id = models.UUIDField(null=True)
    told_by = models.CharField(max_length=16, default="", blank=True)
    words = EncryptedText(default="")

    def __str__(self) -> str:
        return f"{self.kind} at {self.at}"
