"""Photos, signatures, scans: encrypted before they are put away (`storage.py`), named only by an id."""

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.kernel import audit, encryption, storage
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.database import refuse_if_broken, wait_turn
from anjia.kernel.errors import DomainError, NotFound
from anjia.kernel.ids import new_id
from anjia.kernel.models import StoredFile
from anjia.kernel.pictures import plain_picture
from anjia.kernel.work import command

LARGEST: Final = 20 * 1024 * 1024  # bytes
# What a file is, is said by how it begins, not by what its sender calls it.
BEGINNINGS: Final = {
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/webp": (b"RIFF",),
    "application/pdf": (b"%PDF-",),
    "audio/mpeg": (b"ID3", b"\xff\xfb", b"\xff\xf3"),
}


class FileTooLarge(DomainError):
    code = "files.too_large"
    status = 413
    words = _("文件超过 20 MB，没有收下。请拍小一点再传。")


class FileNotKnown(DomainError):
    code = "files.type_not_known"
    status = 415
    words = _("这种文件收不了。请传照片（JPG、PNG）或 PDF。")


class FileIdTaken(DomainError):
    code = "files.id_taken"
    words = _("这个编号已经有别的文件了，没有收下。请再拍一次。")


@command("files.store")
def store(
    actor: Actor,
    now: datetime,
    *,
    content: bytes,
    content_type: str,
    resident_id: UUID | None = None,
    file_id: UUID | None = None,
) -> StoredFile:
    """Keep the bytes, as `keep`."""
    return keep(
        actor, now, content=content, content_type=content_type, resident_id=resident_id, file_id=file_id
    )


def keep(
    actor: Actor,
    now: datetime,
    *,
    content: bytes,
    content_type: str,
    resident_id: UUID | None = None,
    file_id: UUID | None = None,
) -> StoredFile:
    """
    For commands whose own permission lets a file come with them: a signature comes with what is signed.

    Keep the bytes, encrypted, before the row that names them commits. Under the sender's own id they are kept once.
    Of a picture only what is to be seen is kept.

    :raises FileIdTaken: if the id is another file's
    :raises NotFound: if it is about a resident with whom the actor has no business
    :raises FileTooLarge: above 20 MB
    :raises FileNotKnown: if it does not begin as its type does
    :raises FilesAway: if there is nowhere to put it now: nothing is kept
    """
    if resident_id and not actor.sees(resident_id):
        raise NotFound
    if len(content) > LARGEST:
        raise FileTooLarge
    if not content.startswith(BEGINNINGS.get(content_type, ())):
        raise FileNotKnown
    content = plain_picture(content, content_type)
    stored = StoredFile(
        id=file_id or new_id(),
        organization_id=actor.organization_id,
        resident_id=resident_id,
        stored_by=actor.user_id,
        stored_at=now,
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    twin = _twin_of(stored) if file_id else None
    if twin is not None:
        return twin
    with refuse_if_broken({"kernel_storedfile_pkey": FileIdTaken}):
        stored.save(force_insert=True)
    # What a unit that was undone has left there is nobody's.
    storage.put(stored.id, encryption.seal(content, bound_to=f"file||{stored.id}"))
    audit.record("kernel.file.stored", actor=actor, at=now, subject_id=stored.id)
    return stored


def _twin_of(stored: StoredFile) -> StoredFile | None:
    """
    Return the same file if its sender has sent it before.

    :raises FileIdTaken: if its id is another file's
    """
    wait_turn(f"file/{stored.id}")
    twin = StoredFile.objects.filter(organization_id=stored.organization_id, id=stored.id).first()
    same = ("stored_by", "resident_id", "sha256")
    if twin is not None and any(getattr(twin, name) != getattr(stored, name) for name in same):
        raise FileIdTaken
    return twin


def get_stored(actor: Actor, purpose: Purpose, *, file_id: UUID) -> StoredFile:
    """
    Return what is known of a file.

    A file about a resident is for those who may see her; another is for who stored it and for the organization's staff.

    :raises NotFound: also when it is somebody else's
    """
    stored = StoredFile.objects.filter(organization_id=actor.organization_id, id=file_id).first()
    if stored is None:
        raise NotFound
    may_see = actor.sees(stored.resident_id) if stored.resident_id else actor.kind is not Kind.PERSON
    if stored.stored_by != actor.user_id and not may_see:
        raise NotFound
    return stored


def those_here(actor: Actor, purpose: Purpose, *, file_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these files have come: a phone names a photo before a weak signal has carried it."""
    rows = StoredFile.objects.filter(organization_id=actor.organization_id, id__in=file_ids)
    return set(rows.values_list("id", flat=True))


def content_of(actor: Actor, purpose: Purpose, *, file_id: UUID) -> tuple[str, bytes]:
    """
    Return the file's content type and bytes. What of it may be read for this purpose, the caller has asked.

    :raises NotFound: as `get_stored`
    """
    stored = get_stored(actor, purpose, file_id=file_id)
    return stored.content_type, opened(file_id)


def opened(file_id: UUID) -> bytes:
    """
    Return what is in a file, for those who have asked whether it may be read.

    :raises FilesUnseen: if the place where it lies is silent
    """
    return encryption.unseal(storage.get(file_id), bound_to=f"file||{file_id}")
