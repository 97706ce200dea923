from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from anjia.kernel.fields import EncryptedText
from anjia.kernel.ids import new_id
from anjia.supplies.rules.stock import ItemKind, Move, PlaceKind, Why
from anjia.supplies.rules.waste import WORDS_OF_CLASS, WasteClass, WasteMove


class Item(models.Model):
    """
    Something that lies in a cupboard or a bag. `code` is the one by which a service's SOP names it.

    `low_below` is how little of it a station should not fall below, `in_bag` how much every bag must hold.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120, default="")
    unit = models.CharField(max_length=20)
    unit_en = models.CharField(max_length=40, default="")
    kind = models.CharField(max_length=12, default=ItemKind.CONSUMABLE.value)
    is_sterile = models.BooleanField(default=False)
    expires = models.BooleanField(default=True)
    low_below = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    in_bag = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "code"], name="item_code_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in ItemKind]), name="item_kind_known"
            ),
            models.CheckConstraint(condition=Q(low_below__gte=0, in_bag__gte=0), name="item_sane"),
        ]

    def __str__(self) -> str:
        return self.code


class Lot(models.Model):
    """What came in one batch, with one day on which it expires; none where it does not."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="lots", db_index=False)
    number = models.CharField(max_length=40, default="", blank=True)
    expires_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "number", "expires_on"], name="lot_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"lot {self.number}"


class Entry(models.Model):
    """
    A line of the ledger: so much of a lot came to a place or went from it, and so much is there since.

    The lines of one lot at one place are numbered without a gap, each goes on from the balance of the one before,
    and no balance is below nothing: the database sees to it. `move_id` joins the lines of one doing.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    place_kind = models.CharField(max_length=8)
    place_id = models.UUIDField()  # a station, or whose bag it is
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+", db_index=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    change = models.DecimalField(max_digits=12, decimal_places=2)
    balance = models.DecimalField(max_digits=12, decimal_places=2)
    move = models.CharField(max_length=12)
    move_id = models.UUIDField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.UUIDField()
    staff_id = models.UUIDField(null=True)  # whose bag it was about
    visit_id = models.UUIDField(null=True)
    fact_id = models.UUIDField(null=True)
    why = EncryptedText(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place_kind", "place_id", "lot", "number"], name="entry_numbered_once"
            ),
            models.UniqueConstraint(
                fields=["fact_id", "place_id", "lot"],
                condition=Q(fact_id__isnull=False),
                name="entry_once_per_fact",
            ),
            models.CheckConstraint(condition=Q(balance__gte=0), name="entry_never_below_nothing"),
            models.CheckConstraint(
                condition=Q(place_kind__in=[kind.value for kind in PlaceKind]), name="entry_place_known"
            ),
            models.CheckConstraint(
                condition=Q(move__in=[move.value for move in Move]), name="entry_move_known"
            ),
        ]
        indexes = [
            models.Index(fields=["organization_id", "item", "-recorded_at", "-id"], name="entry_by_item"),
            models.Index(
                fields=["organization_id", "place_id", "-recorded_at", "-id"], name="entry_by_place"
            ),
            models.Index(fields=["lot", "place_kind", "place_id", "number"], name="entry_by_lot"),
        ]

    def __str__(self) -> str:
        return f"{self.move} {self.change} of {self.lot_id}"


class Shortfall(models.Model):
    """What was used and could not be taken off the books, or should not have been used: a person looks into it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    staff_id = models.UUIDField()
    visit_id = models.UUIDField()
    fact_id = models.UUIDField()
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    code = models.CharField(max_length=60)
    quantity = models.DecimalField(max_digits=12, decimal_places=2)
    why = models.CharField(max_length=12)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)
    settled_as = EncryptedText(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fact_id", "code", "why"], name="shortfall_once"),
            models.CheckConstraint(
                condition=Q(why__in=[why.value for why in Why]), name="shortfall_why_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "recorded_at", "id"],
                condition=Q(settled_at=None),
                name="shortfall_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.why} {self.code} ({self.fact_id})"


class BagCheck(models.Model):
    """She has looked through her bag before setting out. Good for that day; `lacking` is what was wrong, in words."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    staff_id = models.UUIDField()
    client_id = models.UUIDField()
    day = models.DateField()
    checked_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    seen = models.JSONField(default=list)  # [{"lot_id", "quantity"}]
    lacking = models.JSONField(default=list)  # [{"item_id", "what", "words"}]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "staff_id", "client_id"], name="bag_check_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "day", "staff_id", "-checked_at"], name="bag_check_by_day"
            )
        ]

    def __str__(self) -> str:
        return f"bag of {self.staff_id} on {self.day}"


class WasteBag(models.Model):
    """
    A line of the waste register. Nothing in it can be changed: a correction is the next line of the same `root_id`.

    What counts is the line with the highest number.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    root_id = models.UUIDField()
    number = models.PositiveSmallIntegerField(default=1)
    visit_id = models.UUIDField()
    service_name = models.CharField(max_length=100)
    service_name_en = models.CharField(max_length=200, default="", blank=True)
    staff_id = models.UUIDField()
    fact_id = models.UUIDField(null=True)
    waste_class = models.CharField(max_length=16)
    bags = models.PositiveSmallIntegerField()
    weight_g = models.PositiveIntegerField(null=True)
    seal = models.CharField(max_length=40)
    closed_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.UUIDField()
    why = EncryptedText(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["root_id", "number"], name="waste_numbered_once"),
            models.UniqueConstraint(
                fields=["fact_id"], condition=Q(fact_id__isnull=False), name="waste_once_per_fact"
            ),
            models.CheckConstraint(condition=Q(bags__gte=1), name="waste_some"),
            models.CheckConstraint(
                condition=Q(waste_class__in=[one.value for one in WasteClass]), name="waste_class_known"
            ),
            models.CheckConstraint(
                condition=Q(number=1, root_id=F("id")) | Q(number__gt=1), name="waste_root_is_first"
            ),
        ]
        indexes = [
            models.Index(fields=["organization_id", "-closed_at", "-id"], name="waste_by_time"),
            models.Index(fields=["organization_id", "staff_id", "-closed_at"], name="waste_by_staff"),
        ]

    def __str__(self) -> str:
        return f"waste {self.seal} ({self.number})"

    @property
    def service(self) -> str:
        """The service's name in the language of whoever is looking."""
        is_english = (get_language() or "zh").startswith("en")
        return self.service_name_en if is_english and self.service_name_en else self.service_name

    @property
    def class_words(self) -> str:
        return str(WORDS_OF_CLASS[WasteClass(self.waste_class)])


class WasteStep(models.Model):
    """A bag of waste was handed over, taken in, or taken away: who says so, and when."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    root = models.ForeignKey(WasteBag, on_delete=models.PROTECT, related_name="+", db_index=False)
    move = models.CharField(max_length=12)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.UUIDField()
    station_id = models.UUIDField(null=True)
    to = models.CharField(max_length=100, default="", blank=True)  # who disposes of it
    method = models.CharField(max_length=100, default="", blank=True)
    receipt = models.CharField(max_length=60, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["root", "move"], name="waste_step_once"),
            models.CheckConstraint(
                condition=Q(move__in=[move.value for move in WasteMove]), name="waste_step_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.move} {self.root_id}"
