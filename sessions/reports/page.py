"""Pages of A4: what stands at the foot, and content that always fits its page."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Frame, KeepInFrame, Paragraph, Table

from base.characters import visible
from sessions.reports.fonts import BOLD, PLAIN, register
from sessions.reports.plots import GRID, INK

MARGIN: Final = 16 * mm
FOOT: Final = 14 * mm
WIDTH: Final = A4[0] - 2 * MARGIN
HEIGHT: Final = A4[1] - 2 * MARGIN - FOOT
_QUIET: Final = HexColor("#5b6770")
_ROW: Final = HexColor("#f2f5f8")


def style(size: float, *, bold: bool = False, after: float = 0.0, quiet: bool = False) -> ParagraphStyle:
    """Letters of that size in points; after: space below."""
    return ParagraphStyle(
        f"{size}{bold}{after}{quiet}",
        fontName=BOLD if bold else PLAIN,
        fontSize=size,
        leading=1.32 * size,
        spaceAfter=after,
        textColor=_QUIET if quiet else INK,
    )


def paragraph(words: str, letters: ParagraphStyle) -> Paragraph:
    """Return words as they are: nothing in them is taken for markup, and invisible characters show as a sign."""
    return Paragraph(escape(visible(words)), letters)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]) -> Table:
    """A table with its head; widths in shares of the page."""
    small, bold = style(7.6), style(7.6, bold=True)
    cells = [[paragraph(word, bold) for word in head]]
    cells += [[paragraph(word, small) for word in row] for row in rows]
    made = Table(cells, colWidths=[share * WIDTH / sum(widths) for share in widths], repeatRows=1)
    made.setStyle(
        [
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
            ("LINEBELOW", (0, 1), (-1, -1), 0.4, GRID),
            ("ROWBACKGROUNDS", (0, 1), (-1, -1), [white, _ROW]),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 1.6),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.2),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ]
    )
    return made


def beside(parts: Sequence[Flowable]) -> Table:
    """Parts of the same width beside each other."""
    made = Table([list(parts)], colWidths=[WIDTH / len(parts)] * len(parts))
    made.setStyle([("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 0)])
    return made


def first_that_fits(pages: Iterable[Sequence[Flowable]]) -> Sequence[Flowable]:
    """The first page whose content need not be made smaller, else the last."""
    content: Sequence[Flowable] = ()
    for content in pages:
        tall = sum(
            part.wrap(WIDTH, HEIGHT)[1] + part.getSpaceBefore() + part.getSpaceAfter() for part in content
        )
        if tall <= HEIGHT:
            break
    return content


def document(pages: Sequence[Sequence[Flowable]], title: str, foot: Sequence[str], language: str) -> bytes:
    """A PDF of just these pages; content that is too tall for its page is made smaller.

    foot: lines at the bottom of each page.
    """
    register()
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=A4, lang=language, invariant=1, pageCompression=1)
    canvas.setTitle(visible(title))
    canvas.setCreator("Diagonal")
    for number, content in enumerate(pages, 1):
        _foot(canvas, foot, f"{number} / {len(pages)}")
        frame = Frame(MARGIN, MARGIN + FOOT, WIDTH, HEIGHT, 0, 0, 0, 0)
        fitted: list[Any] = [KeepInFrame(WIDTH, HEIGHT, list(content), mode="shrink")]
        frame.addFromList(fitted, canvas)
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def _foot(canvas: Canvas, lines: Sequence[str], number: str) -> None:
    canvas.setStrokeColor(GRID)
    canvas.line(MARGIN, MARGIN + FOOT - 3, A4[0] - MARGIN, MARGIN + FOOT - 3)
    canvas.setFillColor(_QUIET)
    canvas.setFont(PLAIN, 6.2)
    for k, words in enumerate(lines):
        canvas.drawString(MARGIN, MARGIN + FOOT - 12 - 8.5 * k, visible(words))
    canvas.drawRightString(A4[0] - MARGIN, MARGIN + FOOT - 12, number)
