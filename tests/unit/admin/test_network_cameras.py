"""Passwords for cameras come from the environment only, and what cameras report is given without credentials."""

import json

import pytest

from passerby.admin.network_cameras import address_notes, check_camera_name, found_row, known_password, probed_row
from passerby.domain.errors import SourceError
from passerby.onvif.addresses import StreamAddress
from passerby.onvif.choice import Choice
from passerby.onvif.device import DeviceFacts, ProbedCamera, StreamProfile
from passerby.onvif.matches import FoundCamera

USABLE = StreamAddress("rtsp://10.0.0.5/main", elsewhere=False, complete=True)
ELSEWHERE = StreamAddress("rtsp://192.168.1.5/main", elsewhere=True, complete=True)
HIDDEN = StreamAddress("rtsp://10.0.0.5/main?key=***", elsewhere=False, complete=False)


@pytest.mark.parametrize("name", ["a", "Market-square_2", "0", "x" * 63])
def test_names_that_a_site_file_can_hold(name: str) -> None:
    check_camera_name(name)


@pytest.mark.parametrize("name", ["", "-a", "_a", "a b", "a.b", "ä", "x" * 64, "a/b"])
def test_names_that_it_cannot_hold(name: str) -> None:
    with pytest.raises(SourceError, match="1 to 63"):
        check_camera_name(name)


def test_a_password_is_read_from_the_variable_or_typed_or_not_needed() -> None:
    environment = {"CAMERA_PASSWORD": "canary", "EMPTY": ""}
    assert known_password("admin", "CAMERA_PASSWORD", environment) == "canary"
    assert known_password("admin", None, environment) is None
    assert known_password("", None, environment) == ""


@pytest.mark.parametrize(
    ("user", "variable", "says"),
    [
        ("", "CAMERA_PASSWORD", "Give --user too"),
        ("admin", "EMPTY", "EMPTY is not set, or empty"),
        ("admin", "ABSENT", "ABSENT is not set"),
        ("admin", "canary!", "no name of an environment variable"),
        ("admin", "1canary", "no name of an environment variable"),
        ("admin", "c" * 101, "no name of an environment variable"),
    ],
)
def test_a_password_that_cannot_be_had_is_refused_and_never_repeated(user: str, variable: str, says: str) -> None:
    with pytest.raises(SourceError, match=says) as refused:
        known_password(user, variable, {"EMPTY": ""})
    assert "canary" not in str(refused.value)


def profile(token: str, address: StreamAddress | None, name: str = "") -> StreamProfile:
    return StreamProfile(token, name, "H264", 640, 360, 25.0, 0, "1", address)


def probed(*profiles: StreamProfile) -> ProbedCamera:
    return ProbedCamera("10.0.0.5:80", DeviceFacts("Acme", "One", "1.0", "123"), profiles, 3.5, ("slow",))


def test_what_a_probe_found_is_given_as_json() -> None:
    usable, elsewhere, none = profile("a", USABLE), profile("b", ELSEWHERE), profile("c", None)
    camera = probed(usable, elsewhere, none)
    row = json.loads(json.dumps(probed_row(camera, (Choice(usable, "the smaller one"),), "lines")))
    shown = [(each["address"], each["elsewhere"], each["usable"], each["recommended"]) for each in row["profiles"]]
    assert shown == [
        (USABLE.shown, False, True, "the smaller one"),
        (ELSEWHERE.shown, True, False, None),
        (None, False, False, None),
    ]
    assert (row["address"], row["clock_ahead_s"], row["site_lines"]) == ("10.0.0.5:80", 3.5, "lines")
    assert row["device"]["maker"] == "Acme"
    assert row["notes"] == ["slow", *address_notes(camera)]
    assert len(row["notes"]) == 3


def test_each_address_that_cannot_be_used_has_a_note_with_the_streams_name() -> None:
    notes = address_notes(
        probed(profile("a", USABLE), profile("b", ELSEWHERE, "Main"), profile("c", HIDDEN), profile("d", None))
    )
    assert [note.split(":")[0] for note in notes] == ["Main", "c", "d"]
    assert [
        words in note for note, words in zip(notes, ("another host", "credentials", "no RTSP address"), strict=True)
    ]


def test_what_a_search_found_is_given_as_json() -> None:
    camera = FoundCamera("10.0.0.5", "urn:uuid:1", "North", "One", "gate", (USABLE, ELSEWHERE))
    row = json.loads(json.dumps(found_row(camera)))
    assert row == {
        "address": camera.address, "name": "North", "hardware": "One", "location": "gate", "endpoint": "urn:uuid:1",
        "services": [{"address": USABLE.shown, "elsewhere": False}, {"address": ELSEWHERE.shown, "elsewhere": True}],
    }  # fmt: skip
