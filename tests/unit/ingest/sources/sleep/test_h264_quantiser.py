"""The quantiser of a picture of H.264, against what the encoder was told to take."""

import pytest

from passerby.ingest.sources.coded_pictures import START_CODE
from passerby.ingest.sources.sleep.h264_quantiser import QuantiserReader
from testing.pictures.night import coded_night

BASE = "scenecut=0:repeat-headers=1:ipratio=1:pbratio=1:aq-mode=0"


def quantiser(settings: bytes, content: bytes) -> int | None:
    header = QuantiserReader(settings).read(content)
    assert header is not None
    return header.quantiser


@pytest.mark.parametrize(
    "more",
    ["cabac=1", "cabac=0", "weightp=2:ref=4", "slices=3", "interlaced=1", "keyint=6:min-keyint=2:ref=3:bframes=0"],
)
@pytest.mark.parametrize("wanted", [23, 38])
def test_it_is_what_the_encoder_was_told(more: str, wanted: int) -> None:
    options = {"x264-params": f"{BASE}:qp={wanted}:{more}", "tune": "zerolatency", "preset": "faster"}
    _, pictures = coded_night(1.0, options=options)
    reader = QuantiserReader()
    headers = [reader.read(one.content) for one in pictures]
    assert {header.quantiser for header in headers if header is not None} == {wanted}
    assert [header is not None and header.key for header in headers] == [one.key for one in pictures]
    assert all(header is not None and header.forward for header in headers)


def test_a_picture_that_is_shown_before_one_it_needs_is_not_forward() -> None:
    options = {"x264-params": f"{BASE}:bframes=2:b-adapt=0", "tune": "film", "preset": "faster"}
    _, pictures = coded_night(2.0, options=options)
    reader = QuantiserReader()
    headers = [reader.read(one.content) for one in pictures]
    assert any(header is not None and not header.forward for header in headers)


def test_parameter_sets_may_come_beforehand_behind_start_codes_or_in_a_box() -> None:
    _, pictures = coded_night(0.5, options={"x264-params": f"{BASE}:qp=30"})
    units = [unit.rstrip(b"\0") for unit in pictures[0].content.split(START_CODE[1:]) if unit.rstrip(b"\0")]
    sets = [unit for unit in units if unit[0] & 0x1F in (7, 8)]
    bare = START_CODE + units[-1]
    assert quantiser(b"", bare) is None
    assert quantiser(START_CODE + START_CODE.join(sets), bare) == 30
    box = b"\1" + sets[0][1:4] + b"\xff" + b"\xe1" + len(sets[0]).to_bytes(2, "big") + sets[0]
    box += b"\1" + len(sets[1]).to_bytes(2, "big") + sets[1]
    measured = len(units[-1]).to_bytes(4, "big") + units[-1]
    assert quantiser(box, measured) == 30


@pytest.mark.parametrize("content", [b"", b"\0\0\1", b"\0\0\1\x65", b"\0\0\1\x67\xff\xff", b"noise" * 100])
def test_what_is_no_picture_has_none(content: bytes) -> None:
    header = QuantiserReader(b"\1\2").read(content)
    assert header is None or header.quantiser is None
