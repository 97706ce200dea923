from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from anjia.kernel.fields import EncryptedJSON, EncryptedText
from anjia.kernel.ids import new_id
from anjia.orders.rules.orders import OrderKind, State
from anjia.orders.rules.questions import ADVISING, AnswerKind, Handed

DECIDED = [State.CONFIRMED.value, State.ENDED.value]


class Order(models.Model):
    """
    One version of a doctor's order or prescription, as it stands on the original. Nothing that it says is changed: a
    correction is a later version, which has the same `root_id`; the one before stays, and says so.

    What was read off a paper is confirmed by another than who entered it, and by a doctor: the database sees to it.
    What a doctor of the institution writes herself, answering what she is asked in a visit, is her own: `answer_id`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    resident = models.ForeignKey(
        "residents.Resident", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    root_id = models.UUIDField()
    number = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=12)
    service_code = models.CharField(max_length=60)
    said = EncryptedJSON(default=dict)  # rules.orders.Said
    valid_from = models.DateField()
    valid_until = models.DateField()
    file_id = models.UUIDField(null=True)  # the photo of the original
    answer_id = models.UUIDField(null=True)
    state = models.CharField(max_length=12, default=State.DRAFT.value)
    entered_by = models.UUIDField()
    entered_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)  # who confirmed or refused it
    decided_staff_id = models.UUIDField(null=True)  # the doctor who confirmed it
    decided_at = models.DateTimeField(null=True)
    why = EncryptedText(default="")  # why it was refused, is a correction, or a change
    closed_by = models.UUIDField(null=True)  # who ended it, or put another version in its place
    closed_at = models.DateTimeField(null=True)
    closed_why = EncryptedText(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["root_id", "number"], name="order_numbered_once"),
            models.UniqueConstraint(
                fields=["root_id"], condition=Q(state=State.CONFIRMED.value), name="order_one_confirmed"
            ),
            models.UniqueConstraint(
                fields=["root_id"], condition=Q(state=State.DRAFT.value), name="order_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in OrderKind]), name="order_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="order_state_known"
            ),
            models.CheckConstraint(condition=Q(valid_until__gte=F("valid_from")), name="order_days_in_order"),
            models.CheckConstraint(
                condition=Q(answer_id__isnull=False) | Q(file_id__isnull=False), name="order_has_its_original"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=DECIDED)
                | (
                    Q(decided_by__isnull=False, decided_staff_id__isnull=False)
                    & (Q(answer_id__isnull=False) | ~Q(decided_by=F("entered_by")))
                ),
                name="order_second_reader",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "resident", "-entered_at", "-id"], name="order_by_resident"
            ),
            models.Index(
                fields=["organization_id", "entered_at", "id"],
                condition=Q(state=State.DRAFT.value),
                name="order_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state} {self.id}"


class FamilyDoctor(models.Model):
    """Who is whose family doctor, from when to when: she is asked first."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    resident = models.ForeignKey(
        "residents.Resident", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    staff_id = models.UUIDField()
    since = models.DateTimeField()
    named_by = models.UUIDField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["resident"], condition=Q(until=None), name="family_doctor_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"doctor {self.staff_id} of {self.resident_id}"


class Question(models.Model):
    """
    What a nurse asks a doctor in the middle of a visit. Its id is the field fact's, so that the same sent twice is one.

    `doctor_staff_id` is whose it is now; none, when nobody is on duty or all have let it wait: then it is the
    dispatcher's. The photos are named by their senders' ids, and may come later than the question.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    organization_id = models.UUIDField()
    resident = models.ForeignKey(
        "residents.Resident", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    visit_id = models.UUIDField()
    client_id = models.UUIDField()  # the phone's own
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    staff_id = models.UUIDField()  # who asks
    words = EncryptedText(default="")
    readings = EncryptedJSON(default=list)
    file_ids = ArrayField(models.UUIDField(), default=list)
    asked_at = models.DateTimeField()
    received_at = models.DateTimeField()
    doctor_staff_id = models.UUIDField(null=True)
    due_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["organization_id", "asked_at", "id"],
                condition=Q(answered_at=None),
                name="question_open",
            ),
            models.Index(fields=["due_at"], condition=Q(answered_at=None), name="question_due"),
            models.Index(fields=["organization_id", "visit_id", "asked_at"], name="question_by_visit"),
            models.Index(
                fields=["organization_id", "resident", "-asked_at", "-id"], name="question_by_resident"
            ),
            models.Index(fields=["organization_id", "-asked_at", "-id"], name="question_latest"),
        ]

    def __str__(self) -> str:
        return f"question {self.id}"


class Handing(models.Model):
    """To whom a question went, when and why; and when nobody was there."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="handings", db_index=False)
    number = models.PositiveSmallIntegerField()
    staff_id = models.UUIDField(null=True)
    why = models.CharField(max_length=12)
    at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="handing_numbered_once"),
            models.CheckConstraint(
                condition=Q(why__in=[why.value for why in Handed]), name="handing_why_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.why}"


class Answer(models.Model):
    """
    What a doctor answered. Advice, and a change of an order, are for a condition that is known: `follows` names the
    order or the problem. Of anything else a doctor may only say that she must be seen, at a distance: the database
    refuses the rest.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    resident_id = models.UUIDField()
    question = models.OneToOneField(Question, on_delete=models.PROTECT, related_name="answer")
    kind = models.CharField(max_length=16)
    is_known_condition = models.BooleanField()
    follows_order_id = models.UUIDField(null=True)
    follows_problem = EncryptedText(default="")
    has_problem = models.BooleanField(default=False)
    words = EncryptedText(default="")
    new_order_id = models.UUIDField(null=True)
    staff_id = models.UUIDField()
    by = models.UUIDField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)  # when the nurse read it back

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in AnswerKind]), name="answer_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[kind.value for kind in ADVISING])
                | (Q(is_known_condition=True) & (Q(follows_order_id__isnull=False) | Q(has_problem=True))),
                name="answer_only_to_what_is_known",
            ),
            models.CheckConstraint(
                condition=Q(kind=AnswerKind.CHANGED.value, new_order_id__isnull=False)
                | (~Q(kind=AnswerKind.CHANGED.value) & Q(new_order_id__isnull=True)),
                name="answer_change_is_an_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.question_id}"
