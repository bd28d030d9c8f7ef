"""JPEG headers that RTP leaves out are written anew."""

import pytest

from passerby.ingest.sources.errors import StreamError
from passerby.ingest.sources.rtsp.jpeg import JpegPayload
from passerby.ingest.sources.rtsp.rtp import Place

FIRST = b"\0\0\0\0\x41\x32\x02\x02" + b"\0\x04\xff\xff"


def test_tables_of_a_quality_and_restart_marks() -> None:
    (part,) = JpegPayload().parts(FIRST + b"scan")
    assert (part.place, part.key) == (Place.FIRST, True)
    assert part.content.startswith(b"\xff\xd8\xff\xdb\0\x43\0\x10\x0b\x0c")
    assert b"\xff\xdd\0\x04\0\x04" in part.content
    assert part.content.endswith(b"scan")


def test_pictures_without_a_size_are_refused_with_what_to_do() -> None:
    with pytest.raises(StreamError, match="larger than RTP can state"):
        JpegPayload().parts(FIRST[:6] + b"\0\x10" + FIRST[8:] + b"scan")


def test_a_fragment_goes_on_where_the_last_one_ended() -> None:
    payload = JpegPayload()
    payload.parts(FIRST + b"scan")
    then = b"\0\0\0%c\x41\x32\x02\x02" + b"\0\x04\xff\xff"
    assert payload.parts(then % 4 + b"more")[0] == (Place.REST, b"more", False, False)
    assert payload.parts(then % 9 + b"lost")[0].place is Place.BROKEN
