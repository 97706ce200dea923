from django.db import models
from django.db.models import Q

from anjia.kernel.fields import EncryptedText
from anjia.kernel.ids import new_id
from anjia.quality.rules import BURDEN_WORDS, TOLD_WORDS, UNDERSTOOD_WORDS, Burden, Told, Understood
from anjia.residents.rules import RELATION_WORDS, Relation


class FamilyForm(models.Model):
    """
    What one of her family says of a visit that was done: a form of its own, for what she herself would not be asked.

    Once per relative; she may change it for a day.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    visit_id = models.UUIDField()
    resident_id = models.UUIDField()
    account_id = models.UUIDField()
    relation = models.CharField(max_length=20)
    told = models.CharField(max_length=8)
    understood = models.CharField(max_length=8)
    burden = models.CharField(max_length=8)
    words = EncryptedText(default="")
    said_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit_id", "account_id"], name="family_form_once_per_relative"),
            models.CheckConstraint(
                condition=Q(told__in=[told.value for told in Told])
                & Q(understood__in=[understood.value for understood in Understood])
                & Q(burden__in=[burden.value for burden in Burden]),
                name="family_form_answers_known",
            ),
        ]

    def __str__(self) -> str:
        return f"family of {self.visit_id} ({self.burden})"

    @property
    def told_words(self) -> str:
        return str(TOLD_WORDS[Told(self.told)])

    @property
    def understood_words(self) -> str:
        return str(UNDERSTOOD_WORDS[Understood(self.understood)])

    @property
    def burden_words(self) -> str:
        return str(BURDEN_WORDS[Burden(self.burden)])

    @property
    def relation_words(self) -> str:
        """Return what the grant calls her: her own word for it, or one of ours."""
        return (
            str(RELATION_WORDS[Relation(self.relation)]) if self.relation in set(Relation) else self.relation
        )
