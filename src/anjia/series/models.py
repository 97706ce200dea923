from datetime import date
from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from anjia.kernel.fields import EncryptedJSON, EncryptedText
from anjia.kernel.ids import new_id
from anjia.series.rules.pattern import Holidays, Pattern, Unit
from anjia.series.rules.planning import STANDING, State


def choices(enum: type[StrEnum]) -> list[tuple[str, str]]:
    """Return plain strings, so that migrations do not come to depend on rules."""
    return [(member.value, member.name) for member in enum]


STANDING_STATES = sorted(state.value for state in STANDING)


class Series(models.Model):
    """
    That somebody comes to a resident again and again, for one service, at one address, by a pattern.

    `starts_on` is since when the pattern holds, `begun_on` when it all began. From `paused_from` to before
    `paused_until` nobody comes. `planned_through` is how far its occurrences have been made; at `look_again_at` a
    place is looked for once more for those that have none. `continues_id` is the series that this one was a part of.
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
    service_code = models.CharField(max_length=60)
    service_name = models.CharField(max_length=100)
    service_name_en = models.CharField(max_length=200, default="")
    unit = models.CharField(max_length=5, choices=choices(Unit))
    every = models.PositiveSmallIntegerField()
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list)
    gap_days = models.PositiveSmallIntegerField()
    count = models.PositiveSmallIntegerField(null=True)
    until = models.DateField(null=True)
    holidays = models.CharField(max_length=4, choices=choices(Holidays))
    starts_on = models.DateField()
    begun_on = models.DateField()
    clock = models.TimeField()
    wishes = EncryptedJSON(default=dict)
    usual_staff = ArrayField(models.UUIDField(), default=list)
    source = models.CharField(max_length=12)
    begun_by = models.UUIDField()
    begun_at = models.DateTimeField()
    continues_id = models.UUIDField(null=True)
    paused_from = models.DateField(null=True)
    paused_until = models.DateField(null=True)
    pause_told = models.DateField(null=True)  # of which end of a pause they have heard
    planned_through = models.DateField()
    look_again_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    ended_why = EncryptedText(default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(paused_from=None, paused_until=None) | Q(paused_until__gt=F("paused_from")),
                name="series_pause_not_empty",
            ),
        ]
        indexes = [
            models.Index(fields=["resident", "begun_at", "id"], name="series_by_resident"),
            models.Index(fields=["organization_id", "-begun_at", "id"], name="series_by_beginning"),
            models.Index(
                fields=["planned_through", "id"], condition=Q(ended_at=None), name="series_going_on"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_code} {self.id}"

    @property
    def pattern(self) -> Pattern:
        return Pattern(
            starts_on=self.starts_on,
            unit=Unit(self.unit),
            every=self.every,
            weekdays=tuple(self.weekdays),
            gap_days=self.gap_days,
            count=self.count,
            until=self.until,
            holidays=Holidays(self.holidays),
        )

    @pattern.setter
    def pattern(self, says: Pattern) -> None:
        self.starts_on, self.unit, self.every = says.starts_on, says.unit.value, says.every
        self.weekdays, self.gap_days = list(says.weekdays), says.gap_days
        self.count, self.until, self.holidays = says.count, says.until, says.holidays.value

    @property
    def paused(self) -> tuple[date, date] | None:
        return (self.paused_from, self.paused_until) if self.paused_from and self.paused_until else None


class Occurrence(models.Model):
    """
    One of a series: `on` by its pattern, on `day` when holidays are minded. The database lets a day have one.

    `visit_id` is what has been booked for it. Without one, `why` says in both languages why there is no place.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    resident_id = models.UUIDField()
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="occurrences", db_index=False)
    on = models.DateField()
    day = models.DateField()
    state = models.CharField(max_length=8, choices=choices(State), default=State.WANTED.value)
    visit_id = models.UUIDField(null=True)
    why = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["series", "on"],
                condition=Q(state__in=STANDING_STATES),
                name="occurrence_once_a_day",
            ),
            models.UniqueConstraint(fields=["visit_id"], name="occurrence_of_visit"),
            models.CheckConstraint(
                condition=~Q(state="placed") | Q(visit_id__isnull=False), name="occurrence_placed_has_a_visit"
            ),
        ]
        indexes = [
            models.Index(fields=["series", "day", "id"], name="occurrence_by_day"),
            models.Index(
                fields=["organization_id", "day", "id"],
                condition=Q(state="wanted"),
                name="occurrence_without_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} of {self.series_id} ({self.state})"
