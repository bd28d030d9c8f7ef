"""What the register's keys accept, and what they say where they do not."""

from pathlib import Path
from typing import get_args

import pytest

from passerby.config.register.keys import GroundWord, PurposeWord, distance_km
from passerby.config.service import service_site
from passerby.domain.errors import SiteFileError
from passerby.domain.register import LegalGround, MeasuringPurpose

VIEW = "field_of_view: [[44.8, 20.46], [44.8, 20.461], [44.801, 20.461]]"


def faults(camera: str, site: str = "{}") -> str:
    text = f"cameras: {{a: {{source: {{file: a.mp4}}, register: {{{camera}}}}}}}\nregister: {site}\n"
    try:
        service_site(text, "site.yaml", Path(), {})
    except SiteFileError as error:
        return str(error)
    return ""


def test_closed_lists_are_those_of_the_domain() -> None:
    assert set(get_args(PurposeWord)) == set(MeasuringPurpose)
    assert set(get_args(GroundWord)) == set(LegalGround)


@pytest.mark.parametrize(
    ("camera", "said"),
    [
        ("purposes: [mobility_plannin]", "Did you mean mobility_planning?"),
        ("purposes: mobility_planning", "a list is needed"),
        ("purposes: []", "at least 1 is needed"),
        ("legal_basis: {ground: consent}", "Known here: legal_obligation, legitimate_interests, public_task"),
        ("installed: 2026-02-30", "is no date"),
        ("installed: 20260131", "text"),
        ("installed: '20260131'", "is no date"),
        ("paused: true", "say why"),
        ("paused: ''", "1 to 300 letters"),
        ("title: {english: Square}", "no language tag"),
        ("title: {}", "a text is needed"),
        ("title: [a]", "a text is needed"),
        ("title: 'Squ\u200bare'", "cannot be seen"),
        (f"title: {'x' * 301}", "1 to 300 letters"),
        ("place: {position: [20.46, 100, 1]}", "a place is [latitude, longitude]"),
        ("place: {position: [144.8, 20.46]}", "latitude must lie within 90"),
        ("place: {position: [90.5, 20.46]}", "latitude must lie within 90"),
        ("place: {position: [44.8, -180.5]}", "longitude must lie within 180"),
        ("place: {position: [44.8, .nan]}", "must be a number"),
        ("place: {position: [44.8, true]}", "must be a number"),
        ("place: {field_of_view: [[44.8, 20.46], [44.8, 20.461]]}", "3 to 100 corners"),
        ("place: {field_of_view: [[0, 0], [0, 1], [1, 0], [1, 1]]}", "crosses itself"),
        ("place: {field_of_view: [[0, 0], [0, 1], [0, 2]]}", "crosses itself or has no area"),
        (f"place: {{position: [20.46, 44.8], {VIEW}}}", "latitude and longitude swapped"),
        ("operational_events: {enabled: true}", "refused until their own legal basis"),
        ("operational_events: {enabled: true, legal_basis: {ground: public_task}}", "refused until"),
        ("operational_events: {replays: true}", "replays are of operational events, which are switched off"),
        ("impact_assessment: {risks: {text: low}}", "this key is needed"),
        ("controler: {}", "Did you mean controller?"),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(camera: str, said: str) -> None:
    assert said in faults(camera)


@pytest.mark.parametrize(
    "camera",
    [
        "paused: false",
        "paused: {en: Street works, sr-Cyrl: Радови}",
        "operational_events: {enabled: false}",
        "operational_events: {enabled: true, legal_basis: {ground: public_task, law: Police Act s. 2}}",
        "operational_events: {enabled: true, replays: true, legal_basis: {ground: public_task, law: Police Act s. 2}}",
        f"place: {{position: [44.8, 20.46], {VIEW}}}",
        "recipients: []",
    ],
)
def test_what_can_be_is_accepted(camera: str) -> None:
    assert faults(camera) == ""


@pytest.mark.parametrize(
    ("site", "said"),
    [
        ("{page: 'http://city.example/'}", "https://"),
        ("{page: 'https://user@city.example/'}", "https://"),
        ("{page: 'https://city.example/?a=1'}", "https://"),
        ("{questions: {public_key: c2hvcnQ=}}", "case-key"),
        ("{questions: {public_key: not base64}}", "case-key"),
        ("{questions: {answered_within_days: 0}}", "1"),
        ("{languages: []}", "at least 1"),
        ("{languages: [english]}", "no language tag"),
    ],
)
def test_what_a_site_cannot_say_is_refused(site: str, said: str) -> None:
    assert said in faults("", site)


def test_distances_are_those_of_the_ground() -> None:
    assert distance_km((44.0, 20.0), (45.0, 20.0)) == pytest.approx(111.2, abs=0.1)
    assert distance_km((60.0, 20.0), (60.0, 21.0)) == pytest.approx(55.6, abs=0.1)
