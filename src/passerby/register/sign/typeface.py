"""The typeface of PDFs: Roboto, embedded, as it has Latin and Cyrillic letters."""

from typing import Final

import font_roboto
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR: Final = "passerby-regular"
BOLD: Final = "passerby-bold"


def register_typeface() -> None:
    """Makes both weights known to reportlab; harmless when they are."""
    known = pdfmetrics.getRegisteredFontNames()
    for name, path in ((REGULAR, font_roboto.Roboto), (BOLD, font_roboto.RobotoBold)):
        if name not in known:
            pdfmetrics.registerFont(TTFont(name, path))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
