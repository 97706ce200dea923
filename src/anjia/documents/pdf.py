"""Documents as PDF, with a Chinese font inside: they look the same on every phone, and can be kept for decades."""

import io
import logging
import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from fpdf import FPDF
from fpdf.fonts import FontFace
from PIL import Image

from anjia.documents.content import Document, Heading, Part, Picture, Table, Words

FONT: Final = Path(__file__).parent / "fonts" / "NotoSansCJKsc-Regular-subset.ttf"
FAMILY: Final = "noto"
MARGIN_MM: Final = 20.0
SLACK_MM: Final = 0.2  # or what just fits is broken once more by the last bit of its width
# It would log which characters of somebody's name the font lacks.
logging.getLogger("fpdf").setLevel(logging.ERROR)
CLOSING: Final = frozenset("，。、；：！？）》」』】〕”’,.;:!?)")
TALLEST_MM: Final = 60.0  # of a picture
MOST_POINTS: Final = (
    20_000_000  # of one that has to be unpacked: a few hundred bytes can say that they are many
)
UNREADABLE: Final = (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError)


def written(document: Document) -> bytes:
    paper = FPDF(format="A4")
    paper.set_margin(MARGIN_MM)
    paper.set_auto_page_break(auto=True, margin=MARGIN_MM)
    paper.add_font(FAMILY, fname=FONT)
    paper.set_title(document.title)
    paper.set_lang(document.language)
    paper.set_creator("安家")
    paper.add_page()
    _words(paper, document.title, size=18, after=2)
    for line in document.about:
        _words(paper, line, size=10)
    paper.ln(3)
    for part in document.parts:
        _write(paper, part, colon="：" if document.language.startswith("zh") else ": ")
    return bytes(paper.output())


def _write(paper: Any, part: Part, *, colon: str) -> None:
    if isinstance(part, Heading):
        paper.ln(2)
        _words(paper, part.words, size=14 if part.level == 1 else 12, after=1)
    elif isinstance(part, Words):
        _words(paper, f"{part.name}{colon}{part.words}" if part.name else part.words, size=11, after=1.5)
    elif isinstance(part, Picture):
        _draw(paper, part)
    else:
        _write_table(paper, part)


def _draw(paper: Any, picture: Picture) -> None:
    if is_drawable(picture.content):
        height = min(picture.height_mm, TALLEST_MM)
        paper.image(io.BytesIO(picture.content), h=height, alt_text=picture.words)
        paper.ln(2)
    else:
        _words(paper, picture.instead or picture.words, size=11, after=1.5)


def is_drawable(content: bytes) -> bool:
    """
    Say whether it is a whole picture, of no more points than may be unpacked. A JPEG goes in as it is: it is only
    looked at, in small.
    """
    try:
        with Image.open(io.BytesIO(content)) as picture:
            if picture.format != "JPEG" and picture.width * picture.height > MOST_POINTS:
                return False
            picture.draft(None, (500, 500))
            picture.load()
    except UNREADABLE:
        return False
    return True


def _words(paper: Any, words: str, *, size: float, after: float = 0) -> None:
    paper.set_font(FAMILY, size=size)
    for line in lines_of(words, width=paper.epw, measure=paper.get_string_width):
        paper.cell(0, size * 0.55, line, new_x="LMARGIN", new_y="NEXT")
    paper.ln(after)


def lines_of(words: str, *, width: float, measure: Callable[[str], float]) -> list[str]:
    """Break Chinese anywhere and Latin between words; what closes hangs in the margin and begins no line."""
    lines, line = [], ""
    for part in re.findall(r"[\w'./@:-]+\s?|.", words, re.ASCII | re.DOTALL):
        if part == "\n" or (line and part not in CLOSING and measure(line + part.rstrip()) > width):
            lines.append(line)
            line = ""
        line += part if part != "\n" else ""
        while measure(line) > width and len(part) > 1:  # longer than a line by itself
            fits = next(size for size in range(len(line), 0, -1) if measure(line[:size]) <= width)
            lines.append(line[:fits])
            line = line[fits:]
    return [*lines, line]


def _write_table(paper: Any, part: Table) -> None:
    paper.set_font(FAMILY, size=10)
    shares = part.widths or [1] * len(part.titles)
    widths = [paper.epw * share / sum(shares) - 2 * paper.c_margin - SLACK_MM for share in shares]
    align = tuple("RIGHT" if column in part.numbers else "LEFT" for column in range(len(part.titles)))
    with paper.table(
        col_widths=tuple(part.widths) or None,
        text_align=align,
        wrapmode="CHAR",  # of what is longer than a cell by itself: the lines come broken
        headings_style=FontFace(
            fill_color=(238, 246, 242)
        ),  # of its own it would be bold, which the font is not
    ) as table:
        for row in [part.titles, *part.rows]:
            table.row(
                [
                    "\n".join(lines_of(words, width=width, measure=paper.get_string_width))
                    for words, width in zip(row, widths, strict=True)
                ]
            )
    paper.ln(3)
