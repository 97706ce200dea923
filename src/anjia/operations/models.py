from django.db import models

from anjia.kernel.ids import new_id


class Minute(models.Model):
    """A minute, and whether Anjia answered in it that it was ready. No row: nobody was there to ask."""

    at = models.DateTimeField(primary_key=True)
    is_up = models.BooleanField()
    milliseconds = models.PositiveIntegerField()
    failed = models.CharField(max_length=40, default="")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {'up' if self.is_up else self.failed}"


class IncidentCause(models.Model):
    """Why Anjia was away in a minute, in words for everybody. A later one takes the place of one before."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    minute = models.DateTimeField()
    words = models.CharField(max_length=300)
    said_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["minute", "said_at"], name="cause_by_minute")]

    def __str__(self) -> str:
        return f"{self.minute:%Y-%m-%d %H:%M}"


class RestoreProof(models.Model):
    """A backup was restored aside and looked over; `wrong` says what did not fit, nothing where all was whole."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField()
    backup_name = models.CharField(max_length=200)
    entries = models.PositiveIntegerField()
    files = models.PositiveIntegerField()
    seconds = models.PositiveIntegerField()
    wrong = models.CharField(max_length=500, default="")

    class Meta:
        indexes = [models.Index(fields=["-at"], name="proof_by_time")]

    def __str__(self) -> str:
        return f"{self.backup_name} {self.wrong or 'whole'}"
