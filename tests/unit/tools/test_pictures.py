"""The documentation's pictures are those that `make pictures` makes, all of them shown, and small."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from passerby.report.pictures.palette import LIGHT
from testing.source_tree import ROOT
from tools.check_docs import pages
from tools.pictures.__main__ import WIDEST_PX, keep_shown, lit
from tools.pictures.views import COUNT, MAX_BYTES, SCHEMES, SHOWN, VIEWS, WINDOWS_PX, picture_name

KEPT = ROOT / "docs" / "pictures"


def test_what_is_kept_is_what_is_made_and_no_more() -> None:
    assert sorted(path.name for path in KEPT.iterdir()) == sorted(f"{name}.webp" for name in SHOWN)


def test_every_picture_is_shown_and_every_one_that_is_shown_is_there() -> None:
    texts = [page.read_text(encoding="utf-8") for page in pages(ROOT)]
    shown = {name for text in texts for name in re.findall(r"pictures/([\w-]+)\.webp", text)}
    assert shown == set(SHOWN)


def test_they_are_small_together() -> None:
    assert sum(path.stat().st_size for path in KEPT.iterdir()) <= MAX_BYTES


@pytest.mark.parametrize("name", SHOWN)
def test_a_picture_is_as_large_as_its_window_and_says_nothing_beside_its_pixels(name: str) -> None:
    of = {
        picture_name(view.name, window, scheme): window for view in VIEWS for window in WINDOWS_PX for scheme in SCHEMES
    }
    with Image.open(KEPT / f"{name}.webp") as picture:
        assert picture.format == "WEBP"
        assert not {"exif", "xmp", "icc_profile"} & set(picture.info)
        assert picture.size == (WINDOWS_PX[of[name]] if name in of else (WIDEST_PX, picture.height))


def test_the_page_of_a_film_is_chosen_on_which_most_lights_up() -> None:
    page = np.full((20, 30, 3), 250, np.uint8)
    assert lit(page) == 0
    page[:5, :10] = np.array(LIGHT.forward[:3]) + 4
    page[10:, :2] = LIGHT.backward[:3]
    assert lit(page) == 50 + 20


def test_a_picture_that_is_not_shown_any_more_goes(tmp_path: Path) -> None:
    made, kept = tmp_path / "made", tmp_path / "kept"
    made.mkdir()
    kept.mkdir()
    (kept / "gone.webp").write_bytes(b"x")
    for name in SHOWN:
        Image.new("RGBA", (2 * WIDEST_PX, 100), "#123456").save(made / f"{name}.png")
    size_bytes = keep_shown(made, kept)
    assert sorted(path.stem for path in kept.iterdir()) == sorted(SHOWN)
    assert size_bytes == sum(path.stat().st_size for path in kept.iterdir())
    with Image.open(kept / f"{COUNT}-light.webp") as small:
        assert small.size == (WIDEST_PX, 50)
