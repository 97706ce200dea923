from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from anjia.kernel.fields import EncryptedJSON
from anjia.kernel.ids import new_id
from anjia.learning.rules.content import WORDS_OF_TOPIC, Topic
from anjia.learning.rules.drafting import DraftState
from anjia.learning.rules.exam import Drawn, is_over


def language() -> str:
    return (get_language() or "zh")[:2]


def said(content: dict[str, Any], name: str) -> str:
    """Return a word of it in the language of whoever looks; in Chinese where nobody has written it otherwise."""
    english = content.get(f"{name}_en") if language() == "en" else ""
    return str(english or content[name])


class Course(models.Model):
    """Something that staff learn. What it is, its `current` version says; before the first there is a draft only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    code = models.CharField(max_length=30)
    current = models.OneToOneField(
        "learning.CourseVersion", on_delete=models.PROTECT, null=True, related_name="current_of"
    )
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "code"], name="course_code_once"),
        ]

    def __str__(self) -> str:
        return self.code


class CourseVersion(models.Model):
    """
    What a course was from one moment on. The database refuses to change it: what somebody answered stays readable.

    Who wrote it is never who published it; what comes with Anjia nobody here has written.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    content = models.JSONField()
    written_by = models.UUIDField(null=True)
    published_by = models.UUIDField()
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "version"], name="course_version_once"),
            models.CheckConstraint(
                condition=Q(written_by=None) | ~Q(written_by=F("published_by")),
                name="course_version_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.version} of {self.course_id}"

    @property
    def title(self) -> str:
        return said(self.content, "title")

    @property
    def summary(self) -> str:
        return said(self.content, "summary")

    @property
    def topic_words(self) -> str:
        return str(WORDS_OF_TOPIC[Topic(self.content["topic"])])

    @property
    def exam(self) -> dict[str, int]:
        return dict(self.content["exam"])

    @property
    def pages(self) -> list[dict[str, Any]]:
        return list(self.content["pages"])

    @property
    def questions(self) -> list[dict[str, Any]]:
        return list(self.content["questions"])

    @property
    def minutes_to_read(self) -> int:
        """At 300 characters a minute [ENG]."""
        return max(1, round(sum(len(page["text"]) for page in self.pages) / 300))


class CourseDraft(models.Model):
    """The next version of a course while it is being written: one at a time. `writers` are all who saved in it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="drafts")
    content = models.JSONField()
    state = models.CharField(max_length=10, default=DraftState.OPEN.value)
    revision = models.PositiveIntegerField(default=0)
    writers = ArrayField(models.UUIDField(), default=list)
    started_by = models.UUIDField()
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    closed_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course"], condition=Q(state="open"), name="course_draft_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in DraftState]), name="course_draft_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"draft {self.id} ({self.state})"


class Binding(models.Model):
    """
    Who must hold a course's certificate, from which day on, until somebody ends it.

    With a kind or a service it is a gate: whoever lacks it is not sent. With a person it is what she is to learn.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="bindings")
    kind = models.CharField(max_length=20, default="")
    service_code = models.CharField(max_length=60, default="")
    staff_id = models.UUIDField(null=True)
    since = models.DateField()
    why = models.CharField(max_length=200, default="")
    set_by = models.UUIDField()
    set_at = models.DateTimeField()
    ended_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="", service_code="", staff_id=None), name="binding_names_somebody"
            ),
            models.CheckConstraint(
                condition=Q(staff_id=None) | Q(kind="", service_code=""), name="binding_of_one_or_of_many"
            ),
            models.UniqueConstraint(
                fields=["course", "kind", "service_code", "staff_id"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="binding_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization_id", "service_code"],
                condition=Q(ended_at=None),
                name="binding_by_service",
            )
        ]

    def __str__(self) -> str:
        return f"{self.course_id} for {self.kind or self.service_code or self.staff_id}"


class Reading(models.Model):
    """Which pages of a version somebody has opened to their end."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="readings")
    staff_id = models.UUIDField()
    pages = ArrayField(models.PositiveSmallIntegerField(), default=list)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "staff_id"], name="reading_once"),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} reads {self.version_id}"


class Attempt(models.Model):
    """
    An exam that somebody sat: the paper that was drawn, her answers, and how it went.

    It stays with the version of its questions. What is right leaves the server only once it is handed in.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="attempts")
    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="attempts")
    staff_id = models.UUIDField()
    number = models.PositiveIntegerField()
    seed = models.BigIntegerField()
    paper = models.JSONField()
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    answers = EncryptedJSON(null=True)
    score = models.PositiveSmallIntegerField(null=True)
    of = models.PositiveSmallIntegerField()
    passed = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "staff_id", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["course", "staff_id"], condition=Q(submitted_at=None), name="attempt_one_open"
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None, passed=None)
                | Q(submitted_at__isnull=False, passed__isnull=False),
                name="attempt_has_a_result_once_handed_in",
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.staff_id}"

    @property
    def drawn(self) -> list[Drawn]:
        return [Drawn(key=one["key"], options=tuple(one["options"])) for one in self.paper]

    @property
    def ends_at(self) -> datetime:
        return self.started_at + timedelta(minutes=self.version.exam["minutes"])

    def is_over(self, now: datetime) -> bool:
        return self.submitted_at is not None or is_over(self.started_at, self.version.exam["minutes"], now)


class Session(models.Model):
    """A course held in class. Who was there signs in with its word; who taught, or another, signs the list."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="sessions")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=80)
    teacher = models.CharField(max_length=60)
    word = models.CharField(max_length=6)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    signed_by = models.UUIDField(null=True)
    signed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_it_begins"
            ),
        ]
        indexes = [models.Index(fields=["organization_id", "-starts_at", "-id"], name="session_by_start")]

    def __str__(self) -> str:
        return f"session {self.id}"


class Attendance(models.Model):
    """Somebody was in class: she signed in herself, or whoever taught wrote her down."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="attendances")
    staff_id = models.UUIDField()
    at = models.DateTimeField()
    by = models.UUIDField()
    by_herself = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "staff_id"], name="attendance_once"),
        ]
        indexes = [models.Index(fields=["staff_id", "at"], name="attendance_by_staff")]

    def __str__(self) -> str:
        return f"{self.staff_id} at {self.session_id}"


class Certificate(models.Model):
    """What somebody earned by an exam. Whether it still counts, the paper of staff says that it has become."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization_id = models.UUIDField()
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="certificates")
    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="+")
    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="certificate")
    staff_id = models.UUIDField()
    number = models.CharField(max_length=60)
    issued_at = models.DateTimeField()
    valid_from = models.DateField()
    valid_until = models.DateField()
    paper_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "number"], name="certificate_number_once"),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")), name="certificate_days_in_order"
            ),
        ]
        indexes = [models.Index(fields=["staff_id", "course", "-issued_at"], name="certificate_by_staff")]

    def __str__(self) -> str:
        return self.number
