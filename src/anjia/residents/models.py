from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, CharField, Q, Value, When

from anjia.kernel.encryption import blind
from anjia.kernel.fields import EncryptedJSON, EncryptedText
from anjia.kernel.ids import new_id
from anjia.residents.rules import (
    ConsentState,
    GivenBy,
    IdCheck,
    Relation,
    Sex,
    SignedAs,
    Way,
    last_four,
    masked_phone,
    range_of,
)
from anjia.spreadsheets.id_number import masked


def choices(enum: type[StrEnum]) -> list[tuple[str, str]]:
    """Return plain strings, so that migrations do not come to depend on rules.py."""
    return [(member.value, member.name) for member in enum]


class Resident(models.Model):
    """
    A person who may be visited at home.

    In clear, to be listed and found: name, pinyin, sex, year of birth. What names her to strangers is encrypted.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    station_id = models.UUIDField(null=True)
    name = models.CharField(max_length=60)
    pinyin = models.CharField(max_length=200, db_collation="C")  # sorts as people expect
    sex = models.CharField(max_length=8, choices=choices(Sex), default=Sex.UNKNOWN.value)
    birth_year = models.PositiveSmallIntegerField(null=True)
    birth_date = EncryptedText(default="")
    id_number = EncryptedText(default="")
    id_index = models.BinaryField(null=True)
    id_check = models.CharField(max_length=12, choices=choices(IdCheck), default=IdCheck.UNVERIFIED.value)
    filed_on = models.DateField(null=True)
    lives_alone = models.BooleanField(null=True)
    chronic = EncryptedJSON(default=list)  # codes of rules.CHRONIC_WORDS, or words as a list had them
    card_serial = models.PositiveSmallIntegerField(default=1)
    registered_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    died_at = models.DateTimeField(null=True)  # since when two people have read so: `Death` says more

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "id_index"],
                condition=Q(id_index__isnull=False),
                name="resident_id_number_once",
            ),
        ]
        indexes = [models.Index(fields=["organization_id", "pinyin", "id"], name="resident_by_name")]

    def __str__(self) -> str:
        return f"resident {self.id}"

    @property
    def born_on(self) -> date | None:
        return date.fromisoformat(self.birth_date) if self.birth_date else None

    def age_on(self, day: date) -> int | None:
        """Return her age in whole years; where only the year is known, as if born on 31 December."""
        if self.birth_year is None:
            return None
        born = self.born_on or date(self.birth_year, 12, 31)
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    @property
    def id_masked(self) -> str:
        return masked(self.id_number) if self.id_number else ""

    def set_id_number(self, number: str, *, is_checked: bool) -> None:
        self.id_number = number
        self.id_index = blind("id_number", number) if number else None
        self.id_check = (IdCheck.VERIFIED if number and is_checked else IdCheck.UNVERIFIED).value

    def set_birth_date(self, born_on: date | None) -> None:
        self.birth_date = born_on.isoformat() if born_on else ""
        self.birth_year = born_on.year if born_on else None


class Death(models.Model):
    """
    That somebody says a resident has died, and on which paper. It holds when a second person has read it too; who has
    confirmed it does not take it back. The database keeps both apart.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+", db_index=False)
    told_by = EncryptedText()
    died_on = EncryptedText()
    file_id = models.UUIDField()
    entered_at = models.DateTimeField()
    entered_by = models.UUIDField()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.UUIDField(null=True)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.UUIDField(null=True)
    why = EncryptedText(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["resident"], condition=Q(taken_back_at=None), name="death_open_once"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=models.F("entered_by")),
                name="death_second_person",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_by=None)
                | Q(confirmed_by=None)
                | ~Q(taken_back_by=models.F("confirmed_by")),
                name="death_taken_back_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"death of {self.resident_id}"


class TokenQuerySet(models.QuerySet["ResidentToken"]):
    def beginning(self, organization_id: UUID, text: str) -> "TokenQuerySet":
        """
        Those of the organization with this beginning, as they lie in the index: the shortest names first.

        A range and not LIKE: under row-level security only leakproof operators use an index.
        """
        first, last = range_of(text)
        found = self.filter(organization_id=organization_id, token__gte=first, token__lt=last)
        return found.order_by("organization_id", "token", "resident_id")


class ResidentToken(models.Model):
    """A word that a resident's name is found by. COLLATE "C" puts words with one beginning side by side."""

    id = models.BigAutoField(primary_key=True)
    organization_id = models.UUIDField()
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+", db_index=False)
    token = models.CharField(max_length=60, db_collation="C")

    objects = TokenQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["organization_id", "token", "resident_id"], name="resident_token_by_beginning"
            ),
            models.Index(fields=["resident"], name="resident_token_by_resident"),
        ]

    def __str__(self) -> str:
        return f"token of {self.resident_id}"


class Phone(models.Model):
    """A telephone number of hers, the one to call first first. One number may belong to several people."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="phones", db_index=False)
    position = models.PositiveSmallIntegerField(default=0)
    label = models.CharField(max_length=40, default="", blank=True)
    number = EncryptedText()
    number_index = models.BinaryField()
    last_four_index = models.BinaryField()

    class Meta:
        indexes = [
            models.Index(fields=["organization_id", "number_index"], name="phone_by_number"),
            models.Index(fields=["organization_id", "last_four_index"], name="phone_by_last_four"),
            models.Index(fields=["resident", "position"], name="phone_by_resident"),
        ]

    def __str__(self) -> str:
        return f"phone of {self.resident_id}"

    @classmethod
    def of(cls, resident: Resident, number: str, *, label: str = "", position: int = 0) -> "Phone":
        return cls(
            organization_id=resident.organization_id,
            resident=resident,
            position=position,
            label=label[:40],
            number=number,
            number_index=blind("phone", number),
            last_four_index=blind("last four", last_four(number)),
        )

    @property
    def masked(self) -> str:
        return masked_phone(self.number)


class Address(models.Model):
    """
    Where she is visited. Of the exact point only the H3 cell (resolution 8, about 0.7 km²) is in clear.

    From the street to the door it takes some minutes more: as somebody has said, else as arrivals have shown.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="addresses", db_index=False)
    is_main = models.BooleanField(default=True)
    text = EncryptedText()
    note = EncryptedText(default="")  # how to find the door, what to mind there
    point = EncryptedJSON(null=True)  # {"lat", "lon"}, WGS-84
    cell = models.CharField(max_length=16, default="", blank=True, db_collation="C")
    added_at = models.DateTimeField()
    access_said = models.PositiveSmallIntegerField(null=True)
    access_learnt = models.PositiveSmallIntegerField(null=True)
    access_trips = models.PositiveIntegerField(default=0)  # that it was learnt from
    access_learnt_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["resident", "-is_main", "-added_at"], name="address_by_resident")]

    def __str__(self) -> str:
        return f"address of {self.resident_id}"

    @property
    def access_minutes(self) -> int:
        return self.access_learnt or 0 if self.access_said is None else self.access_said

    @property
    def latitude(self) -> float | None:
        return float(self.point["lat"]) if self.point else None

    @property
    def longitude(self) -> float | None:
        return float(self.point["lon"]) if self.point else None


class RelatedPerson(models.Model):
    """Somebody of her family or neighbourhood who can be called. That alone lets nobody see anything."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="relatives", db_index=False)
    name = models.CharField(max_length=60)
    relation = models.CharField(max_length=40, default="", blank=True)
    phone = EncryptedText(default="")
    phone_index = models.BinaryField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["resident", "name"], name="relative_by_resident"),
            models.Index(fields=["organization_id", "phone_index"], name="relative_by_phone"),
        ]

    def __str__(self) -> str:
        return f"relative of {self.resident_id}"

    @property
    def masked(self) -> str:
        return masked_phone(self.phone) if self.phone else ""


class GrantQuerySet(models.QuerySet["Grant"]):
    def live(self, now: datetime) -> "GrantQuerySet":
        """Those that count now: not withdrawn, not over, and if on paper seen by a second person."""
        return self.filter(
            ~Q(given_by=GivenBy.ON_PAPER.value) | Q(witnessed_at__isnull=False),
            Q(valid_until=None) | Q(valid_until__gt=now),
            withdrawn_at=None,
        )

    def own_first(self) -> "GrantQuerySet":
        own = Case(When(relation=Relation.SELF.value, then=Value(0)), default=Value(1))
        return self.order_by(own, "given_at", "id")


class Grant(models.Model):
    """An account may act for a resident: she herself, who she has allowed it, or her guardian."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="grants", db_index=False)
    account_id = models.UUIDField()
    name = models.CharField(max_length=60)
    phone = EncryptedText(default="")
    relation = models.CharField(max_length=10, choices=choices(Relation))
    kinship = models.CharField(max_length=20, default="", blank=True)  # 女儿, as she said it
    allows = ArrayField(CharField(max_length=10))
    given_by = models.CharField(max_length=12, choices=choices(GivenBy))
    given_at = models.DateTimeField()
    giver_id = models.UUIDField()  # the account that entered it
    file_id = models.UUIDField(null=True)  # photo of the paper
    witness_id = models.UUIDField(null=True)
    witnessed_at = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.UUIDField(null=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "account_id"], condition=Q(withdrawn_at=None), name="grant_once"
            ),
            models.CheckConstraint(
                condition=Q(witness_id=None) | ~Q(witness_id=models.F("giver_id")), name="grant_other_witness"
            ),
        ]
        indexes = [
            models.Index(fields=["account_id", "given_at"], name="grant_by_account"),
            models.Index(fields=["resident", "given_at"], name="grant_by_resident"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} for {self.resident_id}"

    @property
    def phone_masked(self) -> str:
        return masked_phone(self.phone) if self.phone else ""

    def has_ended(self, now: datetime) -> bool:
        """Tell whether it has run out; nobody took it back."""
        return self.valid_until is not None and self.valid_until <= now and self.withdrawn_by is None

    @property
    def waits_for_witness(self) -> bool:
        return self.given_by == GivenBy.ON_PAPER and self.witnessed_at is None and self.withdrawn_at is None


class NumberChange(models.Model):
    """
    Another telephone number for an account that acts for a resident, as somebody at the desk has been shown.

    Whoever holds the number signs in as her: it counts when a second member of staff has seen the paper too.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+", db_index=False)
    account_id = models.UUIDField()
    phone = EncryptedText()
    file_id = models.UUIDField()  # photo of what was signed
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)
    is_confirmed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account_id"], condition=Q(closed_at=None), name="number_change_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(is_confirmed=False) | ~Q(closed_by=models.F("asked_by")),
                name="number_change_other_witness",
            ),
        ]
        indexes = [models.Index(fields=["resident", "asked_at"], name="number_change_by_resident")]

    def __str__(self) -> str:
        return f"another number for {self.account_id}"

    @property
    def phone_masked(self) -> str:
        return masked_phone(self.phone)


class Consent(models.Model):
    """An answer to one version of a text, the agreement's or a consent's. Never changed: a purpose's latest counts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="consents", db_index=False)
    purpose = models.CharField(max_length=10)
    text_version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=choices(ConsentState))
    answered_at = models.DateTimeField()
    answered_by = models.UUIDField()  # the account: hers, her guardian's, or the desk's with the signed paper
    file_id = models.UUIDField(null=True)  # her signature, or the photo of what she has signed
    text_digest = models.CharField(max_length=64, default="", blank=True)
    way = models.CharField(max_length=8, choices=choices(Way), default=Way.TAP.value)
    signed_as = models.CharField(max_length=10, choices=choices(SignedAs), default=SignedAs.SELF.value)
    people = EncryptedJSON(null=True)  # {"signer", "witness"}: the guardian's name, and who was there

    class Meta:
        indexes = [
            models.Index(fields=["resident", "purpose", "-answered_at", "-id"], name="consent_by_purpose")
        ]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.resident_id}: {self.state}"


class ActivationSlip(models.Model):
    """
    A printed slip that opens her account, or a relative's, once: what is on it and the phone's last four digits.

    The code is kept encrypted, so that a slip that got wet can be printed again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="slips", db_index=False)
    code = EncryptedText()
    code_index = models.BinaryField()
    name = models.CharField(max_length=60)
    phone = EncryptedText()
    relation = models.CharField(max_length=10, choices=choices(Relation))
    allows = ArrayField(CharField(max_length=10))
    made_at = models.DateTimeField()
    made_by = models.UUIDField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    account_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code_index"], name="slip_code_once"),
        ]
        indexes = [models.Index(fields=["resident", "-made_at"], name="slip_by_resident")]

    def __str__(self) -> str:
        return f"slip for {self.resident_id}"

    @property
    def phone_masked(self) -> str:
        return masked_phone(self.phone)
