"""The letters of reports: Bitstream Vera, which comes with the PDF library and is put into each file."""

from __future__ import annotations

from typing import Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

PLAIN: Final = "Vera"
BOLD: Final = "VeraBd"


def register() -> None:
    """Make the letters known to the PDF library; again does nothing."""
    known = pdfmetrics.getRegisteredFontNames()
    for name in (PLAIN, BOLD):
        if name not in known:
            pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)
