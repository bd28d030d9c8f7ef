"""A picture's file, in the form that its name asks for."""

import io
from pathlib import Path
from xml.etree import ElementTree as Tree

import pytest
from PIL import Image

from passerby.domain.errors import OutputError
from passerby.report.pictures.count_picture import count_picture
from passerby.report.pictures.output import FORMS, check_picture_name, write_picture
from testing.reports import market_square

SCENE = count_picture(market_square(), None, site="Market")


@pytest.mark.parametrize("form", FORMS)
def test_the_same_picture_gives_the_same_bytes(form: str, tmp_path: Path) -> None:
    for name in ("one", "other"):
        write_picture(SCENE, tmp_path / f"{name}{form.upper()}")
    one, other = ((tmp_path / f"{name}{form.upper()}").read_bytes() for name in ("one", "other"))
    assert one == other


def test_a_png_has_no_metadata(tmp_path: Path) -> None:
    write_picture(SCENE, tmp_path / "counts.png")
    with Image.open(io.BytesIO((tmp_path / "counts.png").read_bytes())) as picture:
        assert (picture.format, picture.info, picture.size) == ("PNG", {}, SCENE.size_px)


def test_an_svg_has_letters_and_asks_for_nothing_from_elsewhere(tmp_path: Path) -> None:
    write_picture(SCENE, tmp_path / "counts.svg")
    root = Tree.parse(tmp_path / "counts.svg").getroot()
    texts = {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"Market: square", "Station Road", "469"} <= texts
    links = [element.get("href", "") for element in root.iter("{http://www.w3.org/2000/svg}image")]
    assert links
    assert all(link.startswith("data:image/jpeg;base64,") for link in links)


def test_a_pdf_is_one_page_with_its_fonts(tmp_path: Path) -> None:
    write_picture(SCENE, tmp_path / "counts.pdf")
    content = (tmp_path / "counts.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    assert content.count(b"/Type /Page\n") == 1
    assert b"/FontFile2" in content
    assert b"Roboto-Bold" in content


@pytest.mark.parametrize("name", ["counts.jpg", "counts", ".png"])
def test_other_forms_are_refused_before_the_work(name: str, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"can be written as \.png, \.svg, \.pdf, got"):
        check_picture_name(tmp_path / name)
    with pytest.raises(OutputError):
        write_picture(SCENE, tmp_path / name)
    assert not (tmp_path / name).exists()
