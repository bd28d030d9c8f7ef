"""XML and texts from strangers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.errors import SourceError
from passerby.onvif.markup import MAX_ANSWER_BYTES, plain, sound_xml


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        sound_xml(content, "10.0.0.1")
    except SourceError as error:
        assert str(error).startswith("10.0.0.1: ")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document type"),
        (
            '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16"),
            "document",
        ),
        (b"<a/>" + b" " * MAX_ANSWER_BYTES, "more than"),
        (b"<a>" * 400 + b"</a>" * 400, "no XML"),
        (b'<a b="' + b"c" * 100 + b'">', "no XML"),
    ],
)
@pytest.mark.asvs("1.5.1")
def test_what_grows_or_fetches_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(SourceError, match=why):
        sound_xml(content, "10.0.0.1")


def test_sound_xml_is_read() -> None:
    assert sound_xml(b"<a><b>c</b></a>", "10.0.0.1").findtext("b") == "c"


@given(st.text(max_size=500))
def test_plain_text_is_one_short_printable_line(text: str) -> None:
    shown = plain(text, 50)
    assert len(shown) <= 50
    assert shown == "" or shown.isprintable()


@pytest.mark.parametrize("value", [None, 3, b"bytes", ["list"]])
def test_what_is_no_text_is_empty(value: object) -> None:
    assert plain(value) == ""
