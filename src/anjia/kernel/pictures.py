"""
Pictures without what their camera says beside them: where they were taken, when, by whose telephone.

A photo of a wound is for those who treat it; where she lives is not written into it. What is needed to show it stays:
the colours' profile, and which way is up. A picture that cannot be followed, or not soon, stays as it is.
"""

import struct
import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from django.utils.translation import gettext_lazy as _
from PIL import Image

from anjia.kernel.errors import DomainError

EXIF: Final = b"Exif\0\0"
ORIENTATION: Final = 0x0112
START_OF_SCAN: Final = 0xDA
APP1: Final = 0xE1
# Segments of a JPEG that it is shown by: JFIF, the colours' profile, Adobe's colours. The other APPn and comments go.
SHOWN_BY: Final = frozenset({0xE0, 0xE2, 0xEE})
SAID_BESIDE: Final = frozenset({*range(0xE0, 0xF0), 0xFE}) - SHOWN_BY
SAID_IN_PNG: Final = frozenset({b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME"})
SAID_IN_WEBP: Final = frozenset({b"EXIF", b"XMP "})
MOST_PARTS: Final = 10_000  # of one picture; a camera's has some dozens, the finest cut one some thousands
MOST_PIXELS: Final = (
    80_000_000  # a telephone's finest camera makes 50 million; more is not looked at by anybody
)
WEBP_SAYS_THAT_IT_SAYS: Final = 0x08 | 0x04  # flags of the two in its first chunk


class PictureBroken(DomainError):
    code = "files.picture_broken"
    status = 415
    words = _("照片没有传全或者坏了，没有收下。请再传一次，还不行就重拍一张。")


class PictureTooFine(DomainError):
    code = "files.picture_too_fine"
    status = 413
    words = _("照片的像素太多，没有收下。请用普通画质拍。")


def check_picture(content: bytes) -> None:
    """
    Open a picture that proves something, as whoever looks at it will. A JPEG is read at an eighth of its size, a PNG
    by its sums: neither costs what showing it does.

    :raises PictureBroken: if it cannot be read to its end
    :raises PictureTooFine: above 80 million pixels
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(content), formats=("JPEG", "PNG", "WEBP"))
        if picture.width * picture.height > MOST_PIXELS:
            raise PictureTooFine
        if picture.format == "PNG":
            picture.verify()
        else:
            picture.draft("L", (picture.width // 8, picture.height // 8))
            picture.load()
    except Image.DecompressionBombError as bomb:
        raise PictureTooFine from bomb
    except (OSError, SyntaxError, ValueError, struct.error) as broken:
        raise PictureBroken from broken


def plain_picture(content: bytes, content_type: str) -> bytes:
    """Return the picture without what is said beside it; anything else as it is."""
    plain = {"image/jpeg": plain_jpeg, "image/png": plain_png, "image/webp": plain_webp}.get(content_type)
    try:
        return plain(content) if plain else content
    except (struct.error, IndexError):
        return content


def plain_jpeg(content: bytes) -> bytes:
    kept, orientation = [content[:2]], 1
    at = 2
    for _part in range(MOST_PARTS):
        if content[at + 1] == START_OF_SCAN:
            break
        (length,) = struct.unpack_from(">H", content, at + 2)
        segment, kind = content[at : at + 2 + length], content[at + 1]
        if content[at] != 0xFF or length < 2 or len(segment) < 2 + length:
            raise IndexError
        if kind == APP1 and segment[4:10] == EXIF:
            orientation = orientation_in(segment[10:])
        if kind not in SAID_BESIDE:
            kept.append(segment)
        at += 2 + length
    else:
        raise IndexError
    if orientation != 1:
        kept.insert(1, segment_of(orientation))
    return b"".join([*kept, content[at:]])


def orientation_in(tiff: bytes) -> int:
    """Return which way is up, from 1 to 8; 1 where it is not said."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    (start,) = struct.unpack_from(f"{order}I", tiff, 4)
    (count,) = struct.unpack_from(f"{order}H", tiff, start)
    for number in range(count):
        tag, _kind, _many, value = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * number)
        if tag == ORIENTATION and 1 <= value <= 8:
            return int(value)
    return 1


def segment_of(orientation: int) -> bytes:
    tiff = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, ORIENTATION, 3, 1, orientation, 0, 0)
    return struct.pack(">BBH", 0xFF, APP1, 2 + len(EXIF) + len(tiff)) + EXIF + tiff


def plain_png(content: bytes) -> bytes:
    chunks = list(chunks_of(content, start=8, order=">", name_first=False, around=12))
    return content[:8] + b"".join(chunk for name, chunk in chunks if name not in SAID_IN_PNG)


def plain_webp(content: bytes) -> bytes:
    if content[8:12] != b"WEBP":
        raise IndexError
    kept = [
        bytes([*chunk[:8], chunk[8] & ~WEBP_SAYS_THAT_IT_SAYS, *chunk[9:]]) if name == b"VP8X" else chunk
        for name, chunk in chunks_of(content, start=12, order="<", name_first=True, around=8)
        if name not in SAID_IN_WEBP
    ]
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def chunks_of(
    content: bytes, *, start: int, order: str, name_first: bool, around: int
) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and bytes of each chunk, with its `around` bytes of name, length and sum."""
    for _part in range(MOST_PARTS):
        if start >= len(content):
            return
        first, second = struct.unpack_from(f"{order}4s4s", content, start)
        name, said = (first, second) if name_first else (second, first)
        (length,) = struct.unpack(f"{order}I", said)
        size = around + length + (length % 2 if name_first else 0)  # WebP's lie at even places
        if start + size > len(content):
            raise IndexError
        yield name, content[start : start + size]
        start += size
    raise IndexError
