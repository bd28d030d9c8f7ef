"""DTPR's words for a camera."""

import asyncio

from passerby.domain.configurations import ConfigurationVersion
from passerby.domain.register import MeasuringPurpose
from passerby.register.catalogue import english
from passerby.register.dtpr import _PURPOSES, elements_of
from passerby.register.published.publication import read_document
from passerby.register.sign.icons import ICONS
from testing.web.fakes import FakeStore, publication, site_plan


def test_every_purpose_has_a_word_and_every_word_a_name_and_an_icon() -> None:
    assert set(_PURPOSES) == set(MeasuringPurpose)
    store = FakeStore()
    asyncio.run(publication(store).publish(site_plan(), ConfigurationVersion(1, 0, "a", "b")))
    record = read_document(store.registers[-1]).cameras[0].record
    assert record is not None
    words = {word for words in elements_of(record).values() for word in words} | set(_PURPOSES.values())
    assert words <= set(ICONS)
    assert {f"dtpr.{word}" for word in ICONS} <= set(english().texts)
    assert "non_identifiable_video" not in words
