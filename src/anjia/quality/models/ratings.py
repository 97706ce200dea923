from django.db import models
from django.db.models import Q

from anjia.kernel.fields import EncryptedText
from anjia.kernel.ids import new_id
from anjia.quality.rules import RaterKind


class Rating(models.Model):
    """
    What one person thought of one visit that was done. Once per rater; she may change it for a day.

    `visit_starts_at` is the promised start, by which it is counted into a period.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    visit_id = models.UUIDField()
    visit_starts_at = models.DateTimeField()
    resident_id = models.UUIDField()
    rater_id = models.UUIDField()  # the account; the resident herself where the desk wrote down what she said
    rater_kind = models.CharField(max_length=10)
    entered_by = models.UUIDField()
    stars = models.PositiveSmallIntegerField()
    manner = models.PositiveSmallIntegerField(null=True)
    skill = models.PositiveSmallIntegerField(null=True)
    punctual = models.PositiveSmallIntegerField(null=True)
    explained = models.PositiveSmallIntegerField(null=True)
    words = EncryptedText(default="")
    rated_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit_id", "rater_id"], name="rating_once_per_rater"),
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="rating_stars_one_to_five"),
            models.CheckConstraint(
                condition=Q(rater_kind__in=[kind.value for kind in RaterKind]), name="rating_kind_known"
            ),
        ]
        indexes = [
            models.Index(fields=["organization_id", "visit_starts_at", "id"], name="rating_by_visit_start"),
            models.Index(fields=["resident_id", "rated_at"], name="rating_by_resident"),
        ]

    def __str__(self) -> str:
        return f"{self.stars} stars for {self.visit_id}"

    @property
    def aspects(self) -> dict[str, int]:
        said = {
            "manner": self.manner,
            "skill": self.skill,
            "punctual": self.punctual,
            "explained": self.explained,
        }
        return {aspect: value for aspect, value in said.items() if value is not None}
