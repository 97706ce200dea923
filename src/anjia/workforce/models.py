from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import get_language

from anjia.clinical.professions import words_of_kind, words_of_paper, words_of_title
from anjia.kernel.fields import EncryptedJSON, EncryptedText
from anjia.kernel.ids import new_id
from anjia.workforce.rules import LIVE_LEAVE, LONGEST_LEAVE, LONGEST_SHIFT, LeaveState, PatternPart
from anjia.workforce.rules.institution import (
    WITH_LAST_DAY,
    WORDS_OF_INSTITUTION_PAPER,
    InstitutionPaperKind,
)
from anjia.workforce.rules.rota import check_leave_move


def span() -> Func:
    """Return the half-open stretch of a row, for constraints. Queries use the columns: those have a btree."""
    return Func(F("starts_at"), F("ends_at"), function="TSTZRANGE", output_field=DateTimeRangeField())


class StaffMember(models.Model):
    """
    Somebody who works for an institution: nurse, doctor, therapist, health worker.

    `started_on` is when her professional life began: years of experience are counted from it. `account_id` is how she
    signs in, `station_id` where she belongs. Where she starts from (`base`) is encrypted, its map cell is not.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    account_id = models.UUIDField(null=True)
    station_id = models.UUIDField(null=True)
    number = models.CharField(max_length=40, default="")
    name = models.CharField(max_length=60)
    pinyin = models.CharField(max_length=120, db_collation="C")
    sex = models.CharField(max_length=8)
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=20, default="")
    started_on = models.DateField(null=True)
    left_on = models.DateField(null=True)
    travel_mode = models.CharField(max_length=10)
    base = EncryptedJSON(null=True)
    base_cell = models.CharField(max_length=16, default="")
    phone = EncryptedText(default="")
    phone_index = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "number"], condition=~Q(number=""), name="staff_number_once"
            ),
            models.UniqueConstraint(
                fields=["organization_id", "account_id"], condition=Q(account_id__isnull=False),
                name="staff_account_once",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["organization_id", "pinyin", "id"], name="staff_by_pinyin"),
            models.Index(fields=["organization_id", "phone_index"], name="staff_by_phone"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def kind_words(self) -> str:
        return words_of_kind(self.kind, language())

    @property
    def title_words(self) -> str:
        return words_of_title(self.title, language())


class StaffToken(models.Model):
    """A word by which somebody is found. Found by range, since row-level security lets LIKE use no index."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    staff = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="tokens")
    token = models.CharField(max_length=60, db_collation="C")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "token"], name="staff_token_once")]
        indexes = [models.Index(fields=["organization_id", "token"], name="staff_by_token")]

    def __str__(self) -> str:
        return str(self.staff_id)


class Qualification(models.Model):
    """
    A licence, certificate or policy. It counts once a second person has read its scan beside what was entered.

    `entered_by` wrote it down and `added_by` added its scan, mostly one person. `verified_by` is the second reader:
    neither of them, nor its holder. It is never changed
    into another: a renewal is a new row, one entered by mistake is taken back. `issuer` is who insures her, or who
    issued it. What the house itself certifies (a course that she has passed) has a code and a name of its own, and
    needs no second reader: nobody has entered it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="papers")
    code = models.CharField(max_length=40)
    named = models.JSONField(default=dict)  # {"zh", "en"} where the code is the house's own
    number = EncryptedText(default="")
    issuer = models.CharField(max_length=80, default="")
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    entered_by = models.UUIDField(null=True)  # from before this was kept, nobody knows but for `added_by`
    added_by = models.UUIDField()
    added_at = models.DateTimeField()
    file_id = models.UUIDField(null=True)  # the scan
    verified_by = models.UUIDField(null=True)
    verified_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)
    policy = models.ForeignKey(
        "workforce.GroupPolicy", on_delete=models.PROTECT, null=True, related_name="covers"
    )  # where one policy covers many

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "staff"],
                condition=Q(policy__isnull=False, taken_back_at=None),
                name="qualification_once_per_policy",
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="qualification_days_in_order",
            ),
            # What was verified before there were scans keeps counting until it lapses.
            models.CheckConstraint(
                condition=Q(verified_by=None) | Q(file_id=None) | ~Q(verified_by=F("added_by")),
                name="qualification_second_reader",
            ),
        ]
        indexes = [
            models.Index(fields=["staff", "code"], name="qualification_by_staff"),
            models.Index(fields=["organization_id", "valid_until"], name="qualification_by_last_day"),
        ]

    def __str__(self) -> str:
        return f"{self.code} of {self.staff_id}"

    @property
    def is_verified(self) -> bool:
        return self.verified_at is not None

    @property
    def is_own(self) -> bool:
        """Whether the house certifies it itself: nobody has a scan of it to read."""
        return bool(self.named)

    @property
    def words(self) -> str:
        own = self.named.get(language()) or self.named.get("zh")
        return own or words_of_paper(self.code, language())


class GroupPolicy(models.Model):
    """
    One policy that insures many. Whom, and from which day to which, its covers say: each is a paper of hers.

    It and its covers count once a second person has read the scan beside the list.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    code = models.CharField(max_length=40)
    number = EncryptedText()
    issuer = models.CharField(max_length=80)
    valid_from = models.DateField()
    valid_until = models.DateField()
    file_id = models.UUIDField()
    added_by = models.UUIDField()
    added_at = models.DateTimeField()
    verified_by = models.UUIDField(null=True)
    verified_at = models.DateTimeField(null=True)
    taken_back_by = models.UUIDField(null=True)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_why = EncryptedText(default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")), name="group_policy_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(verified_by=None, verified_at=None)
                | Q(verified_by__isnull=False, verified_at__isnull=False) & ~Q(verified_by=F("added_by")),
                name="group_policy_second_reader",
            ),
        ]
        indexes = [models.Index(fields=["organization_id", "-added_at", "-id"], name="group_policy_by_time")]

    def __str__(self) -> str:
        return f"policy {self.id}"

    @property
    def words(self) -> str:
        return words_of_paper(self.code, language())


class InstitutionPaper(models.Model):
    """
    What the institution itself holds: its licence, the ground of its home care, its liability cover.

    It counts once a second person has read its scan. A renewal is a new row; what was wrong or revoked is taken back.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    kind = models.CharField(max_length=24)
    number = EncryptedText()
    issuer = models.CharField(max_length=100)  # the authority, or the insurer
    scope = models.CharField(max_length=200, default="", blank=True)  # what it lets the institution do
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    file_id = models.UUIDField()
    added_by = models.UUIDField()
    added_at = models.DateTimeField()
    verified_by = models.UUIDField(null=True)
    verified_at = models.DateTimeField(null=True)
    taken_back_by = models.UUIDField(null=True)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_why = EncryptedText(default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in InstitutionPaperKind]),
                name="institution_paper_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="institution_paper_days_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=sorted(kind.value for kind in WITH_LAST_DAY))
                | Q(valid_until__isnull=False),
                name="institution_paper_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(verified_by=None, verified_at=None)
                | Q(verified_by__isnull=False, verified_at__isnull=False) & ~Q(verified_by=F("added_by")),
                name="institution_paper_second_reader",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "kind", "-valid_until"],
                condition=Q(taken_back_at=None),
                name="institution_paper_by_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.organization_id}"

    @property
    def is_verified(self) -> bool:
        return self.verified_at is not None

    @property
    def words(self) -> str:
        return str(WORDS_OF_INSTITUTION_PAPER[InstitutionPaperKind(self.kind)])


class WeeklyPattern(models.Model):
    """The week that somebody works unless the rota says otherwise: a list of {"weekday", "starts", "ends"}."""

    staff = models.OneToOneField(
        StaffMember, on_delete=models.PROTECT, primary_key=True, related_name="pattern"
    )
    organization_id = models.UUIDField()
    parts = models.JSONField(default=list)
    works_holidays = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.staff_id)

    @property
    def week(self) -> list[PatternPart]:
        return [PatternPart.of(part) for part in self.parts]


class DailyBreak(models.Model):
    """A break that everybody of the house has within a shift that covers its window; one that was taken back stays."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    opens = models.TimeField()
    closes = models.TimeField()
    minutes = models.PositiveSmallIntegerField()
    set_by = models.UUIDField()
    set_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens"), minutes__gt=0), name="daily_break_in_order"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization_id"], condition=Q(removed_at=None), name="daily_break_of_house"
            ),
        ]

    def __str__(self) -> str:
        return f"break of {self.organization_id}"


class Shift(models.Model):
    """
    When somebody works. The database refuses two that overlap; one that was taken off the rota stays as a row.

    A standby shift is kept free: nothing is booked into it, and whoever cannot come is stood in for out of it. One that
    `began_as_standby` was never planned as work to be booked: who makes the rota alone can make an ordinary one of it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    by_pattern = models.BooleanField(default=False)
    is_standby = models.BooleanField(default=False, db_default=False)
    began_as_standby = models.BooleanField(default=False, db_default=False)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"), ends_at__lte=F("starts_at") + LONGEST_SHIFT),
                name="shift_of_sane_length",
            ),
            ExclusionConstraint(
                name="shift_not_twice",
                expressions=[("staff", RangeOperators.EQUAL), (span(), RangeOperators.OVERLAPS)],
                condition=Q(removed_at=None),
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "starts_at"], condition=Q(removed_at=None), name="shift_by_start"
            ),
            models.Index(fields=["staff", "starts_at"], condition=Q(removed_at=None), name="shift_by_staff"),
        ]

    def __str__(self) -> str:
        return f"shift of {self.staff_id}"


class Leave(models.Model):
    """
    When somebody is away. The database refuses two live ones that overlap.

    The reason is encrypted: it may be her health.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="leave")
    kind = models.CharField(max_length=12)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = EncryptedText(default="")
    state = models.CharField(max_length=10, default=LeaveState.ASKED.value)
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    settled_by = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in LeaveState]), name="leave_state_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"), ends_at__lte=F("starts_at") + LONGEST_LEAVE),
                name="leave_of_sane_length",
            ),
            ExclusionConstraint(
                name="leave_not_twice",
                expressions=[("staff", RangeOperators.EQUAL), (span(), RangeOperators.OVERLAPS)],
                condition=Q(state__in=sorted(state.value for state in LIVE_LEAVE)),
            ),
        ]
        indexes = [models.Index(fields=["organization_id", "ends_at"], name="leave_by_end")]

    def __str__(self) -> str:
        return f"leave of {self.staff_id} ({self.state})"

    def move_to(self, state: LeaveState, *, by: UUID, at: Any) -> None:
        """Settle it and save. The only place where its state changes."""
        check_leave_move(LeaveState(self.state), state)
        self.state, self.settled_by, self.settled_at = state.value, by, at
        self.save(update_fields=["state", "settled_by", "settled_at"])

    @property
    def last_moment(self) -> Any:
        """The last moment that belongs to it: what people call its last day is the day of this."""
        return self.ends_at - timedelta(microseconds=1)


class ServiceArea(models.Model):
    """Where somebody goes: H3 cells of resolution 8. Without a row, or with no list of cells, anywhere."""

    staff = models.OneToOneField(StaffMember, on_delete=models.PROTECT, primary_key=True, related_name="area")
    organization_id = models.UUIDField()
    cells = ArrayField(models.CharField(max_length=16), null=True)
    radius_km = models.FloatField(null=True)  # where it was drawn as a circle round her base

    def __str__(self) -> str:
        return str(self.staff_id)


def language() -> str:
    return (get_language() or "zh")[:2]
