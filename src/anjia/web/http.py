"""What the clients ask before anything else (who am I, for whom), and photos on their way in and out."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile

from anjia.kernel import files, http
from anjia.kernel.actors import Kind, Purpose
from anjia.kernel.http import AuthedRequest
from anjia.kernel.work import acting
from anjia.records.queries import file_of_record
from anjia.visits.commands import keep_evidence
from anjia.web.me import Me, who_am_i

router = Router(tags=["me"])


class StoredOut(Schema):
    id: UUID
    content_type: str
    size: int
    stored_at: datetime


@router.get("/me", response=Me)
def get_me(request: AuthedRequest) -> Me:
    """Say who is signed in, whom she may act for, and whom to call."""
    return who_am_i(request.auth, timezone.now())


@router.post("/files", response={201: StoredOut})
def store_file(
    request: AuthedRequest,
    file: Annotated[UploadedFile, File()],
    visit_id: Annotated[UUID, Form()],
    file_id: Annotated[UUID | None, Form()] = None,
) -> HttpResponse:
    """
    Keep a photo, a signature or a scan of a visit. The same `Idempotency-Key` keeps it once.

    A phone may give the file an id of its own, which facts that were sent before it may name.
    """
    return http.do(
        request,
        keep_evidence,
        StoredOut,
        visit_id=visit_id,
        file_id=file_id,
        content=file.read(files.LARGEST + 1),
        content_type=file.content_type or "",
    )


@router.get("/files/{file_id}")
def get_file(request: AuthedRequest, file_id: UUID) -> HttpResponse:
    """Return a file that the asker may see. Nothing in it is run."""
    unit = acting(request.auth, timezone.now())
    purpose = Purpose.ACCESS if request.auth.kind is Kind.PERSON else Purpose.CARE
    content_type, content = unit.ask(file_of_record, purpose, file_id=file_id)
    response = HttpResponse(content, content_type=content_type)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
