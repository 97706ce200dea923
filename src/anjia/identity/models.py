from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CharField, Q, UUIDField

from anjia.identity.rules import HOUSES, AccountKind, AccountState, End, OrganizationKind, Way
from anjia.kernel.fields import EncryptedText
from anjia.kernel.ids import new_id


def choices(enum: type[StrEnum]) -> list[tuple[str, str]]:
    """Return plain strings, so that migrations do not come to depend on rules.py."""
    return [(member.value, member.name) for member in enum]


class Organization(models.Model):
    """
    An institution, or a part of one, in the tree of its operator.

    `lineage` runs from the root down to itself: a role at any of these holds here. `house_id` is the
    institution whose rows it shares: itself, or for a station or a ward the one above it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, related_name="children", null=True)
    lineage = ArrayField(UUIDField())
    house_id = models.UUIDField()
    kind = models.CharField(max_length=12, choices=choices(OrganizationKind))
    name = models.CharField(max_length=100)
    licence_number = models.CharField(max_length=60, default="", blank=True)
    phone = models.CharField(max_length=30, default="", blank=True)  # on every poster: no secret
    duty_phone = models.CharField(max_length=30, default="", blank=True)
    slug = models.SlugField(max_length=60, unique=True)
    founded_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in OrganizationKind]),
                name="organization_kind_known",
            ),
        ]
        indexes = [models.Index(fields=["house_id"], name="organization_by_house")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_house(self) -> bool:
        return self.kind in {kind.value for kind in HOUSES}


class Account(models.Model):
    """
    One person's way in. Several persons may share a phone; a login is one staff member's alone.

    `organization_id` is the house that opened it. Passwords are kept as argon2id, codes' secrets encrypted.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    kind = models.CharField(max_length=8, choices=choices(AccountKind))
    name = models.CharField(max_length=60)
    login = models.CharField(max_length=40, null=True)
    phone = EncryptedText(default="")
    phone_index = models.BinaryField(null=True)
    password_hash = models.CharField(max_length=200, default="", blank=True)
    password_is_temporary = models.BooleanField(default=False)
    totp_secret = EncryptedText(default="")
    totp_pending = EncryptedText(default="")  # shown to be scanned, not yet proven
    totp_step = models.BigIntegerField(default=0)  # of the last code taken: none is taken twice
    wechat_openid = EncryptedText(default="")
    wechat_index = models.BinaryField(null=True)
    language = models.CharField(max_length=10, default="zh-hans")
    state = models.CharField(max_length=8, choices=choices(AccountState), default=AccountState.ACTIVE.value)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["login"], name="account_login_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in AccountKind]), name="account_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in AccountState]), name="account_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind=AccountKind.STAFF.value) | Q(login=None), name="account_login_is_for_staff"
            ),
        ]
        indexes = [
            models.Index(fields=["phone_index"], name="account_by_phone"),
            models.Index(fields=["wechat_index"], name="account_by_wechat"),
            models.Index(fields=["organization_id", "kind", "name", "id"], name="account_by_organization"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def has_totp(self) -> bool:
        return bool(self.totp_secret)

    @property
    def is_ready(self) -> bool:
        """Say whether a staff account has a password of its own and a code generator; a person's needs neither."""
        return self.kind == AccountKind.PERSON or (self.has_totp and not self.password_is_temporary)


class Role(models.Model):
    """
    A set of permissions with a name. Without an organization it is one of the default roles.

    One of a house's own may take the place of a default one there: `release_had` is what the release gave that one
    when somebody of the house last looked.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", null=True)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=40)
    permissions = ArrayField(CharField(max_length=60))
    in_place_of = models.CharField(max_length=40, default="", blank=True)  # the code of a default role
    release_had = ArrayField(CharField(max_length=60), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "code"], name="role_code_once", nulls_distinct=False
            ),
            models.UniqueConstraint(
                fields=["organization", "in_place_of"],
                condition=~Q(in_place_of=""),
                name="role_in_place_of_once",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Membership(models.Model):
    """An account holds a role at an organization, and so in everything below it, until it is taken back."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    house_id = models.UUIDField()
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    given_by = models.UUIDField()
    taken_at = models.DateTimeField(null=True)
    taken_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "organization", "role"],
                condition=Q(taken_at=None),
                name="membership_held_once",
            ),
        ]
        indexes = [models.Index(fields=["house_id", "account"], name="membership_by_house")]

    def __str__(self) -> str:
        return f"{self.account_id} at {self.organization_id}"


class Session(models.Model):
    """
    An account is signed in on a device, in the name of one house. Of its token only the hash is kept.

    `device_index` stands for the shared computer it is on, so that people there can take turns.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="sessions")
    token_hash = models.BinaryField()
    end = models.CharField(max_length=8, choices=choices(End))
    way = models.CharField(max_length=12, choices=choices(Way))
    device = models.CharField(max_length=60, default="", blank=True)
    device_index = models.BinaryField(null=True)
    is_limited = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    locked_at = models.DateTimeField(null=True)
    wrong_unlocks = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="session_token_once"),
        ]
        indexes = [
            models.Index(fields=["account", "-last_used_at"], name="session_by_account"),
            models.Index(
                fields=["device_index"], condition=Q(device_index__isnull=False), name="session_by_device"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.end})"

    def end_it(self, *, at: datetime, by: UUID) -> None:
        """End it and save: its token opens nothing any more."""
        self.ended_at, self.ended_by = at, by
        self.save(update_fields=["ended_at", "ended_by"])


class SignInCode(models.Model):
    """Six digits on the way to a phone. The code itself is forgotten as soon as it has been sent."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    phone = EncryptedText(default="")
    phone_index = models.BinaryField()
    code = EncryptedText(default="")
    code_hash = models.BinaryField()
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["phone_index", "-created_at"], name="code_by_phone"),
            models.Index(fields=["created_at"], name="code_by_age"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class SignInChoice(models.Model):
    """Somebody has proven a phone or a WeChat that several accounts share, and has to say who she is."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    token_hash = models.BinaryField(unique=True)
    account_ids = ArrayField(UUIDField())
    way = models.CharField(max_length=12, choices=choices(Way))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.id)


class ScanTicket(models.Model):
    """
    A console shows it as a QR code; a signed-in phone confirms it; the console comes in.

    The code shows `token`; only the console that asked for it has `claim`, without which nothing is opened.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    token_hash = models.BinaryField(unique=True)
    claim_hash = models.BinaryField()
    device = models.CharField(max_length=60, default="", blank=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", null=True)
    organization_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.id)


class Attempt(models.Model):
    """Something that is counted against a limit: by whom is a blind index, of a phone, login or address."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["key", "at"], name="attempt_by_key"),
            models.Index(fields=["at"], name="attempt_by_age"),
        ]

    def __str__(self) -> str:
        return str(self.id)
