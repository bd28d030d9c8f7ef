"""The languages: every one has every text, with the same places in it."""

import string
from typing import get_args

import pytest

from passerby.config.register.keys import GroundWord, PurposeWord
from passerby.domain.access import Purpose
from passerby.domain.observations import Quantity
from passerby.domain.register import OpenField
from passerby.domain.retention import Kind
from passerby.domain.road_user import RoadUser
from passerby.register.catalogue import catalogue, english, languages
from passerby.register.published.generation import NEVER


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", languages())
def test_every_language_has_every_text_with_its_places(language: str) -> None:
    texts = catalogue(language).texts
    assert set(texts) == set(english().texts)
    assert {key for key, text in texts.items() if places(text) != places(english().texts[key])} == set()


def test_english_and_both_scripts_are_there() -> None:
    assert {"en", "sr-Latn", "sr-Cyrl"} <= set(languages())


def test_a_language_without_a_file_is_shown_in_english() -> None:
    assert catalogue("de")("page.cameras") == "Cameras"


@pytest.mark.parametrize(
    ("group", "words"),
    [
        ("purpose", get_args(PurposeWord)), ("ground", get_args(GroundWord)), ("look", tuple(Purpose)),
        ("quantity", tuple(Quantity)), ("user", tuple(user.label for user in RoadUser)), ("kind", tuple(Kind)),
        ("never", NEVER), ("open", tuple(OpenField)),
    ],
)  # fmt: skip
def test_every_word_of_a_closed_list_has_a_name(group: str, words: tuple[str, ...]) -> None:
    assert [word for word in words if f"{group}.{word}" not in english().texts] == []


@pytest.mark.parametrize(
    ("language", "number", "said"),
    [("en", 1, "1 day"), ("en", 21, "21 days"), ("sr-Latn", 21, "21 dan"), ("sr-Latn", 11, "11 dana")],
)
def test_numbers_of_days(language: str, number: int, said: str) -> None:
    assert catalogue(language).days(number) == said


@pytest.mark.parametrize(
    ("written", "language", "shown"),
    [
        ({"": "Square"}, "sr-Cyrl", ("Square", "sr-Cyrl")),
        ({"en": "Square", "sr-Latn": "Trg"}, "sr-Cyrl", ("Трг", "sr-Cyrl")),
        ({"en": "Square", "sr-Cyrl": "Трг"}, "sr-Latn", ("Trg", "sr-Latn")),
        ({"en": "Square", "de": "Platz"}, "sr-Latn", ("Square", "en")),
        ({"de": "Platz"}, "en", ("Platz", "de")),
    ],
)
def test_a_site_s_own_text_in_the_language_of_the_page(written, language, shown) -> None:
    assert catalogue(language).written(written) == shown
