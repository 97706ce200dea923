"""Carrying files to another place: it may be stopped anywhere and run again; nothing goes before it is there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag

from anjia.kernel import encryption
from anjia.kernel.storage import Storage


@dataclass(slots=True)
class Moved:
    copied: int = 0
    there_before: int = 0
    removed: int = 0
    damaged: list[UUID] = field(default_factory=list)


def move(source: Storage, target: Storage, *, remove: bool) -> Iterator[Moved]:
    """
    Copy every file, and remove it from where it was if that is wanted; give how far it is after each.

    What does not open is carried nowhere and stays where it is. What was put is read again, and has to be the same to
    the byte, before it counts as there; and once more before it is removed from where it was.

    :raises FilesAway: if one of the places is silent; what is done stays done
    """
    done, known = Moved(), set(target.ids())
    for file_id in source.ids():
        carry(source, target, file_id, done, is_known=file_id in known, remove=remove)
        yield done


def carry(
    source: Storage, target: Storage, file_id: UUID, done: Moved, *, is_known: bool, remove: bool
) -> None:
    if is_known and not remove:
        done.there_before += 1
        return
    sealed = source.get(file_id)
    if not opens(file_id, sealed):
        done.damaged.append(file_id)
        return
    if is_known and target.get(file_id) == sealed:
        done.there_before += 1
    else:
        target.put(file_id, sealed)
        done.copied += 1
        if target.get(file_id) != sealed:
            done.damaged.append(file_id)
            return
    if remove:
        source.remove(file_id)
        done.removed += 1


def opens(file_id: UUID, sealed: bytes) -> bool:
    try:
        encryption.unseal(sealed, bound_to=f"file||{file_id}")
    except (InvalidTag, KeyError, IndexError, ValueError):
        return False
    return True
