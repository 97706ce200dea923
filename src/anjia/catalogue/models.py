from typing import Any

from django.db import models
from django.utils.translation import get_language

from anjia.catalogue.fields import AsWritten
from anjia.catalogue.rules import LegalLine, Mode, Requires, Tier, in_language
from anjia.catalogue.rules.city import WORDS_OF_CITY_STATUS, CityRow, CityStatus, key_of
from anjia.catalogue.rules.content import WORDS_OF_MODE, WORDS_OF_TIER
from anjia.catalogue.rules.drafting import DraftState
from anjia.catalogue.rules.lines import WORDS_OF_LINE
from anjia.kernel.ids import new_id


class Service(models.Model):
    """Something that an institution offers. What it is, its `current` version says."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    code = models.CharField(max_length=60)
    position = models.PositiveIntegerField(default=0)
    current = models.OneToOneField(
        "catalogue.ServiceVersion", on_delete=models.PROTECT, null=True, related_name="current_of"
    )
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "code"], name="service_code_once"),
        ]

    def __str__(self) -> str:
        return self.code

    def make_current(self, version: "ServiceVersion") -> None:
        """Offer this version from now on. Those who were promised an earlier one keep it."""
        self.current, self.withdrawn_at = version, None
        self.save(update_fields=["current", "withdrawn_at"])


class ServiceVersion(models.Model):
    """
    What a service was from one day on. The database refuses to change it.

    `content` is what was published, in all its languages; the columns beside it are there to be searched.
    What is read through the properties is in the language of whoever is looking.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="versions")
    code = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    mode = models.CharField(max_length=10)
    legal_line = models.CharField(max_length=20)
    tier = models.CharField(max_length=2, default="")
    duration_minutes = models.PositiveSmallIntegerField()
    people_needed = models.PositiveSmallIntegerField()
    price_fen = models.PositiveIntegerField()
    content = AsWritten()
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "version"], name="service_version_once"),
            models.CheckConstraint(
                condition=models.Q(duration_minutes__gte=5, people_needed__gte=1), name="service_version_sane"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"

    @property
    def said(self) -> dict[str, Any]:
        """The content in the language of whoever is looking."""
        language = (get_language() or "zh")[:2]
        kept = self.__dict__.get("_said")
        if kept is None or kept[0] != language:
            kept = self.__dict__["_said"] = (language, in_language(self.content, language))
        content: dict[str, Any] = kept[1]
        return content

    def _word(self, name: str) -> str:
        """Return one word of it in that language, and leave the others alone."""
        word = {key: self.content[key] for key in (name, f"{name}_en") if key in self.content}
        return str(in_language(word, (get_language() or "zh")[:2])[name])

    @property
    def name(self) -> str:
        return self._word("name")

    @property
    def summary(self) -> str:
        return self._word("summary")

    @property
    def preparation(self) -> str:
        return self._word("preparation")

    @property
    def mode_words(self) -> str:
        return str(WORDS_OF_MODE[Mode(self.mode)])

    @property
    def legal_line_words(self) -> str:
        return str(WORDS_OF_LINE[LegalLine(self.legal_line)])

    @property
    def tier_words(self) -> str:
        return str(WORDS_OF_TIER[Tier(self.tier)]) if self.tier else ""

    @property
    def requires(self) -> Requires:
        return Requires.of(self.content["requires"])

    @property
    def steps(self) -> list[dict[str, Any]]:
        return [{"codes": []} | step for step in self.said["steps"]]

    @property
    def supplies(self) -> list[dict[str, Any]]:
        return list(self.said["supplies"])

    @property
    def teaching_points(self) -> list[dict[str, Any]]:
        return list(self.said["teaching_points"])

    @property
    def record_form(self) -> dict[str, Any]:
        return dict(self.said["record_form"])

    @property
    def sources(self) -> list[dict[str, Any]]:
        return list(self.said["sources"])

    @property
    def repeat(self) -> dict[str, Any] | None:
        """After how many days it is due again, and who says so."""
        return self.said.get("repeat")

    @property
    def needs_order(self) -> bool:
        return bool(self.content["needs_order"])

    @property
    def observe_minutes(self) -> int:
        return int(self.content.get("observe_minutes", 0))

    @property
    def deliver_minutes(self) -> int:
        """Within how many minutes what is taken has to be at the laboratory; 0: nothing is taken."""
        return int(self.content.get("deliver_minutes", 0))

    @property
    def status(self) -> str:
        """Return "current", "withdrawn" or "past". Looks at its service: select it with the version."""
        if self.service.current_id != self.id:
            return "past"
        return "withdrawn" if self.service.withdrawn_at else "current"


class CityItem(models.Model):
    """
    A line of the city's own list of 互联网+护理, as it was loaded. Never changed: a new list closes it.

    `key` is its name as two people would write it alike.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    name = models.CharField(max_length=120)
    key = models.CharField(max_length=120)
    status = models.CharField(max_length=12)
    document_no = models.CharField(max_length=120)
    service_code = models.CharField(max_length=60, default="")
    mode = models.CharField(max_length=10, default="")
    staff_condition = models.CharField(max_length=500, default="")
    valid_from = models.DateField(null=True)
    listed_at = models.DateTimeField()
    listed_by = models.UUIDField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "key"], condition=models.Q(gone_at=None), name="city_item_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def of(cls, row: CityRow) -> "CityItem":
        return cls(
            name=row.name,
            key=key_of(row.name),
            status=row.status,
            document_no=row.document_no,
            service_code=row.service_code,
            mode=row.mode,
            staff_condition=row.staff_condition,
            valid_from=row.valid_from,
        )

    @property
    def row(self) -> CityRow:
        return CityRow(
            name=self.name,
            document_no=self.document_no,
            status=self.status,
            service_code=self.service_code,
            mode=self.mode,
            staff_condition=self.staff_condition,
            valid_from=self.valid_from,
        )

    @property
    def status_words(self) -> str:
        return str(WORDS_OF_CITY_STATUS[CityStatus(self.status)])


class Draft(models.Model):
    """
    The next version of a service while it is being written: one at a time for each service.

    `content` is as it was saved last; each save is a row of `DraftSave`, so that nothing that was saved is lost.
    `base` is the version that it goes on from. A scheduled one waits for the day on which it takes effect.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="drafts", db_index=False)
    base = models.ForeignKey(ServiceVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    content = AsWritten()
    state = models.CharField(max_length=10, default=DraftState.OPEN.value)
    revision = models.PositiveIntegerField(default=0)
    clashes = models.JSONField(default=list)  # parts that the version it goes on from has changed as well
    started_by = models.UUIDField()
    started_at = models.DateTimeField()
    why = models.CharField(max_length=400, default="")
    effective_on = models.DateField(null=True)
    closed_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)
    published = models.OneToOneField(
        ServiceVersion, on_delete=models.PROTECT, null=True, related_name="from_draft"
    )

    saved: "list[DraftSave]"  # the latest first, where they were read with it

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service"],
                condition=models.Q(state__in=["open", "scheduled"]),
                name="draft_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in DraftState]), name="draft_state_known"
            ),
        ]
        indexes = [models.Index(fields=["service", "-started_at"], name="draft_by_service")]

    def __str__(self) -> str:
        return f"draft {self.id} ({self.state})"


class DraftSave(models.Model):
    """A part of a draft as somebody saved it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="saves")
    revision = models.PositiveIntegerField()
    part = models.CharField(max_length=10)
    said = AsWritten()
    by = models.UUIDField()
    at = models.DateTimeField()
    # Others had published it: `by` has only gone on from their version.
    is_caught_up = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draft", "revision"], name="draft_save_once"),
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.revision} of {self.draft_id}"


class PromptVersion(models.Model):
    """What to say and do in a situation, from one moment on. Never changed: the next version takes its place."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    situation = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    content = AsWritten()
    published_at = models.DateTimeField()
    published_by = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "situation", "version"], name="prompt_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.situation} v{self.version}"
