"""The lines for the site file hold what was found, and nothing that a stranger could smuggle in."""

import re
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from passerby.onvif.addresses import StreamAddress, stream_address
from passerby.onvif.choice import Choice
from passerby.onvif.device import StreamProfile
from passerby.onvif.site_lines import camera_name, password_variable, site_lines


def choice(uri: str) -> Choice:
    address = stream_address(uri, frozenset({"10.0.0.5"}))
    return Choice(StreamProfile("t", "t", "H264", 640, 360, 15, 0, "v", address), "why")


def read(lines: str) -> object:
    return YAML(typ="safe").load(StringIO(lines))


def test_one_camera() -> None:
    lines = site_lines([choice("rtsp://10.0.0.5:8554/a?b=1&c={d}#e")], "gate", "operator", "GATE_PASSWORD")
    source = {"rtsp": "rtsp://10.0.0.5:8554/a?b=1&c={d}", "user": "operator", "password_from": "GATE_PASSWORD"}
    assert read(lines) == {"cameras": {"gate": {"source": source}}}


def test_smaller_streams_are_named_beside_the_first() -> None:
    main, sub = choice("rtsp://10.0.0.5/a"), choice("rtsp://10.0.0.5/b?c=[d]")
    lines = site_lines([Choice(main.profile, "why", (sub.profile,))], "gate", "", "")
    source = {"rtsp": "rtsp://10.0.0.5/a", "streams": ["rtsp://10.0.0.5/b?c=[d]"]}
    assert read(lines) == {"cameras": {"gate": {"source": source}}}


def test_several_lenses_are_several_cameras() -> None:
    lines = site_lines([choice("rtsp://10.0.0.5/a"), choice("rtsp://10.0.0.5/b")], "gate", "", "")
    sources = {
        f"gate-{number}": {"source": {"rtsp": f"rtsp://10.0.0.5/{path}"}} for number, path in ((1, "a"), (2, "b"))
    }
    assert read(lines) == {"cameras": sources}


def test_nothing_to_watch_is_nothing_to_paste() -> None:
    assert site_lines([], "gate", "operator", "GATE_PASSWORD") == ""


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=60), st.text(max_size=20))
@pytest.mark.asvs("1.2.2")
def test_no_address_and_no_user_can_add_keys(path: str, user: str) -> None:
    address = StreamAddress(f"rtsp://10.0.0.5/{path}", elsewhere=False, complete=True)
    watched = Choice(StreamProfile("t", "t", "H264", 640, 360, 15, 0, "v", address), "why")
    found = read(site_lines([watched], "gate", user, "GATE_PASSWORD"))
    wanted = {"rtsp": address.shown} | ({"user": user, "password_from": "GATE_PASSWORD"} if user else {})
    assert found == {"cameras": {"gate": {"source": wanted}}}


@given(st.text(max_size=80))
def test_any_text_makes_names_that_are_taken(text: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}", camera_name(text))
    assert re.fullmatch(r"[A-Z][A-Z0-9_]*", password_variable(camera_name(text)))
