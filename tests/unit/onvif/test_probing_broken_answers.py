"""Answers that are sound XML and wrong in every other way: told as an error, or read, and never a traceback."""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree  # type: ignore[import-untyped]

from passerby.domain.errors import SourceError
from passerby.onvif.addresses import DeviceAddress
from passerby.onvif.probing import probe
from passerby.onvif.transport import Credentials
from testing.onvif_camera import soap_camera
from testing.onvif_camera.soap_camera import Reply, SoapCamera, raw

QUESTIONS = ["GetSystemDateAndTime", "GetServices", "GetDeviceInformation", "GetProfiles", "GetStreamUri"]
WORDS = st.sampled_from(["", "-1", "1e999", "NaN", "ja", "9" * 500, "\u202e", "a b", "true", "2026-02-30"])
CHANGES = st.tuples(st.sampled_from(["drop", "say", "rename", "repeat", "nest"]), st.integers(0, 99), WORDS)


@pytest.fixture(scope="module")
def camera() -> Iterator[SoapCamera]:
    with soap_camera.serving(SoapCamera()) as one:
        yield one


def broken(reply: Reply, changes: list[tuple[str, int, str]]) -> Reply:
    """The answer with some of its elements dropped, renamed, repeated, nested or filled with other words."""
    root = etree.fromstring(b"".join(reply.parts()))
    for change, place, word in changes:
        elements = list(root.iter())[1:]
        if not elements:
            break
        element = elements[place % len(elements)]
        parent = element.getparent()
        if change == "drop":
            parent.remove(element)
        elif change == "say":
            element.text = word
        elif change == "rename":
            element.tag = "{urn:other}thing"
        elif change == "repeat":
            for _ in range(20):
                parent.append(etree.fromstring(etree.tostring(element)))
        else:
            element.append(etree.fromstring(etree.tostring(element)))
    return raw(etree.tostring(root))


@pytest.mark.slow
@settings(max_examples=60)
@given(question=st.sampled_from(QUESTIONS), changes=st.lists(CHANGES, min_size=1, max_size=3))
def test_any_broken_answer_is_reported_or_read(
    camera: SoapCamera, question: str, changes: list[tuple[str, int, str]]
) -> None:
    sound = SoapCamera()
    sound.port = camera.port
    reply = sound.replies[question]
    camera.replies = {**sound.replies, question: broken(reply if isinstance(reply, Reply) else reply(""), changes)}
    try:
        reported = asyncio.run(probe(DeviceAddress("127.0.0.1", camera.port), Credentials("operator", "S3cret"), 20.0))
    except SourceError as error:
        assert "127.0.0.1" in str(error)
    else:
        assert all(profile.name.isprintable() for profile in reported.profiles)
