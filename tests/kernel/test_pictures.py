import random
import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from anjia.kernel.pictures import (
    EXIF,
    PictureBroken,
    PictureTooFine,
    check_picture,
    orientation_in,
    plain_picture,
)

PLACE = b"31.2304,121.4737"
SCAN = b"\xff\xda\x00\x03\x00" + b"what is seen \xff\xe1\x00\x08 and no segment" + b"\xff\xd9"
JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
TABLE = b"\xff\xdb\x00\x05abc"


def segment(kind: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, kind, 2 + len(content)) + content


def exif(*, orientation: int, place: bytes = b"", order: str = "<") -> bytes:
    """As a phone writes it: which way is up, and where its GPS block lies."""
    mark = {"<": b"II", ">": b"MM"}[order]
    entries = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    entries += struct.pack(f"{order}HHII", 0x8825, 4, 1, 38)
    tiff = struct.pack(f"{order}2sHIH", mark, 42, 8, 2) + entries + struct.pack(f"{order}I", 0) + place
    return segment(0xE1, EXIF + tiff)


def jpeg(*segments: bytes) -> bytes:
    return b"\xff\xd8" + JFIF + b"".join(segments) + TABLE + SCAN


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(
        name + struct.pack("<I", len(said)) + said + b"\0" * (len(said) % 2) for name, said in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


class TestPlainPicture:
    @pytest.mark.parametrize("order", ["<", ">"])
    def test_of_a_phone_is_the_right_way_up_and_says_no_more(self, order: str) -> None:
        xmp = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<exif:GPSLatitude>" + PLACE)
        comment = segment(0xFE, PLACE)

        plain = plain_picture(jpeg(exif(orientation=6, place=PLACE, order=order), xmp, comment), "image/jpeg")

        assert PLACE not in plain
        assert plain.endswith(JFIF + TABLE + SCAN)
        assert orientation_in(plain[plain.index(EXIF) + 6 :]) == 6

    def test_that_is_upright_says_nothing(self) -> None:
        assert plain_picture(jpeg(exif(orientation=1, place=PLACE)), "image/jpeg") == jpeg()

    def test_keeps_its_colours(self) -> None:
        profile = segment(0xE2, b"ICC_PROFILE\0\1\1...")

        assert plain_picture(jpeg(profile), "image/jpeg") == jpeg(profile)

    def test_in_png_says_nothing(self) -> None:
        head, seen, end = chunk(b"IHDR", b"x" * 13), chunk(b"IDAT", b"seen"), chunk(b"IEND", b"")
        said = [chunk(name, PLACE) for name in (b"eXIf", b"tEXt", b"iTXt")]
        mark = b"\x89PNG\r\n\x1a\n"

        plain = plain_picture(mark + head + b"".join(said) + seen + end, "image/png")

        assert plain == mark + head + seen + end

    def test_in_webp_says_nothing_and_does_not_claim_to(self) -> None:
        seen = (b"VP8 ", b"seen.")
        said = [(b"EXIF", PLACE + b"."), (b"XMP ", PLACE)]

        plain = plain_picture(riff((b"VP8X", b"\x1c" + b"\0" * 9), seen, *said), "image/webp")

        assert plain == riff((b"VP8X", b"\x10" + b"\0" * 9), seen)

    @pytest.mark.parametrize("cut", [0, 2, 3, 5, 20, 30, 60])
    @pytest.mark.parametrize("kind", ["image/jpeg", "image/png", "image/webp"])
    def test_that_cannot_be_followed_stays_as_it_is(self, cut: int, kind: str) -> None:
        half = jpeg(exif(orientation=6))[:cut]

        assert plain_picture(half, kind) == half

    @pytest.mark.parametrize(
        ("kind", "picture"),
        [
            ("image/jpeg", jpeg(*[segment(0xFE, b"")] * 12_000)),
            ("image/png", b"\x89PNG\r\n\x1a\n" + chunk(b"tEXt", b"") * 12_000),
            ("image/webp", riff(*[(b"EXIF", b"")] * 12_000)),
        ],
        ids=["jpeg", "png", "webp"],
    )
    def test_of_more_parts_than_any_has_is_not_followed_to_its_end(self, kind: str, picture: bytes) -> None:
        """Five million parts of four bytes keep a thread for many seconds."""
        assert plain_picture(picture, kind) == picture

    def test_of_a_few_thousand_parts_is(self) -> None:
        finely_cut = b"\x89PNG\r\n\x1a\n" + chunk(b"IDAT", b"seen") * 5_000

        assert plain_picture(finely_cut + chunk(b"tEXt", PLACE), "image/png") == finely_cut

    def test_is_said_of_pictures_only(self) -> None:
        assert plain_picture(b"%PDF-1.7", "application/pdf") == b"%PDF-1.7"


class TestAPictureThatProvesSomething:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_is_read_to_its_end(self, kind: str) -> None:
        whole = photo(kind)

        check_picture(whole)
        for end in (len(whole) // 2, len(whole) - 20):
            with pytest.raises(PictureBroken):
                check_picture(whole[:end])

    def test_of_400_million_pixels_is_refused_before_it_is_unpacked(self) -> None:
        with pytest.raises(PictureTooFine):
            check_picture(blank_png(20_000, 20_000))

    def test_is_a_picture(self) -> None:
        with pytest.raises(PictureBroken):
            check_picture(b"\xff\xd8\xff<html>")


def photo(kind: str) -> bytes:
    """Return a picture with something to see in it."""
    dice = random.Random(3)
    out = BytesIO()
    Image.frombytes("RGB", (160, 120), dice.randbytes(160 * 120 * 3)).save(out, kind)
    return out.getvalue()


def blank_png(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * ((width // 8 + 1) * height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
