"""
What a quick hand would write on the same server: look up the session, one INSERT or SELECT, answer.

The same middleware, the same framework; no unit of work, no rights, no row-level security, no audit, no key. Its
tables are its own, so that nothing that guards ours is in its way.
"""

from benchmarks import _rates  # noqa: F401  # first: it sets up Django

# isort: split

from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.db import connections, models
from django.http import HttpRequest
from django.urls import include, path
from django.utils import timezone
from ninja import NinjaAPI, Schema
from ninja.security import HttpBearer

from anjia.identity.proofs import token_hash
from anjia.kernel.ids import new_id


class BareSession(models.Model):
    objects: "ClassVar[models.Manager[BareSession]]" = models.Manager()

    id = models.UUIDField(primary_key=True, default=new_id)
    token_hash = models.BinaryField(unique=True)
    user_id = models.UUIDField()
    resident_id = models.UUIDField()
    expires_at = models.DateTimeField()

    class Meta:
        app_label = "bare"

    def __str__(self) -> str:
        return str(self.id)


class BareVisit(models.Model):
    objects: "ClassVar[models.Manager[BareVisit]]" = models.Manager()

    id = models.UUIDField(primary_key=True, default=new_id)
    resident_id = models.UUIDField()
    address_id = models.UUIDField()
    staff_id = models.UUIDField()
    service_code = models.CharField(max_length=60)
    service_name = models.CharField(max_length=100)
    price_fen = models.PositiveIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    status = models.CharField(max_length=12)
    wishes = models.JSONField(default=dict)
    booked_by = models.UUIDField()
    booked_at = models.DateTimeField()
    visit_word = models.CharField(max_length=4)

    class Meta:
        app_label = "bare"
        indexes = [models.Index(fields=["resident_id", "starts_at"], name="bare_by_resident")]

    def __str__(self) -> str:
        return str(self.id)


class Bearer(HttpBearer):
    def authenticate(self, request: HttpRequest, token: str) -> BareSession | None:
        return BareSession.objects.filter(token_hash=token_hash(token), expires_at__gt=timezone.now()).first()


api = NinjaAPI(urls_namespace="bare", auth=Bearer())


class BareIn(Schema):
    service_code: str
    address_id: UUID
    starts_at: datetime
    staff_ids: list[UUID]
    wishes: dict[str, Any]


class BareOut(Schema):
    id: UUID
    resident_id: UUID
    address_id: UUID
    staff_id: UUID
    service_code: str
    service_name: str
    price_fen: int
    starts_at: datetime
    ends_at: datetime
    status: str
    visit_word: str


@api.post("/visits", response={201: BareOut})
def insert(request: HttpRequest, body: BareIn) -> tuple[int, BareVisit]:
    session: BareSession = request.auth  # type: ignore[attr-defined]  # ninja puts it there
    return 201, BareVisit.objects.create(
        resident_id=session.resident_id,
        address_id=body.address_id,
        staff_id=body.staff_ids[0],
        service_code=body.service_code,
        service_name="伤口换药",
        price_fen=12000,
        starts_at=body.starts_at,
        ends_at=body.starts_at + timedelta(minutes=45),
        status="booked",
        wishes=body.wishes,
        booked_by=session.user_id,
        booked_at=timezone.now(),
        visit_word="0000",
    )


@api.get("/visits", response=list[BareOut])
def select(request: HttpRequest) -> list[BareVisit]:
    session: BareSession = request.auth  # type: ignore[attr-defined]  # ninja puts it there
    return list(BareVisit.objects.filter(resident_id=session.resident_id).order_by("starts_at", "id")[:50])


urlpatterns = [path("bare/", api.urls), path("", include("anjia.web.urls"))]


def make_tables() -> None:
    """Make its tables, which anybody may read and write."""
    with connections["owner"].schema_editor() as editor:
        for model in (BareSession, BareVisit):
            editor.create_model(model)
            editor.execute(f"GRANT SELECT, INSERT ON {model._meta.db_table} TO PUBLIC")


def sign_in(token: str, *, user_id: UUID, resident_id: UUID) -> None:
    BareSession.objects.create(
        token_hash=token_hash(token),
        user_id=user_id,
        resident_id=resident_id,
        expires_at=timezone.now() + timedelta(days=1),
    )
