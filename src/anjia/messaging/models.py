from datetime import datetime
from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from anjia.kernel import prepared
from anjia.kernel.fields import EncryptedJSON, EncryptedText
from anjia.kernel.ids import new_id
from anjia.kernel.prepared import Part
from anjia.messaging.rules import QUIET_FROM, QUIET_UNTIL, CallState, Quiet, State, check_move

# What is saved of a notification when its state changes.
MOVED: Final = ("state", "lease_until", "code", "changed_at", "vendor_id", "due_at", "tries")


class Recipient(models.Model):
    """
    How one party is reached: an account, or a resident who has none.

    `ways` are tried in order; after the last comes a telephone call by a person.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    party_id = models.UUIDField()
    name = models.CharField(max_length=80)
    language = models.CharField(max_length=10, default="zh")
    ways = ArrayField(models.CharField(max_length=10), default=list)
    wechat_openid = EncryptedText(default="")
    phone = EncryptedText(default="")
    through_party_id = models.UUIDField(null=True)
    quiet_from = models.TimeField(default=QUIET_FROM)
    quiet_until = models.TimeField(default=QUIET_UNTIL)
    # What we learn of her does not change the order of ways that a person has set.
    set_by_hand = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "party_id"], name="recipient_once"),
        ]

    def __str__(self) -> str:
        return str(self.party_id)

    @property
    def quiet(self) -> Quiet:
        return Quiet(begins=self.quiet_from, ends=self.quiet_until)


class Message(models.Model):
    """What one party is told of one event: once, however it reaches her. It is also her inbox."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    party_id = models.UUIDField()
    event_id = models.UUIDField()
    resident_id = models.UUIDField(null=True)
    about_kind = models.CharField(max_length=20)
    about_id = models.UUIDField()
    template = models.CharField(max_length=40)
    template_version = models.PositiveIntegerField()
    language = models.CharField(max_length=10)
    values = EncryptedJSON()
    title = EncryptedText()
    words = EncryptedText()
    urgent = models.BooleanField(default=False)
    needed_by = models.DateTimeField(null=True)  # after this it is of no use
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party_id", "event_id"], name="message_once"),
        ]
        indexes = [
            models.Index(fields=["party_id", "-at", "-id"], name="message_inbox"),
            models.Index(fields=["organization_id", "about_id"], name="message_about"),
            models.Index(fields=["event_id"], name="message_of_event"),
            models.Index(
                fields=["organization_id", "at"], name="message_of_move", condition=Q(template="visit_moved")
            ),
            models.Index(
                fields=["resident_id"], name="message_of_resident", condition=Q(resident_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} to {self.party_id}"


class Notification(models.Model):
    """
    One message on one channel: the outbox. The database keeps (party, event, channel) unique.

    A queued one with a lease is somebody's to send; while a try of it has begun and not ended, it is being sent. When
    the lease is over, that somebody is dead.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="notifications")
    party_id = models.UUIDField()
    event_id = models.UUIDField()
    channel = models.CharField(max_length=10)
    state = models.CharField(max_length=10, default=State.QUEUED.value)
    urgent = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    vendor_id = models.CharField(max_length=80, default="")
    code = models.CharField(max_length=40, default="")  # why it failed, in the vendor's word: "43101"
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party_id", "event_id", "channel"], name="notification_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="notification_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="notification_queue", condition=Q(state="queued")),
            models.Index(
                fields=["organization_id", "state", "-made_at", "-id"], name="notification_by_state"
            ),
            models.Index(fields=["organization_id", "-made_at", "-id"], name="notification_by_age"),
            models.Index(fields=["vendor_id"], name="notification_by_vendor", condition=~Q(vendor_id="")),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.state} ({self.message_id})"

    def move_to(self, state: State, *, now: datetime, code: str = "") -> None:
        """Move to `state`, give the lease back, and save."""
        self._stand_at(state, now=now, code=code)
        prepared.save(self, *MOVED)

    def moving_to(self, state: State, *, now: datetime, code: str = "") -> Part:
        """Move to `state`, and return the statement that saves it, to be run with others."""
        self._stand_at(state, now=now, code=code)
        return prepared.saving(self, *MOVED)

    def _stand_at(self, state: State, *, now: datetime, code: str) -> None:
        """The only place where a notification's state changes."""
        check_move(State(self.state), state)
        self.state, self.lease_until, self.code, self.changed_at = state.value, None, code, now


class Attempt(models.Model):
    """One try to send. Begun before it, ended after it: one without an end was cut off."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    notification = models.ForeignKey(Notification, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, default="")
    code = models.CharField(max_length=40, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notification", "number"], name="attempt_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number} of {self.notification_id}: {self.outcome}"


class Call(models.Model):
    """Somebody has to be told by telephone, from `day` on, until she is reached or it is of no use any more."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    notification = models.OneToOneField(Notification, on_delete=models.PROTECT, related_name="call")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="+")
    party_id = models.UUIDField()
    day = models.DateField()
    words = EncryptedText()
    # Why she could not be told otherwise: "phone" (her wish), "43101", …
    why = models.CharField(max_length=40)
    state = models.CharField(max_length=20, default=CallState.OPEN.value)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in CallState]), name="call_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["organization_id", "state", "day", "id"], name="call_by_day"),
            models.Index(fields=["id"], condition=Q(state="open"), name="call_open"),
        ]

    def __str__(self) -> str:
        return f"call on {self.day} ({self.state})"


class CallAttempt(models.Model):
    """Somebody has called, and this came of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="attempts")
    at = models.DateTimeField()
    by = models.UUIDField()
    outcome = models.CharField(max_length=20)
    next_step = EncryptedText(default="")
    again_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.outcome} ({self.call_id})"
