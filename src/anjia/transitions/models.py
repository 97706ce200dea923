from datetime import datetime
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CharField, Q

from anjia.kernel.actors import Actor
from anjia.kernel.fields import EncryptedText
from anjia.kernel.ids import new_id
from anjia.transitions.rules import State, check_move


class Referral(models.Model):
    """
    A patient whom a ward sends to an institution. Two houses see the row: `from_organization_id` and `organization_id`.

    What she suffers from and how to find her is encrypted; the lines and wounds too, for they say as much.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Who receives it.
    organization = models.ForeignKey(
        "identity.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    organization_name = models.CharField(max_length=100)
    from_organization_id = models.UUIDField()
    from_ward_id = models.UUIDField(null=True)  # the part of that house, whose nurses see it
    from_name = models.CharField(max_length=100)
    ward = models.CharField(max_length=60, default="", blank=True)
    sent_by = models.UUIDField()
    sent_by_name = models.CharField(max_length=60)
    ward_phone = EncryptedText(default="")
    sent_at = models.DateTimeField()
    state = models.CharField(max_length=12, default=State.SENT.value)
    discharge_on = models.DateField()

    name = EncryptedText()
    sex = models.CharField(max_length=8, default="", blank=True)
    phone = EncryptedText()
    id_number = EncryptedText(default="")
    address = EncryptedText()
    diagnosis = EncryptedText()
    lines = EncryptedText(default="")  # codes of rules.LINES, with a comma between
    wounds = EncryptedText(default="")
    wishes = ArrayField(CharField(max_length=20), default=list)
    at_home = models.CharField(max_length=12, default="unknown")
    note = EncryptedText(default="")
    agreed_at = models.DateTimeField()
    order_photo_id = models.UUIDField(null=True)  # kernel.files, of the ward's house
    order_photo_type = models.CharField(max_length=40, default="", blank=True)

    resident_id = models.UUIDField(null=True)
    visit_id = models.UUIDField(null=True)
    visit_starts_at = models.DateTimeField(null=True)
    visit_ends_at = models.DateTimeField(null=True)
    visit_done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="referral_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "state", "-sent_at", "-id"], name="referral_received"),
            models.Index(fields=["from_organization_id", "-sent_at", "-id"], name="referral_sent"),
            models.Index(
                fields=["resident_id"], name="referral_of_resident", condition=Q(resident_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"referral {self.id} ({self.state})"

    @property
    def patient_id(self) -> UUID:
        """
        Whose record says who has read this: until somebody takes her on, she is known by the referral's own id.

        A new resident keeps that id as hers, so that she sees who read of her before.
        """
        return self.resident_id or self.id

    @property
    def line_codes(self) -> list[str]:
        return [code for code in self.lines.split(",") if code]

    @property
    def wound_codes(self) -> list[str]:
        return [code for code in self.wounds.split(",") if code]

    def move_to(
        self, state: State, *, actor: Actor, now: datetime, why: str = "", fields: tuple[str, ...] = ()
    ) -> None:
        """Move to `state`, save `fields` with it, and write the step down. The only place where a state changes."""
        check_move(State(self.state), state)
        self.state = state.value
        self.save(update_fields=["state", *fields])
        self.write_step(actor.user_id, now, why)

    def write_step(self, by: UUID, now: datetime, why: str = "") -> None:
        ReferralStep.objects.create(
            organization_id=self.organization_id,
            from_organization_id=self.from_organization_id,
            referral=self,
            at=now,
            by=by,
            state=self.state,
            why=why,
        )


class ReferralStep(models.Model):
    """What happened to a referral: who, when, why."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    from_organization_id = models.UUIDField()
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    by = models.UUIDField()
    state = models.CharField(max_length=12)
    why = EncryptedText(default="")

    def __str__(self) -> str:
        return f"{self.state} at {self.at}"
