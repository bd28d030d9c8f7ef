"""The street sign of a camera, as one A4 page to print: who, why, what, and where to read all of it."""

import io
from collections.abc import Iterator, Sequence
from typing import Any, Final

import segno
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from passerby.register.catalogue import Catalogue
from passerby.register.dtpr import elements_of
from passerby.register.published.document import CameraPart, ContactPart, RecordPart, RegisterDocument
from passerby.register.sign.icons import ICONS, Disc
from passerby.register.sign.typeface import BOLD, REGULAR, register_typeface

_WIDTH, _HEIGHT = A4
_EDGE: Final = 48.0
_DARK: Final = (0.07, 0.16, 0.24)
_ICON: Final = 36.0
_ICON_STEP: Final = 43.0
_SHOWN: Final = ("purpose", "tech", "process", "storage", "retention")
_QUIET_ZONE: Final = 4
"""Modules around a QR code that have to stay white (ISO/IEC 18004)."""


def street_sign(document: RegisterDocument, camera: CameraPart, texts: Catalogue, address: str) -> bytes:
    """Returns the sign as PDF.

    Args:
        document: the published register.
        camera: with a complete record.
        texts: the language of the sign.
        address: of the camera's public page.

    Raises:
        ValueError: the camera has no record.
    """
    if camera.record is None:
        raise ValueError(f"camera {camera.camera}: a sign needs a complete record")
    register_typeface()
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=A4, invariant=1, lang=texts.language)
    canvas.setTitle(f"{texts('sign.title')}: {texts.written(camera.record.title)[0]}")
    canvas.setAuthor(camera.record.controller.name)
    _Sign(canvas, texts).draw(document, camera, camera.record, address)
    canvas.save()
    return written.getvalue()


class _Sign:
    """One page that is being drawn."""

    def __init__(self, canvas: Canvas, texts: Catalogue) -> None:
        self._canvas, self._texts = canvas, texts

    def draw(self, document: RegisterDocument, camera: CameraPart, record: RecordPart, address: str) -> None:
        texts = self._texts
        self._head(texts("sign.title"), texts.written(record.title)[0])
        low = self._paragraph(texts("sign.counted"), _EDGE, _HEIGHT - 162, _WIDTH - 2 * _EDGE, 17, REGULAR)
        low = self._icons(record, low + 4)
        code_side = 140.0
        self._facts(self._rows(document, camera, record), low - 20)
        self._code(address, _WIDTH - _EDGE - code_side, 48, code_side)
        text_width = _WIDTH - 2 * _EDGE - code_side - 24
        below = self._paragraph(texts("sign.more"), _EDGE, 48 + code_side - 26, text_width, 13, BOLD)
        below = self._paragraph(texts("sign.scan"), _EDGE, below - 6, text_width, 11, REGULAR)
        self._paragraph(address, _EDGE, below - 2, text_width, 11, BOLD)
        self._paragraph(texts("sign.data_chain"), _EDGE, 34, _WIDTH - 2 * _EDGE, 7.5, REGULAR)

    def _head(self, title: str, place: str) -> None:
        canvas = self._canvas
        canvas.setFillColorRGB(*_DARK)
        canvas.rect(0, _HEIGHT - 128, _WIDTH, 128, stroke=0, fill=1)
        canvas.setFillColorRGB(1, 1, 1)
        canvas.setStrokeColorRGB(1, 1, 1)
        self._icon("video_camera", _EDGE, _HEIGHT - 104, 76, 2.0)
        left = _EDGE + 100
        below = self._paragraph(title, left, _HEIGHT - 58, _WIDTH - left - _EDGE, 29, BOLD, 2)
        self._paragraph(place, left, below - 4, _WIDTH - left - _EDGE, 18, REGULAR, 2)
        canvas.setFillColorRGB(0, 0, 0)
        canvas.setStrokeColorRGB(0, 0, 0)

    def _icons(self, record: RecordPart, top: float) -> float:
        """Draws DTPR's words in two columns; returns the height below them."""
        chosen = elements_of(record)
        words = list(dict.fromkeys(word for category in _SHOWN for word in chosen[category]))
        words = [word for word in words if word not in ("computer_vision", "de_identified")]
        column = (_WIDTH - 2 * _EDGE) / 2
        for place, word in enumerate(words):
            left, high = _EDGE + column * (place % 2), top - _ICON_STEP * (place // 2) - _ICON
            self._icon(word, left, high, _ICON, 1.4)
            text = self._texts.word("dtpr", word)
            lines = simpleSplit(text, REGULAR, 11.5, column - _ICON - 22)
            self._paragraph(
                text, left + _ICON + 12, high + 14 + 7 * (len(lines) - 1), column - _ICON - 22, 11.5, REGULAR
            )
        return top - _ICON_STEP * ((len(words) + 1) // 2)

    def _icon(self, word: str, left: float, low: float, side: float, width: float) -> None:
        canvas, scale = self._canvas, side / 24
        canvas.setLineWidth(width)
        canvas.setLineCap(1)
        canvas.setLineJoin(1)
        for shape in ICONS[word]:
            if isinstance(shape, Disc):
                middle = (left + shape.x * scale, low + side - shape.y * scale)
                canvas.circle(*middle, shape.radius * scale, stroke=1, fill=int(shape.filled))
                continue
            path = canvas.beginPath()
            for number, (x, y) in enumerate(shape.points):
                place = (left + x * scale, low + side - y * scale)
                (path.lineTo if number else path.moveTo)(*place)
            if shape.closed:
                path.close()
            canvas.drawPath(path, stroke=1, fill=0)

    def _rows(self, document: RegisterDocument, camera: CameraPart, record: RecordPart) -> Iterator[tuple[str, str]]:
        texts = self._texts
        yield texts("sign.responsible"), _contact(record.controller)
        yield texts("sign.officer"), _contact(record.privacy_officer)
        yield texts("sign.authority"), _contact(record.authority)
        yield texts("sign.purpose"), ", ".join(texts.word("purpose", each) for each in record.purposes)
        law = texts.written(record.legal_basis.law)[0]
        yield texts("sign.law"), f"{texts.word('ground', record.legal_basis.ground)}; {law}"
        yield texts("sign.kept"), texts("sign.kept_text", days=texts.days(document.retention_days["minutes"]))
        yield texts("sign.camera"), camera.camera

    def _facts(self, rows: Iterator[tuple[str, str]], top: float) -> float:
        for term, text in rows:
            beside = self._paragraph(term, _EDGE, top, 150, 10, BOLD, 2)
            below = self._paragraph(text, _EDGE + 160, top, _WIDTH - 2 * _EDGE - 160, 10, REGULAR, 2)
            top = min(beside, below) - 3
        return top

    def _paragraph(
        self, text: str, left: float, baseline: float, width: float, size: float, face: str, max_lines: int = 6
    ) -> float:
        """Writes a text in lines of a width; returns the next baseline below it."""
        lines: Sequence[str] = simpleSplit(text, face, size, width)
        if len(lines) > max_lines:
            lines = [*lines[: max_lines - 1], lines[max_lines - 1].rstrip() + " …"]
        self._canvas.setFont(face, size)
        for line in lines:
            self._canvas.drawString(left, baseline, line)
            baseline -= size * 1.3
        return baseline

    def _code(self, address: str, left: float, low: float, side: float) -> None:
        """Draws a QR code of squares, so that it is sharp at any size; error correction Q takes dirt and scratches."""
        code: Any = segno.make(address, error="q", micro=False)
        modules = [list(row) for row in code.matrix]
        step = side / (len(modules) + 2 * _QUIET_ZONE)
        self._canvas.setFillColorRGB(0, 0, 0)
        for number, row in enumerate(modules):
            for place, dark in enumerate(row):
                if dark:
                    x, y = left + (place + _QUIET_ZONE) * step, low + side - (number + 1 + _QUIET_ZONE) * step
                    self._canvas.rect(x, y, step * 1.01, step * 1.01, stroke=0, fill=1)


def _contact(contact: ContactPart) -> str:
    return ", ".join(part for part in (contact.name, contact.address, contact.contact) if part)
