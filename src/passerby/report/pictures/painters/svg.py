"""A scene as SVG, to be changed in a drawing program or printed at any size."""

import base64
import io
from xml.etree import ElementTree as Tree

from PIL import Image

from passerby.report.pictures.painters.letters import base_line_px, start_px
from passerby.report.pictures.scene import Area, Bitmap, Colour, Disc, Panel, Point, Scene, Shape, Stroke, Words
from passerby.report.pictures.typeface import Typeface

_FAMILY = "Roboto, 'DejaVu Sans', 'Noto Sans', Arial, sans-serif"


def svg(scene: Scene) -> bytes:
    """Returns the picture as SVG: letters are letters, and keep their width where another font stands in."""
    width, height = scene.size_px
    root = Tree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width} {height}",
            "width": str(width),
            "height": str(height),
            "font-family": _FAMILY,
        },
    )
    Tree.SubElement(root, "rect", {"width": str(width), "height": str(height), **_filled(scene.paper)})
    for shape in scene.shapes:
        _add(shape, root, scene.face)
    written: bytes = Tree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _add(shape: Shape, root: Tree.Element, face: Typeface) -> None:
    match shape:
        case Area():
            Tree.SubElement(root, "polygon", {"points": _points(shape.corners_px), **_filled(shape.fill)})
        case Stroke():
            stroke = {"stroke": _hex(shape.colour), "stroke-width": _number(shape.width_px), "fill": "none"}
            opacity = {} if shape.colour[3] == 255 else {"stroke-opacity": _number(shape.colour[3] / 255)}
            ends = {"stroke-linecap": "round", "stroke-linejoin": "round"}
            Tree.SubElement(root, "polyline", {"points": _points(shape.points_px), **stroke, **opacity, **ends})
        case Disc():
            middle = {"cx": _number(shape.centre_px[0]), "cy": _number(shape.centre_px[1])}
            Tree.SubElement(root, "circle", {**middle, "r": _number(shape.radius_px), **_filled(shape.fill)})
        case Panel():
            corner = {"rx": _number(shape.radius_px)}
            Tree.SubElement(root, "rect", {**_placed(shape), **corner, **_filled(shape.fill)})
        case Bitmap():
            Tree.SubElement(root, "image", {**_placed(shape), "href": _embedded(shape.image)})
        case Words():
            letters = {
                "x": _number(start_px(shape, face)),
                "y": _number(base_line_px(shape)),
                "font-size": _number(shape.letter_px),
                "textLength": _number(face.width_px(shape.text, shape.letter_px, bold=shape.bold)),
                "lengthAdjust": "spacingAndGlyphs",
                **_filled(shape.colour),
                **({"font-weight": "bold"} if shape.bold else {}),
            }
            if shape.text:
                Tree.SubElement(root, "text", letters).text = shape.text


def _placed(shape: Panel | Bitmap) -> dict[str, str]:
    width, height = shape.box.size_px
    numbers = {"x": shape.box.left_px, "y": shape.box.top_px, "width": width, "height": height}
    return {name: _number(number) for name, number in numbers.items()}


def _filled(colour: Colour) -> dict[str, str]:
    opacity = {} if colour[3] == 255 else {"fill-opacity": _number(colour[3] / 255)}
    return {"fill": _hex(colour), **opacity}


def _hex(colour: Colour) -> str:
    return "#" + bytes(colour[:3]).hex()


def _points(points: tuple[Point, ...]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _number(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _embedded(image: Image.Image) -> str:
    sink = io.BytesIO()
    image.save(sink, "JPEG", quality=90)
    return "data:image/jpeg;base64," + base64.b64encode(sink.getvalue()).decode()
