from django.db import models
from django.db.models import Q

from anjia.kernel.fields import EncryptedText
from anjia.kernel.ids import new_id
from anjia.quality.rules import CallState, Reached, Solved


class CallBack(models.Model):
    """
    Somebody asks her by telephone, within a day of a visit that was done, whether it helped. One for each visit.

    It is over when she has answered or does not want to be asked. What is late stays, and is shown to a supervisor.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    visit_id = models.UUIDField()
    visit_starts_at = models.DateTimeField()  # the promised start, by which it is counted into a period
    resident_id = models.UUIDField()
    done_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=CallState.OPEN.value)
    solved = models.CharField(max_length=8, default="", blank=True)
    new_need = EncryptedText(default="")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit_id"], name="call_back_once_per_visit"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in CallState]), name="call_back_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=CallState.OPEN.value, closed_at=None)
                | ~Q(state=CallState.OPEN.value) & Q(closed_at__isnull=False),
                name="call_back_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state=CallState.ANSWERED.value, solved__in=[solved.value for solved in Solved])
                | ~Q(state=CallState.ANSWERED.value) & Q(solved=""),
                name="call_back_answer_known",
            ),
        ]
        indexes = [
            models.Index(fields=["organization_id", "state", "due_at", "id"], name="call_back_by_due"),
            models.Index(
                fields=["organization_id", "visit_starts_at", "id"], name="call_back_by_visit_start"
            ),
            models.Index(fields=["due_at"], condition=Q(state="open"), name="call_back_open"),
        ]

    def __str__(self) -> str:
        return f"call-back of {self.visit_id} ({self.state})"


class CallBackAttempt(models.Model):
    """One time somebody called: when, who, what came of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    call_back = models.ForeignKey(CallBack, on_delete=models.PROTECT, related_name="attempts")
    at = models.DateTimeField()
    by = models.UUIDField()
    reached = models.CharField(max_length=12)
    words = EncryptedText(default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reached__in=[reached.value for reached in Reached]), name="attempt_outcome_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reached} at {self.at}"


class CallBackEscalation(models.Model):
    """A call-back that was late came before a supervisor: whom, and when. Nobody, where there was none."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    call_back = models.OneToOneField(CallBack, on_delete=models.PROTECT, related_name="escalation")
    at = models.DateTimeField()
    to_account_id = models.UUIDField(null=True)

    def __str__(self) -> str:
        return f"to {self.to_account_id} at {self.at}"
