"""Documents as PDF, with a Chinese font inside: they look the same on every phone, and can be kept for decades."""

import io
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from fpdf import FPDF
from fpdf.fonts import FontFace

from anjia.documents.content import Document, Heading, Part, Picture, Table, Words

FONT: Final = Path(__file__).parent / "fonts" / "NotoSansCJKsc-Regular-subset.ttf"
FAMILY: Final = "noto"
MARGIN_MM: Final = 20.0
# It would log which characters of somebody's name the font lacks.
logging.getLogger("fpdf").setLevel(logging.ERROR)
CLOSING: Final = frozenset("，。、；：！？）》」』】〕”’,.;:!?)")
TALLEST_MM: Final = 60.0  # of a picture


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
        _write(paper, part)
    return bytes(paper.output())


def _write(paper: Any, part: Part) -> None:
    if isinstance(part, Heading):
        paper.ln(2)
        _words(paper, part.words, size=14 if part.level == 1 else 12, after=1)
    elif isinstance(part, Words):
        _words(paper, f"{part.name}：{part.words}" if part.name else part.words, size=11, after=1.5)
    elif isinstance(part, Picture):
        paper.image(io.BytesIO(part.content), h=min(part.height_mm, TALLEST_MM), alt_text=part.words)
        paper.ln(2)
    else:
        _write_table(paper, part)


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
    align = tuple("RIGHT" if column in part.numbers else "LEFT" for column in range(len(part.titles)))
    with paper.table(
        col_widths=tuple(part.widths) or None,
        text_align=align,
        wrapmode="CHAR",
        headings_style=FontFace(
            fill_color=(238, 246, 242)
        ),  # of its own it would be bold, which the font is not
    ) as table:
        for row in [part.titles, *part.rows]:
            table.row(list(row))
    paper.ln(3)
