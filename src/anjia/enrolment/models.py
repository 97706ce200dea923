from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from anjia.enrolment.rules import SEATED, Answer, Basis, Decision, Finding, Outcome, Stage, check_move
from anjia.kernel.fields import EncryptedJSON, EncryptedText
from anjia.kernel.ids import new_id


def named(chinese: str, english: str) -> str:
    return english if english and (get_language() or "").startswith("en") else chinese


class Programme(models.Model):
    """What an institution takes a number of people on for: a pilot, a project. `cap` is how many."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120, default="", blank=True)
    cap = models.PositiveIntegerField()
    min_age = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "name"], name="programme_name_once"),
            models.CheckConstraint(condition=Q(cap__gte=1), name="programme_has_places"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="programme_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"programme {self.id}"

    @property
    def words(self) -> str:
        return named(self.name, self.name_en)


class Channel(models.Model):
    """A way by which people are recruited: the residents' committee, a lecture, a referral."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=80, default="", blank=True)
    added_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "name"], name="channel_name_once"),
        ]

    def __str__(self) -> str:
        return f"channel {self.id}"

    @property
    def words(self) -> str:
        return named(self.name, self.name_en)


class Candidate(models.Model):
    """
    Somebody recruited for a programme, and how far she has come.

    A place is a number from 1 to the programme's cap: whoever holds one, or is offered one, has it alone. The database
    sees to both, so that nobody is ever two in the last place.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+", db_index=False)
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="+")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+", db_index=False)
    told_by = EncryptedText(default="")  # who has recommended her
    stage = models.CharField(max_length=14, default=Stage.CAME.value)
    seat = models.PositiveIntegerField(null=True)
    came_at = models.DateTimeField()
    came_by = models.UUIDField()
    screened_at = models.DateTimeField(null=True)  # the first time
    eligible_at = models.DateTimeField(null=True)  # confirmed, the first time
    waiting_since = models.DateTimeField(null=True)  # her place in the list
    offer_until = models.DateTimeField(null=True)
    enrolled_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    left_why = EncryptedText(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "resident"], name="candidate_once_per_programme"),
            models.UniqueConstraint(
                fields=["programme", "seat"], condition=Q(seat__isnull=False), name="candidate_seat_once"
            ),
            models.CheckConstraint(
                condition=Q(stage__in=sorted(SEATED), seat__isnull=False, seat__gte=1)
                | ~Q(stage__in=sorted(SEATED)) & Q(seat=None),
                name="candidate_seated_or_not",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=[stage.value for stage in Stage]), name="candidate_stage_known"
            ),
            models.CheckConstraint(
                condition=~Q(stage=Stage.WAITING.value) | Q(waiting_since__isnull=False),
                name="candidate_waits_since",
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "stage", "waiting_since", "id"], name="candidate_by_stage"),
            models.Index(fields=["programme", "-came_at", "-id"], name="candidate_by_time"),
            models.Index(
                fields=["offer_until"], condition=Q(stage=Stage.OFFERED.value), name="candidate_offers"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resident_id} in {self.programme_id}: {self.stage}"

    def move_to(self, stage: Stage, **changes: Any) -> None:
        """Come to another stage and save. The only place where her stage changes; a seat is kept by those alone."""
        check_move(Stage(self.stage), stage)
        self.stage = stage.value
        changes = {"seat": None, "offer_until": None} | changes if stage is not Stage.ENROLLED else changes
        for name, value in changes.items():
            setattr(self, name, value)
        self.save(update_fields=["stage", *changes])


class Screening(models.Model):
    """
    One screening: what was found of each criterion, what follows, and whether a second person says that it stands.

    A later one does not change it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="screenings")
    resident_id = models.UUIDField()
    number = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    made_by = models.UUIDField()
    min_age = models.PositiveSmallIntegerField()  # as it was asked then
    findings = EncryptedJSON()  # [{"criterion", "answer", "found", "basis", "evidence"}]
    decided = EncryptedJSON()  # {"not_met": [...], "unknown": [...]}
    grant_id = models.UUIDField(null=True)  # the relative who helps with WeChat
    outcome = models.CharField(max_length=14)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)
    stands = models.BooleanField(null=True)  # as the second person says
    settled_words = EncryptedText(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["candidate", "number"], name="screening_numbered_once"),
            models.UniqueConstraint(
                fields=["candidate"], condition=Q(settled_at=None), name="screening_one_open"
            ),
            models.CheckConstraint(
                condition=Q(settled_by=None, settled_at=None, stands=None)
                | Q(settled_by__isnull=False, settled_at__isnull=False, stands__isnull=False)
                & ~Q(settled_by=F("made_by")),
                name="screening_second_person",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=[outcome.value for outcome in Outcome]),
                name="screening_outcome_known",
            ),
        ]

    def __str__(self) -> str:
        return f"screening {self.number} of {self.candidate_id}"

    @property
    def answers(self) -> list[Finding]:
        return [
            Finding(
                criterion=one["criterion"],
                answer=Answer(one["answer"]),
                found=one["found"],
                basis=Basis(one["basis"]),
                evidence=one["evidence"],
            )
            for one in self.findings
        ]

    @property
    def decision(self) -> Decision:
        return Decision(
            outcome=Outcome(self.outcome),
            not_met=tuple(self.decided["not_met"]),
            unknown=tuple(self.decided["unknown"]),
        )


class Appeal(models.Model):
    """She, or somebody for her, says that a decision is wrong. Who has made or confirmed it does not answer."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    screening = models.ForeignKey(Screening, on_delete=models.PROTECT, related_name="appeals")
    resident_id = models.UUIDField()
    screener_id = models.UUIDField()
    confirmer_id = models.UUIDField()
    made_at = models.DateTimeField()
    made_by = models.UUIDField()
    by_whom = EncryptedText(default="")  # who rang or came, where the desk writes it down
    words = EncryptedText()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)
    is_upheld = models.BooleanField(null=True)  # then she is screened again
    answer = EncryptedText(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["screening"], name="appeal_once_per_screening"),
            models.CheckConstraint(
                condition=Q(answered_by=None, answered_at=None, is_upheld=None)
                | Q(answered_by__isnull=False, answered_at__isnull=False, is_upheld__isnull=False)
                & ~Q(answered_by=F("screener_id"))
                & ~Q(answered_by=F("confirmer_id")),
                name="appeal_third_person",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "due_at"], condition=Q(answered_at=None), name="appeal_open"
            )
        ]

    def __str__(self) -> str:
        return f"appeal {self.id}"

    def is_late(self, now: datetime) -> bool:
        return self.answered_at is None and self.due_at < now
