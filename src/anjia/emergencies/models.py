from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from anjia.emergencies.rules.cases import Outcome, What, rings
from anjia.emergencies.rules.house import House
from anjia.emergencies.rules.kinds import KINDS, Kind, KindRule
from anjia.kernel.fields import EncryptedJSON, EncryptedText
from anjia.kernel.ids import new_id


class Case(models.Model):
    """
    Something that somebody must take at once.

    `about_id` is who or what it is about: the resident, the member of staff, the visit. Of one there is one open case,
    however often it is pressed: the database says so. `client_id` was made by the phone that pressed. `place` is where
    somebody has to go, `position` where the phone was, if it may say. `calls_at` is when who manages is told.
    `taker` is her name as the phone was told it. Persons see those that are of a resident of theirs, and no others.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    kind = models.CharField(max_length=12)
    about_id = models.UUIDField()
    client_id = models.UUIDField()
    resident = models.ForeignKey(
        "residents.Resident", on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    staff_id = models.UUIDField(null=True)
    visit_id = models.UUIDField(null=True)
    by = models.UUIDField()
    place = EncryptedText(default="")
    position = EncryptedJSON(null=True)
    pressed_at = models.DateTimeField()
    received_at = models.DateTimeField()
    is_late = models.BooleanField(default=False)
    was_attended = models.BooleanField(default=False)
    again_at = models.DateTimeField(null=True)
    again_ids = ArrayField(models.UUIDField(), db_default=[], default=list)  # of presses: each is heard once
    handled_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    calls_at = models.DateTimeField(null=True)
    rounds = models.PositiveSmallIntegerField(default=0)
    taken_at = models.DateTimeField(null=True)
    taken_by = models.UUIDField(null=True)
    taker = models.CharField(max_length=60, default="")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)
    outcome = models.CharField(max_length=20, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "client_id"], name="case_once"),
            models.UniqueConstraint(
                fields=["kind", "about_id"], condition=Q(closed_at=None), name="case_open_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in Kind]), name="case_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(taken_at=None, taken_by=None) | Q(taken_at__isnull=False, taken_by__isnull=False),
                name="case_taken_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, outcome="")
                | Q(closed_at__isnull=False, outcome__in=[outcome.value for outcome in Outcome]),
                name="case_closed_with_outcome",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "pressed_at"], condition=Q(closed_at=None), name="case_open"
            ),
            models.Index(fields=["organization_id", "-pressed_at", "-id"], name="case_by_time"),
            models.Index(
                fields=["calls_at"],
                condition=Q(closed_at=None, calls_at__isnull=False),
                name="case_to_answer",
            ),
            models.Index(fields=["resident", "-pressed_at"], name="case_by_resident"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def rule(self) -> KindRule:
        return KINDS[Kind(self.kind)]

    @property
    def rings(self) -> bool:
        return rings(
            taken_at=self.taken_at,
            closed_at=self.closed_at,
            again_at=self.again_at,
            handled_at=self.handled_at,
        )


class Step(models.Model):
    """A line of a case's course. Nobody changes one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps", db_index=False)
    at = models.DateTimeField()
    by = models.UUIDField()
    what = models.CharField(max_length=12)
    words = EncryptedText(default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(what__in=[what.value for what in What]), name="step_what_known"
            )
        ]
        indexes = [models.Index(fields=["case", "at", "id"], name="step_by_case")]

    def __str__(self) -> str:
        return f"{self.what} of {self.case_id}"


class Watch(models.Model):
    """
    On whose screen a page of the console was open, and when last. `heard_at` is when last such a page could be seen and
    had its sound on: only that is somebody. A window behind others, or a silent one, is a row and nobody.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    account_id = models.UUIDField()
    seen_at = models.DateTimeField()
    heard_at = models.DateTimeField(null=True)
    kinds = ArrayField(models.CharField(max_length=12), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "account_id"], name="watch_once"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.seen_at:%H:%M:%S}"


class CheckIn(models.Model):
    """
    A quiet question to a nurse whose visit has not ended: is all well? It is open until she answers, ends the visit, or
    an alarm was raised. Answered, it holds until `fine_until`; then there is another.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    visit = models.ForeignKey("visits.Visit", on_delete=models.PROTECT, related_name="+", db_index=False)
    staff_id = models.UUIDField()
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    fine_until = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_index=False, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "staff_id"], condition=Q(closed_at=None), name="check_in_open_once"
            ),
        ]
        indexes = [
            models.Index(fields=["visit", "-asked_at"], name="check_in_by_visit"),
            models.Index(fields=["answer_by"], condition=Q(closed_at=None), name="check_in_unanswered"),
            models.Index(
                fields=["organization_id", "staff_id"], condition=Q(closed_at=None), name="check_in_by_staff"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} asked at {self.asked_at:%H:%M}"


class HouseRules(models.Model):
    """What a house has set; a house without a row has what `rules.house.House` says."""

    organization_id = models.UUIDField(primary_key=True)
    first_number = models.CharField(max_length=20)
    opens_at = models.TimeField()
    closes_at = models.TimeField()
    weekdays = ArrayField(models.PositiveSmallIntegerField())
    unanswered_seconds = models.PositiveIntegerField()
    overdue_minutes = models.PositiveIntegerField()
    answer_minutes = models.PositiveIntegerField()
    set_at = models.DateTimeField()
    set_by = models.UUIDField()

    def __str__(self) -> str:
        return str(self.organization_id)

    def as_rules(self) -> House:
        return House(
            first_number=self.first_number,
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            weekdays=tuple(self.weekdays),
            unanswered_seconds=self.unanswered_seconds,
            overdue_minutes=self.overdue_minutes,
            answer_minutes=self.answer_minutes,
        )


class Wish(models.Model):
    """Whether the resident wants her family told when help was called for. Without a row: she has not said so."""

    resident = models.OneToOneField(
        "residents.Resident", on_delete=models.PROTECT, related_name="+", primary_key=True
    )
    organization_id = models.UUIDField()
    tells_family = models.BooleanField()
    set_at = models.DateTimeField()
    set_by = models.UUIDField()

    def __str__(self) -> str:
        return f"{self.resident_id} {self.tells_family}"
