"""Whatever stands in a site file, reading it ends in a site or in its faults."""

from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.config.loader import load_layout, load_site
from passerby.config.service import load_service
from passerby.domain.errors import SiteFileError

REPOSITORY = Path(__file__).parents[3]


KEYS = st.sampled_from(
    [
        *("site", "cameras", "lines", "zones", "movements", "ground", "points", "distances", "picture", "metres"),
        *("from", "to", "line", "way", "count", "masks", "source", "file", "detector", "intervals", "inside_s"),
        *("report_s", "start_confidence", "keep_confidence", "name", "time_zone", "picture_px", "a", "b"),
        *("rtsp", "http", "usb", "user", "password", "password_from", "authority", "network", "server", "host", "port"),
        *("store", "url", "url_from", "retention", "minutes", "quarters", "workers", "cameras_each", "data"),
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | KEYS
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=6),
    max_leaves=12,
)


def flow(tree: object) -> str:
    """A tree as YAML, carelessly quoted, so that some of it is broken."""
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{key}: {flow(value)}" for key, value in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(flow(value) for value in tree) + "]"
    if isinstance(tree, float):
        return str(tree).replace("nan", ".nan").replace("inf", ".inf")
    return "null" if tree is None else str(tree)


def encoded(text: str) -> bytes:
    """Any text as bytes, also what is no UTF-8."""
    return text.encode("utf-8", "surrogatepass")


def only_site_file_errors(folder: Path, content: bytes) -> None:
    """Load it in all ways; anything but a site or its faults fails the test."""
    path = folder / "any.yaml"
    path.write_bytes(content)
    for load in (load_site, load_layout, partial(load_service, environment={})):
        try:
            load(path)
        except SiteFileError as error:
            assert error.faults
            assert all(fault.startswith(f"{path}:") and fault.isprintable() for fault in error.faults)


@settings(max_examples=100)
@given(tree=TREES)
def test_any_tree_ends_in_a_site_or_its_faults(tree: object, tmp_path_factory: pytest.TempPathFactory) -> None:
    only_site_file_errors(tmp_path_factory.getbasetemp(), encoded(flow(tree)))


@settings(max_examples=100)
@given(
    tree=st.fixed_dictionaries(
        {"cameras": st.dictionaries(KEYS, st.dictionaries(KEYS, TREES, max_size=4), min_size=1, max_size=2)}
    )
)
def test_any_camera_ends_in_a_site_or_its_faults(tree: object, tmp_path_factory: pytest.TempPathFactory) -> None:
    only_site_file_errors(tmp_path_factory.getbasetemp(), encoded(flow(tree)))


@settings(max_examples=100)
@given(text=st.text() | st.text(alphabet="ab:-[]{}&*!|>'\"%@`#,?\n\t 01.~\\xU<=", max_size=60))
def test_any_text_ends_in_a_site_or_its_faults(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    only_site_file_errors(tmp_path_factory.getbasetemp(), encoded(text))


@settings(max_examples=100)
@given(content=st.binary(max_size=200))
def test_any_bytes_end_in_a_site_or_its_faults(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    only_site_file_errors(tmp_path_factory.getbasetemp(), content)


@pytest.mark.slow
@settings(max_examples=40)
@given(
    place=st.floats(0, 1), length=st.integers(0, 30), patch=st.text(alphabet="ab:-[]{}&*!|'\"%#,\n\t 0.~", max_size=6)
)
def test_a_damaged_site_ends_in_a_site_or_its_faults(
    place: float, length: int, patch: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = (REPOSITORY / "examples" / "demo.site.yaml").read_text(encoding="utf-8")
    at = int(place * len(text))
    only_site_file_errors(tmp_path_factory.getbasetemp(), encoded(text[:at] + patch + text[at + length :]))
