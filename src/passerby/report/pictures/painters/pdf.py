"""A scene as a PDF of one page, with its fonts embedded."""

import io
from pathlib import Path
from typing import Any, Final

from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

from passerby.report.pictures.painters.letters import base_line_px, start_px
from passerby.report.pictures.scene import Area, Bitmap, Colour, Disc, Panel, Point, Scene, Shape, Stroke, Words
from passerby.report.pictures.typeface import BOLD, REGULAR, Typeface

_POINTS: Final = 0.75
"""A pixel of a 96th of an inch in points of a 72nd."""


def pdf(scene: Scene) -> bytes:
    """Returns the picture as PDF; the same scene gives the same bytes."""
    width, height = scene.size_px
    sink = io.BytesIO()
    canvas = Canvas(sink, pagesize=(width * _POINTS, height * _POINTS), invariant=1)
    canvas.setTitle("passerby")
    # From the top left corner downwards, as in a picture.
    canvas.transform(_POINTS, 0, 0, -_POINTS, 0, height * _POINTS)
    page = _Page(canvas, scene.face)
    page.fill(scene.paper)
    canvas.rect(0, 0, width, height, stroke=0, fill=1)
    for shape in scene.shapes:
        page.draw(shape)
    canvas.showPage()
    canvas.save()
    return sink.getvalue()


def drawn_on(canvas: Any, scene: Scene) -> None:
    """Draws a scene onto a page whose coordinates run from the top left corner downwards, in the scene's pixels."""
    page = _Page(canvas, scene.face)
    for shape in scene.shapes:
        page.draw(shape)


class _Page:
    def __init__(self, canvas: Any, face: Typeface) -> None:
        self._canvas, self._face = canvas, face

    def fill(self, colour: Colour) -> None:
        red, green, blue, opacity = (part / 255 for part in colour)
        self._canvas.setFillColorRGB(red, green, blue, alpha=opacity)

    def draw(self, shape: Shape) -> None:
        match shape:
            case Area():
                self.fill(shape.fill)
                self._canvas.drawPath(self._path(shape.corners_px, closed=True), stroke=0, fill=1)
            case Stroke():
                red, green, blue, opacity = (part / 255 for part in shape.colour)
                self._canvas.setStrokeColorRGB(red, green, blue, alpha=opacity)
                self._canvas.setLineWidth(shape.width_px)
                self._canvas.setLineCap(1)
                self._canvas.setLineJoin(1)
                self._canvas.drawPath(self._path(shape.points_px, closed=False), stroke=1, fill=0)
            case Disc():
                self.fill(shape.fill)
                self._canvas.circle(*shape.centre_px, shape.radius_px, stroke=0, fill=1)
            case Panel():
                self.fill(shape.fill)
                box = shape.box
                self._canvas.roundRect(box.left_px, box.top_px, *box.size_px, shape.radius_px, stroke=0, fill=1)
            case Bitmap():
                self._picture(shape)
            case Words():
                self._write(shape)

    def _path(self, points: tuple[Point, ...], *, closed: bool) -> Any:
        path = self._canvas.beginPath()
        path.moveTo(*points[0])
        for point in points[1:]:
            path.lineTo(*point)
        if closed:
            path.close()
        return path

    def _picture(self, bitmap: Bitmap) -> None:
        sink = io.BytesIO()
        bitmap.image.save(sink, "JPEG", quality=90)
        sink.seek(0)
        width, height = bitmap.box.size_px
        self._upright(bitmap.box.left_px, bitmap.box.bottom_px)
        self._canvas.drawImage(ImageReader(sink), 0, 0, width, height)
        self._canvas.restoreState()

    def _write(self, words: Words) -> None:
        self._upright(start_px(words, self._face), base_line_px(words))
        self.fill(words.colour)
        at_px = 0.0
        for run in self._face.runs(words.text, bold=words.bold):
            name = registered(run.font)
            # A system's font that cannot be embedded: its letters are marked.
            text = run.text if name is not None else "?" * len(run.text)
            name = name or registered(BOLD if words.bold else REGULAR)
            self._canvas.setFont(name, words.letter_px)
            self._canvas.drawString(at_px, 0, text)
            at_px += pdfmetrics.stringWidth(text, name, words.letter_px)
        self._canvas.restoreState()

    def _upright(self, x_px: float, y_px: float) -> None:
        self._canvas.saveState()
        self._canvas.transform(1, 0, 0, -1, x_px, y_px)


def registered(path: str) -> str | None:
    """Returns the name of a font, made known to reportlab; None where it cannot be embedded."""
    name = Path(path).stem
    if name not in pdfmetrics.getRegisteredFontNames():
        try:
            pdfmetrics.registerFont(TTFont(name, path))
        except (TTFError, OSError):
            return None
    return name
