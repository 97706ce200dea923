from datetime import datetime

from django.db import models
from django.db.models import F, Q

from anjia.kernel.actors import Actor
from anjia.kernel.fields import EncryptedText
from anjia.kernel.ids import new_id
from anjia.quality.rules import ASPECTS, ImprovementState, check_improvement_move


class Improvement(models.Model):
    """
    Something about our visits is rated so low that somebody has to make it better. One open task for each aspect.

    `first` to `last` are the days whose ratings opened it, `good` of `of` what was counted then.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    aspect = models.CharField(max_length=12)
    opened_at = models.DateTimeField()
    first = models.DateField()
    last = models.DateField()
    good = models.PositiveIntegerField()
    of = models.PositiveIntegerField()
    state = models.CharField(max_length=10, default=ImprovementState.OPEN.value)
    owner_id = models.UUIDField(null=True)
    measure = EncryptedText(default="")
    due_on = models.DateField(null=True)
    in_place_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "aspect"],
                condition=~Q(state=ImprovementState.CLOSED.value),
                name="improvement_one_open_per_aspect",
            ),
            models.CheckConstraint(
                condition=Q(aspect__in=list(ASPECTS))
                & Q(state__in=[state.value for state in ImprovementState])
                & Q(good__lte=F("of")),
                name="improvement_known",
            ),
            models.CheckConstraint(
                condition=Q(state=ImprovementState.OPEN.value)
                | Q(owner_id__isnull=False, due_on__isnull=False),
                name="improvement_planned_has_an_owner",
            ),
        ]
        indexes = [
            models.Index(fields=["organization_id", "-opened_at", "id"], name="improvement_by_opening"),
        ]

    def __str__(self) -> str:
        return f"improve {self.aspect} ({self.state})"

    def move_to(self, state: ImprovementState, *, actor: Actor, now: datetime, words: str = "") -> None:
        """Move to `state`, save, and write the step down. The only place where a state changes."""
        check_improvement_move(ImprovementState(self.state), state)
        self.state = state.value
        self.save()
        self.write_step(actor=actor, now=now, words=words)

    def write_step(self, *, actor: Actor, now: datetime, words: str = "") -> None:
        ImprovementStep.objects.create(
            organization_id=self.organization_id,
            improvement=self,
            at=now,
            by=None if actor.is_system else actor.user_id,
            state=self.state,
            owner_id=self.owner_id,
            words=words,
        )


class ImprovementStep(models.Model):
    """What happened to an improvement: who, when; who was to do it then, and what was said."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    improvement = models.ForeignKey(Improvement, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    by = models.UUIDField(null=True)
    state = models.CharField(max_length=10)
    owner_id = models.UUIDField(null=True)
    words = EncryptedText(default="")

    def __str__(self) -> str:
        return f"{self.state} at {self.at}"
