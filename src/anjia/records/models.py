from datetime import date, datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models

from anjia.clinical.targets import Band
from anjia.kernel.calendar import day_of
from anjia.kernel.fields import EncryptedJSON, EncryptedText
from anjia.kernel.ids import new_id


class Reading(models.Model):
    """
    One value that was measured, in the measure's own unit.

    Partitioned by the month of `at` (see the migrations). No foreign key points here and none goes out, so that the
    table can be spread over machines as it is. The key is what makes a reading that is sent twice one reading.
    """

    pk = models.CompositePrimaryKey("resident_id", "code", "at", "source")
    organization_id = models.UUIDField()
    resident_id = models.UUIDField()
    code = models.CharField(max_length=20, db_collation="C")  # LOINC
    at = models.DateTimeField()
    source = models.CharField(max_length=60, db_collation="C")  # "visit:<id>", "self", "device:<id>"
    value = models.DecimalField(max_digits=12, decimal_places=4)
    unit = models.CharField(max_length=20)  # UCUM
    visit_id = models.UUIDField(null=True)
    device = models.CharField(max_length=60, default="")  # what measured it; "" for what a person typed
    entered_by = models.UUIDField()
    received_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["visit_id"], name="reading_by_visit", condition=models.Q(visit_id__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} of {self.resident_id} at {self.at}"


class ReadingConflict(models.Model):
    """A value that came for a key which already had another. Neither is thrown away; a person decides."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    resident_id = models.UUIDField()
    code = models.CharField(max_length=20)
    at = models.DateTimeField()
    source = models.CharField(max_length=60)
    value = models.DecimalField(max_digits=12, decimal_places=4)
    unit = models.CharField(max_length=20)
    entered_by = models.UUIDField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["resident_id", "code", "at", "source", "value"], name="reading_conflict_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} of {self.resident_id} at {self.at}"


class TargetQuerySet(models.QuerySet["PersonalTarget"]):
    def in_force(self, now: datetime) -> "TargetQuerySet":
        """Those that a clinician has set by now; of one resident and code the last of them holds."""
        return self.filter(set_at__lte=now).order_by("set_at", "id")


class PersonalTarget(models.Model):
    """Where a clinician wants this resident's values to lie. The newest of a code holds; the older stay."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    resident_id = models.UUIDField()
    code = models.CharField(max_length=20)
    low = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    high = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    reason = EncryptedText(default="")
    set_by = models.UUIDField()  # workforce.StaffMember
    set_at = models.DateTimeField()

    objects = TargetQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["resident_id", "code", "-set_at"], name="target_newest")]

    def __str__(self) -> str:
        return f"{self.code} of {self.resident_id} from {self.set_at}"

    @property
    def band(self) -> Band:
        return Band(low=self.low, high=self.high)


class Assessment(models.Model):
    """
    A first assessment as it was made at a visit: what was found, and whether she can be nursed at home, until when.

    Never changed: the latest that was made holds. In clear only what the legal gate reads; the notes are encrypted.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    resident_id = models.UUIDField()
    visit_id = models.UUIDField()
    fact_id = models.UUIDField()  # what the field said: the record of a visit that is done
    service_version_id = models.UUIDField()  # whose form it was
    staff_id = models.UUIDField()
    made_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()
    is_suitable = models.BooleanField()
    against = ArrayField(models.CharField(max_length=12), default=list)
    place = models.CharField(max_length=16)
    mobility = models.CharField(max_length=16)
    condition = models.CharField(max_length=16)
    nurse_level = models.CharField(max_length=16)
    valid_until = models.DateField()  # inclusive
    findings = EncryptedJSON(default=dict)  # the form as it was filled in

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fact_id"], name="assessment_once_per_fact"),
            models.CheckConstraint(
                condition=models.Q(is_suitable=True, against=[])
                | models.Q(is_suitable=False) & ~models.Q(against=[]),
                name="assessment_says_why_not",
            ),
        ]
        indexes = [models.Index(fields=["resident_id", "-made_at", "-id"], name="assessment_latest")]

    def __str__(self) -> str:
        return f"assessment of {self.resident_id} at {self.made_at}"

    @property
    def made_on(self) -> date:
        return day_of(self.made_at)
