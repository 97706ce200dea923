"""
What a file may be, before anybody opens it: neither too big, nor a bomb, nor something else.

A workbook is a zip of XML (.xlsx) or a compound file of records (.xls). Both readers keep every cell of the
smallest rectangle round the used ones, so one cell in the far corner is a bomb too: it is looked for here.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from anjia.spreadsheets.words import Unreadable, _

MIB: Final = 1024 * 1024
CHUNK: Final = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    file: int = 20 * MIB
    unpacked: int = 256 * MIB
    ratio: int = 200  # of what is unpacked to what is packed; a sheet of numbers packs about 1:15
    entries: int = 2_000
    rows: int = 100_000
    columns: int = 256
    cells: int = 5_000_000


LIMITS: Final = Limits()


def too_large(size: int, limits: Limits = LIMITS) -> Unreadable:
    return Unreadable(
        "file.too_large",
        _("这个文件有 {size} MB，最多 {most} MB。请只留需要的工作表和列，或者分成几个文件。"),
        size=-(-size // MIB),
        most=limits.file // MIB,
    )


def bomb() -> Unreadable:
    return Unreadable(
        "file.bomb",
        _("这个文件展开以后大得不正常，没有打开。请在 Excel 或 WPS 里另存一份，只留需要的内容。"),
    )


def broken() -> Unreadable:
    return Unreadable(
        "file.broken", _("这个文件打不开，可能没传完或者坏了。请在 Excel 或 WPS 里打开，另存为 .xlsx 再传。")
    )


def protected() -> Unreadable:
    return Unreadable("file.protected", _("这个文件有打开密码。请在 Excel 或 WPS 里去掉密码，另存一份再传。"))


def too_many(rows: int, columns: int, limits: Limits = LIMITS) -> Unreadable:
    return Unreadable(
        "file.too_many_cells",
        _(
            "表格有 {rows} 行、{columns} 列，最多 {most_rows} 行、{most_columns} 列。"
            "如果右边或下面是空的，请删掉那些空行空列；不是空的，就分成几个文件。"
        ),
        rows=rows,
        columns=columns,
        most_rows=limits.rows,
        most_columns=limits.columns,
    )


def check_corner(rows: int, columns: int, limits: Limits = LIMITS) -> None:
    """:raises Unreadable: if the rectangle is more than a list of people would need"""
    if rows > limits.rows or columns > limits.columns or rows * columns > limits.cells:
        raise too_many(rows, columns, limits)


# `r="A1"` of a cell and `r="1"` of a row, as the reader takes them: small letters and leading zeros too.
REFERENCE: Final = re.compile(rb"""\sr\s{0,9}=\s{0,9}["']([^"']{0,99})["']""")
CELL: Final = re.compile(rb"([A-Za-z]*)0*(\d*)")
LONGEST_REFERENCE: Final = 128
TOO_LONG: Final = re.compile(rb"""\sr(\s{10}|\s{0,9}=\s{10}|\s{0,9}=\s{0,9}["'][^"']{100})""")


def check_zip(content: bytes, limits: Limits = LIMITS) -> None:
    """
    Refuse a bomb: by what the zip's directory says, then by unpacking it piece by piece and counting.

    :raises Unreadable: if it is one, or its sheets are too large, or it is no workbook
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise broken() from None
    check_directory(entries, len(content), limits)
    names = {entry.filename.lower().lstrip("/") for entry in entries}
    if "xl/workbook.xml" not in names:
        raise wrong_zip(names)
    unpacked = 0
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise protected()
        corner = Corner(limits)  # of any entry: where the sheets lie, the workbook says
        for piece in unpack(content, entry):
            unpacked += len(piece)
            if unpacked > limits.unpacked or unpacked > limits.ratio * len(content) + 4 * MIB:
                raise bomb()
            corner.look(piece)


def check_directory(entries: list[zipfile.ZipInfo], packed: int, limits: Limits) -> None:
    """:raises Unreadable: if the directory itself says that it is a bomb"""
    said = sum(entry.file_size for entry in entries)
    if len(entries) > limits.entries or said > limits.unpacked or said > limits.ratio * packed + 4 * MIB:
        raise bomb()
    if any(entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for entry in entries):
        raise broken()


def unpack(content: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield what is really in the entry, whatever the directory says of its size."""
    start = entry.header_offset
    if content[start : start + 4] != b"PK\x03\x04":
        raise broken()
    name_length, extra_length = struct.unpack("<HH", content[start + 26 : start + 30])
    data = memoryview(content)[start + 30 + name_length + extra_length :][: entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        yield bytes(data)
        return
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        waiting: bytes | memoryview = data
        while not inflate.eof and waiting:
            yield inflate.decompress(waiting, CHUNK)
            waiting = inflate.unconsumed_tail
    except zlib.error:
        raise broken() from None


FAR: Final = 9  # digits or letters that are too many whatever they are


class Corner:
    """
    Looks, piece by piece, for the last row and column that a sheet's XML names. What could hide one is no workbook
    that any program writes.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.rows = 0
        self.columns = 0
        self.kept = b""
        self.is_sheet = False

    def look(self, piece: bytes) -> None:
        text = self.kept + piece
        self.kept = text[-LONGEST_REFERENCE:]
        self.is_sheet = self.is_sheet or b"sheetData" in text
        if not self.is_sheet:
            return
        if TOO_LONG.search(text):
            raise broken()
        for reference in set(REFERENCE.findall(text)):
            if found := CELL.fullmatch(reference):
                letters, digits = found.groups()
                self.rows = max(self.rows, int(digits[:FAR] or 0))
                self.columns = max(self.columns, column_number(letters[:FAR].upper()))
        check_corner(self.rows, self.columns, self.limits)


def column_number(letters: bytes) -> int:
    """Return 1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def wrong_zip(names: set[str]) -> Unreadable:
    if "xl/workbook.bin" in names:
        return Unreadable("file.wrong_type", _("这是 .xlsb 格式的表格。请在 Excel 里另存为 .xlsx 再传。"))
    if "content.xml" in names:
        return Unreadable("file.wrong_type", _("这是 .ods 格式的表格。请另存为 .xlsx 再传。"))
    if any(name.startswith("word/") for name in names):
        return Unreadable(
            "file.wrong_type", _("这是 Word 文档，不是表格。请把名单复制到 Excel，存成 .xlsx 再传。")
        )
    return Unreadable(
        "file.wrong_type", _("这是压缩包，不是表格。请先解压，再传里面的 .xlsx、.xls 或 .csv。")
    )


def wrong_type() -> Unreadable:
    return Unreadable(
        "file.wrong_type",
        _("这不是表格文件。请传 .xlsx、.xls 或 .csv；别的格式请先在 Excel 或 WPS 里另存为 .xlsx。"),
    )


END_OF_CHAIN: Final = 0xFFFFFFFA  # and above: markers, not sectors
ENCRYPTED_PACKAGE: Final = "EncryptedPackage".encode("utf-16-le")
SMALLEST_STREAM: Final = 4096
FILEPASS: Final = 0x2F
CELL_RECORDS: Final = frozenset(
    {0x0006, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E, 0x00D6, 0x00FD, 0x00BD, 0x00BE, 0x0406, 0x0206}
)
DIMENSIONS: Final = 0x0200
# What such a file can hold; its reader makes room for what is said.
MOST_ROWS_OF_OLD: Final = 65_536
MOST_COLUMNS_OF_OLD: Final = 256


def check_compound(content: bytes, limits: Limits = LIMITS) -> None:
    """
    Refuse a compound file that is locked, no workbook, or has a cell in the far corner.

    :raises Unreadable: with the reason
    """
    if ENCRYPTED_PACKAGE in content:
        raise protected()
    try:
        stream = workbook_stream(content)
    except (struct.error, LookupError, ValueError):
        raise broken() from None
    rows = columns = at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == FILEPASS:
            raise protected()
        if kind in CELL_RECORDS and length >= 4 and at + 8 <= len(stream):
            row, column = struct.unpack_from("<HH", stream, at + 4)
            rows, columns = max(rows, row + 1), max(columns, column + 1)
        if kind == DIMENSIONS and at + 4 + length <= len(stream):
            check_dimensions(stream[at + 4 : at + 4 + length])
        at += 4 + length
    check_corner(rows, columns, limits)


def check_dimensions(record: bytes) -> None:
    """:raises Unreadable: if a sheet says that it is larger than any can be"""
    layout = {10: "<HHHH", 14: "<IIHH"}.get(len(record))
    if layout is None:
        raise broken()
    _row, last_row, _column, last_column = struct.unpack_from(layout, record)
    if last_row > MOST_ROWS_OF_OLD or last_column > MOST_COLUMNS_OF_OLD:
        raise broken()


def workbook_stream(content: bytes) -> bytes:
    """
    Return the stream of the compound file that holds the workbook.

    :raises Unreadable: if it has none: a Word file, a mail
    """
    size = {9: 512, 12: 4096}[struct.unpack_from("<H", content, 30)[0]]
    table = allocation_table(content, size)
    directory = chained(content, struct.unpack_from("<I", content, 48)[0], table, size)
    found: dict[str, int] = {}
    for at in range(0, len(directory) - 127, 128):
        name = directory[at : at + 64].decode("utf-16-le", "replace").partition("\0")[0]
        found.setdefault(name, at)
    place = found.get("Workbook", found.get("Book"))  # as the reader looks for it
    if place is None:
        raise wrong_type()
    start, length = struct.unpack_from("<IQ" if size == 4096 else "<II", directory, place + 116)
    if length < SMALLEST_STREAM:
        raise broken()  # a real workbook is larger: a smaller stream lies elsewhere, unseen by us
    return chained(content, start, table, size)[:length]


def chained(content: bytes, number: int, table: list[int], size: int) -> bytes:
    """Return the sectors from `number` on, in the order of the table."""
    found = bytearray()
    for _step in range(len(content) // size + 1):
        if number >= END_OF_CHAIN:
            return bytes(found)
        found += content[(number + 1) * size : (number + 2) * size]
        number = table[number]
    raise ValueError("a chain without an end")


def allocation_table(content: bytes, size: int) -> list[int]:
    """Return, for each sector of the compound file, the number of the one that follows it."""
    count = struct.unpack_from("<I", content, 44)[0]
    more, more_count = struct.unpack_from("<II", content, 68)
    blocks = [number for number in struct.unpack_from("<109I", content, 76) if number < END_OF_CHAIN]
    per_sector = size // 4
    for _step in range(min(more_count, len(content) // size)):
        if more >= END_OF_CHAIN:
            break
        numbers = struct.unpack_from(f"<{per_sector}I", content, (more + 1) * size)
        blocks.extend(number for number in numbers[:-1] if number < END_OF_CHAIN)
        more = numbers[-1]
    table: list[int] = []
    for number in blocks[:count]:
        table.extend(struct.unpack_from(f"<{per_sector}I", content, (number + 1) * size))
    return table
