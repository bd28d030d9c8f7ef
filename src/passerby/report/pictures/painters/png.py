"""A scene as PNG: drawn at twice the size and then halved, for Pillow draws no smooth edges."""

import io
from typing import Final

from PIL import Image, ImageDraw

from passerby.report.pictures.painters.letters import base_line_px, start_px
from passerby.report.pictures.scene import Area, Bitmap, Disc, Panel, Point, Scene, Shape, Stroke, Words
from passerby.report.pictures.typeface import Typeface, font

_TIMES: Final = 2


def png(scene: Scene) -> bytes:
    """Returns the picture as PNG without any metadata."""
    sink = io.BytesIO()
    painted(scene).save(sink, "PNG")
    return sink.getvalue()


def painted(scene: Scene) -> Image.Image:
    """Returns the picture, RGB."""
    width_px, height_px = scene.size_px
    sheet = Image.new("RGB", (width_px * _TIMES, height_px * _TIMES), scene.paper[:3])
    # Pillow blends translucent colours into an RGB picture only where it is asked for them like this.
    pen = ImageDraw.Draw(sheet, "RGBA")
    for shape in scene.shapes:
        _draw(shape, sheet, pen, scene.face)
    return sheet.resize(scene.size_px, Image.Resampling.BOX)


def _draw(shape: Shape, sheet: Image.Image, pen: ImageDraw.ImageDraw, face: Typeface) -> None:
    match shape:
        case Area():
            pen.polygon([_scaled(corner) for corner in shape.corners_px], fill=shape.fill)
        case Stroke():
            width = max(1, round(shape.width_px * _TIMES))
            pen.line([_scaled(point) for point in shape.points_px], fill=shape.colour, width=width, joint="curve")
            if shape.colour[3] == 255:  # a translucent end would show twice
                for end in (shape.points_px[0], shape.points_px[-1]):
                    pen.circle(_scaled(end), shape.width_px / 2 * _TIMES, fill=shape.colour)
        case Disc():
            pen.circle(_scaled(shape.centre_px), shape.radius_px * _TIMES, fill=shape.fill)
        case Panel():
            box = shape.box
            corners = [edge * _TIMES for edge in (box.left_px, box.top_px, box.right_px, box.bottom_px)]
            pen.rounded_rectangle(corners, shape.radius_px * _TIMES, fill=shape.fill)
        case Bitmap():
            width_px, height_px = shape.box.size_px
            size = (round(width_px * _TIMES), round(height_px * _TIMES))
            at = (round(shape.box.left_px * _TIMES), round(shape.box.top_px * _TIMES))
            sheet.paste(shape.image.resize(size, Image.Resampling.NEAREST), at)
        case Words():
            at_px = start_px(shape, face) * _TIMES
            for run in face.runs(shape.text, bold=shape.bold):
                letters = font(run.font, shape.letter_px * _TIMES)
                pen.text(
                    (at_px, base_line_px(shape) * _TIMES), run.text, fill=shape.colour[:3], font=letters, anchor="ls"
                )
                at_px += float(letters.getlength(run.text))


def _scaled(point_px: Point) -> Point:
    return point_px[0] * _TIMES, point_px[1] * _TIMES
