from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CharField, Q

from anjia.dispatch.rules import OfferState, Profile
from anjia.dispatch.rules.plans import AT_WORK, Failure, RunState, ZoneState
from anjia.dispatch.rules.travel import HOURS, Basis
from anjia.dispatch.rules.whatif import ESTIMATING, EstimateState
from anjia.kernel.fields import EncryptedJSON, EncryptedText
from anjia.kernel.ids import new_id

OPEN = OfferState.OPEN.value


class TravelTime(models.Model):
    """
    How long it takes from one map cell to another by the roads, as their server said at `asked_at`.

    `seconds` is null where no road leads. Of a pair that nobody has asked for, the straight line is reckoned with.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    profile = models.CharField(max_length=10, choices=[(one.value, one.name) for one in Profile])
    from_cell = models.CharField(max_length=16)
    to_cell = models.CharField(max_length=16)
    seconds = models.PositiveIntegerField(null=True)
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "profile", "from_cell", "to_cell"], name="travel_time_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.from_cell} to {self.to_cell} ({self.profile}): {self.seconds} s"


class RoadsServer(models.Model):
    """
    Whether the roads' server of a way of travelling answers a house: `silent_since` when it did not for the first time
    since it last did, and `said` what became of the question.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    profile = models.CharField(max_length=10, choices=[(one.value, one.name) for one in Profile])
    heard_at = models.DateTimeField(null=True)
    silent_since = models.DateTimeField(null=True)
    said = models.CharField(max_length=60, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "profile"], name="roads_server_once"),
        ]

    def __str__(self) -> str:
        return f"{self.profile}: silent since {self.silent_since}"


class TravelPace(models.Model):
    """
    How much longer the ways of a house take than reckoned, by hour, as its own ways have shown since `from_at`.

    `factors` holds one for each hour, `trips_by_hour` on how many ways each rests. A version is never changed: the
    next one ends it. Of what has none the rule's own is reckoned with.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    mode = models.CharField(max_length=10)
    basis = models.CharField(max_length=10, choices=[(one.value, one.name) for one in Basis])
    factors = ArrayField(models.FloatField(), size=len(HOURS))
    trips = models.PositiveIntegerField()
    people = models.PositiveIntegerField()
    trips_by_hour = ArrayField(models.PositiveIntegerField(), size=len(HOURS))
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "mode", "basis"],
                condition=Q(until_at=None),
                name="travel_pace_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.mode} ({self.basis}) since {self.from_at}"


class Offer(models.Model):
    """
    A caregiver is asked to take a part of a visit, until `deadline`. The database lets one of them win.

    `deadline` is read when it is used: an open offer past it is as good as timed out. `score` and `because` say why
    she was asked, and in which place.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    visit_id = models.UUIDField()
    part = models.PositiveSmallIntegerField()
    staff_id = models.UUIDField()
    wave = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=12, choices=[(state.value, state.name) for state in OfferState], default=OPEN
    )
    made_at = models.DateTimeField()
    deadline = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    reason = EncryptedText(default="")
    score = models.FloatField(default=0)
    because = ArrayField(CharField(max_length=200), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visit_id", "part"], condition=Q(state="accepted"), name="offer_one_wins"
            ),
            models.UniqueConstraint(
                fields=["visit_id", "part", "staff_id"], condition=Q(state=OPEN), name="offer_asked_once"
            ),
        ]
        indexes = [
            models.Index(fields=["visit_id", "part", "wave"], name="offer_by_visit"),
            models.Index(
                fields=["staff_id", "deadline"], condition=Q(state=OPEN), name="offer_open_by_staff"
            ),
            models.Index(fields=["deadline"], condition=Q(state=OPEN), name="offer_open"),
        ]

    def __str__(self) -> str:
        return f"part {self.part} of {self.visit_id} to {self.staff_id} ({self.state})"


class PlanRun(models.Model):
    """
    A house's day is planned: by the engine, in the background, until a draft lies there for a person.

    One at a time of a house and day is waiting or at work, and one draft of it lies there: the database says so.
    `version` names the plan that it began from, `began_with` what that was: nothing is published over another one.
    `heard_at`: when it last said something; who says nothing has been killed. `draft` and `score` are those of
    `dispatch.drafting`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    day = models.DateField()
    state = models.CharField(
        max_length=12,
        choices=[(state.value, state.name) for state in RunState],
        default=RunState.QUEUED.value,
    )
    seed = models.PositiveIntegerField()
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    progress = models.PositiveSmallIntegerField(default=0)  # percent
    zones = models.PositiveSmallIntegerField(
        default=0
    )  # of the round that is worked on; none where it is one problem
    zones_done = models.PositiveSmallIntegerField(default=0)
    version = models.CharField(max_length=16, default="")
    began_with = models.JSONField(default=list)
    score = models.JSONField(default=dict)
    draft = EncryptedJSON(default=dict)
    failure = models.CharField(
        max_length=14, choices=[(one.value, one.name) for one in Failure], default="", blank=True
    )
    settled_by = models.UUIDField(null=True)  # who has published it, or discarded it
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "day"],
                condition=Q(state__in=sorted(state.value for state in AT_WORK)),
                name="plan_run_one_at_work",
            ),
            models.UniqueConstraint(
                fields=["organization_id", "day"],
                condition=Q(state=RunState.DRAFT.value),
                name="plan_run_one_draft",
            ),
        ]
        indexes = [
            models.Index(fields=["organization_id", "day", "-asked_at"], name="plan_run_by_day"),
            models.Index(
                fields=["asked_at"],
                condition=Q(state__in=sorted(state.value for state in AT_WORK)),
                name="plan_run_at_work",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} ({self.state})"


class PlanZone(models.Model):
    """
    A zone of a large day, while a run works on it: whichever worker has room takes it, and puts its plan here.

    `asked` is what the engine is asked, `plan` what it answers: where people live, and when somebody comes. Rows last
    as long as a round does, and no longer than their run. `taken_by` is whoever works on it now; who has said nothing
    since `heard_at` for too long has lost it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    run_id = models.UUIDField()
    turn = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=8, choices=[(one.value, one.name) for one in ZoneState], default=ZoneState.WAITING.value
    )
    taken_by = models.UUIDField(null=True)
    heard_at = models.DateTimeField(null=True)
    refusals = models.PositiveSmallIntegerField(default=0)  # by workers that could not do it
    asked = EncryptedJSON()
    plan = EncryptedJSON(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run_id", "turn", "number"], name="plan_zone_once"),
        ]

    def __str__(self) -> str:
        return f"zone {self.number} of turn {self.turn} ({self.state})"


class PlanPolicy(models.Model):
    """
    What a house lets be published without anybody having looked: nothing, where it has said nothing.

    `publishes_by_night`: drafts that the night has worked out and that move no promised time.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField(unique=True)
    publishes_by_night = models.BooleanField(default=False)
    set_by = models.UUIDField()
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"publishes by night: {self.publishes_by_night}"


class LaboratoryPlace(models.Model):
    """
    A place to which a house's specimens go, when they are taken there, and how long handing over takes. `cell` is ""
    where it is none any more.

    `hours` holds for each weekday, Monday first, from when to when ("HH:MM"), or null; where it is empty, every day
    until `closes_at`: as it was said before the days could differ. `closed_on` are single days besides.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField(db_index=True)
    name = models.CharField(max_length=100, default="")
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    cell = models.CharField(max_length=16, default="")
    closes_at = models.TimeField()
    hours = models.JSONField(default=list)
    closed_on = ArrayField(models.DateField(), default=list)
    handover_minutes = models.PositiveSmallIntegerField()
    set_by = models.UUIDField()
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} until {self.closes_at:%H:%M}"


class Estimate(models.Model):
    """
    What one caregiver more would change, reckoned in the background: like whom, in whose area ("" is hers, "all" is
    everywhere, else somebody's id), and how long each request would wait, now and then.

    One at a time of a house is waiting or at work. `heard_at`: when it last said something.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    like = models.UUIDField()
    area = models.CharField(max_length=36, default="", blank=True)
    state = models.CharField(
        max_length=8,
        choices=[(state.value, state.name) for state in EstimateState],
        default=EstimateState.QUEUED.value,
    )
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    heard_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    progress = models.PositiveSmallIntegerField(default=0)  # percent
    result = EncryptedJSON(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id"],
                condition=Q(state__in=sorted(state.value for state in ESTIMATING)),
                name="estimate_one_at_work",
            ),
        ]
        indexes = [
            models.Index(fields=["organization_id", "-asked_at"], name="estimate_by_time"),
        ]

    def __str__(self) -> str:
        return f"one more like {self.like} ({self.state})"


class DayChange(models.Model):
    """
    A dispatcher has changed a day by hand: what was so before, and what was made of it. Ids and times only.

    `before` and `after` are the rows of `dispatch.days`, part by part, so that it can be taken back as long as all
    still is as it was left.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    day = models.DateField()
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    before = models.JSONField()
    after = models.JSONField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organization_id", "made_by", "-made_at"], name="day_change_by_who"),
        ]

    def __str__(self) -> str:
        return f"{self.day} ({self.made_at})"


class TellingTaken(models.Model):
    """
    Somebody has taken it on herself to tell a household of its visit's new time, from whoever had it. The last counts.

    It holds for one move (`move_id`, the change of the visit): of the next, whoever makes it has to tell.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    visit_id = models.UUIDField()
    move_id = models.UUIDField()
    taken_by = models.UUIDField()
    taken_from = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["move_id", "-at"], name="telling_by_move"),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} ({self.at})"
