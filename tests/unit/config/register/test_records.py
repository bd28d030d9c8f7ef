"""The records that a site's defaults and a camera's own keys make."""

from pathlib import Path

import pytest

from passerby.config.service import service_site
from passerby.domain.register import LegalGround, OpenField, Registration, Tier
from passerby.domain.service import SitePlan
from testing.trial_service.site_register import CAMERA_REGISTER, SITE_REGISTER, camera_record, registered, site_record

CAMERA = "  a:\n    source: {file: a.mp4}\n    "


def plan(text: str) -> SitePlan:
    return service_site(text, "site.yaml", Path(), {}).plan


def registration(camera: str, site: str = SITE_REGISTER) -> Registration:
    return plan(f"cameras:\n{CAMERA}{camera}\n{site}").cameras[0].registration


def test_defaults_of_the_site_and_a_place_make_a_record() -> None:
    found = registration(CAMERA_REGISTER)
    assert found.record == camera_record()
    assert found.gaps == ()
    assert found.runs


def test_without_any_key_all_is_missing_and_the_camera_does_not_run() -> None:
    found = registration("analysed_fps: 5", "")
    assert found.record is None
    assert not found.runs
    assert found.gaps == (
        "title", "controller.name", "controller.address", "controller.contact", "privacy_officer.contact",
        "authority.name", "authority.contact", "legal_basis.ground", "legal_basis.law", "impact_assessment.reference",
        "purposes", "recipients", "place.address", "place.position", "place.field_of_view",
    )  # fmt: skip


@pytest.mark.parametrize("gap", ["title", "position", "address", "field_of_view"])
def test_each_missing_key_of_a_camera_is_named(gap: str) -> None:
    key, end = f"{gap}: ", {"title": ",", "address": ",", "position": "],", "field_of_view": "]]"}[gap]
    start = CAMERA_REGISTER.index(key)
    without = CAMERA_REGISTER[:start] + CAMERA_REGISTER[CAMERA_REGISTER.index(end, start) + len(end) :].lstrip(", ")
    found = registration(without)
    assert found.record is None
    assert [each.rpartition(".")[2] for each in found.gaps] == [gap]


def test_a_camera_replaces_single_keys_of_a_group() -> None:
    own = CAMERA_REGISTER.replace("{title", "{controller: {name: Harbour}, purposes: [crowd_safety], title", 1)
    record = registration(own).record
    assert record is not None
    assert (record.controller.name, record.controller.contact) == ("Harbour", "traffic@example.org")
    assert record.purposes == ("crowd_safety",)


def test_others_run_while_one_is_not_registered() -> None:
    text = f"cameras:\n{CAMERA}{CAMERA_REGISTER}\n  b:\n    source: {{file: b.mp4}}\n{SITE_REGISTER}"
    assert [camera.name for camera in plan(text).cameras] == ["a", "b"]
    assert [camera.name for camera in plan(text).running] == ["a"]


def test_a_pause_of_the_camera_or_of_the_site_stops_it() -> None:
    paused = registration(CAMERA_REGISTER.replace("{title", '{paused: "Street works", title', 1))
    assert not paused.runs
    assert paused.paused is not None
    assert paused.paused.first == "Street works"
    assert not registration(CAMERA_REGISTER, SITE_REGISTER.replace("{contr", "{paused: Off, contr", 1)).runs
    own = CAMERA_REGISTER.replace("{title", "{paused: false, title", 1)
    assert not registration(own, SITE_REGISTER.replace("{contr", "{paused: Off, contr", 1)).runs


def test_a_camera_with_no_tier_does_not_run() -> None:
    assert not registration(CAMERA_REGISTER.replace("{title", "{statistics: false, title", 1)).runs


def test_events_wait_for_the_opinion_and_for_what_people_write() -> None:
    events = "operational_events: {enabled: true, legal_basis: {ground: legal_obligation, law: Safety Act s. 3}}"
    found = registration(CAMERA_REGISTER.replace("{title", f"{{{events}, title", 1))
    assert found.record is not None
    assert found.record.waits_for == (
        "impact_assessment.opinion", "impact_assessment.necessity", "impact_assessment.risks",
        "impact_assessment.officer_advice", "impact_assessment.views",
    )  # fmt: skip
    assert found.record.active_tiers == {Tier.STATISTICS}
    written = ", ".join(f"{each.value}: {{text: Yes, by: A. Person, date: 2026-01-31}}" for each in OpenField)
    site = SITE_REGISTER.replace("DPIA 1", f"DPIA 1, opinion: 07-1/2026, {written}")
    complete = registration(CAMERA_REGISTER.replace("{title", f"{{{events}, title", 1), site).record
    assert complete is not None
    assert complete.waits_for == ()
    assert complete.active_tiers == {Tier.STATISTICS, Tier.OPERATIONAL_EVENTS}
    assert complete.events_basis is not None
    assert complete.events_basis.ground is LegalGround.LEGAL_OBLIGATION


@pytest.mark.parametrize(("opinion", "replays"), [("07-1/2026", "true"), ("", "true"), ("07-1/2026", "false")])
def test_replays_are_allowed_where_they_are_switched_on_and_events_run(opinion: str, replays: str) -> None:
    basis = "legal_basis: {ground: public_task, law: Safety Act s. 3}"
    events = f"rules: {{blind: {{kind: camera_state, longer_than_s: 2}}}}\n    {CAMERA_REGISTER}".replace(
        "{title", f"{{operational_events: {{enabled: true, replays: {replays}, {basis}}}, title", 1
    )
    written = ", ".join(f"{each.value}: {{text: Yes, by: A. Person, date: 2026-01-31}}" for each in OpenField)
    given = f"opinion: {opinion}, " if opinion else ""
    site = SITE_REGISTER.replace("DPIA 1", f"DPIA 1, {given}{written}")
    allowed = bool(opinion) and replays == "true"
    running = plan(f"cameras:\n{CAMERA}{events}\n{site}")
    assert running.replaying == (frozenset("a") if allowed else frozenset())
    assert running.cameras[0].replays is allowed
    own = plan(f"cameras:\n{CAMERA}{events}\n{site.replace('{contr', '{paused: Works, contr', 1)}")
    assert not own.cameras[0].replays  # nothing is recorded in a pause
    assert own.replaying == running.replaying  # what is kept stays


def test_half_a_legal_basis_is_none() -> None:
    half = "operational_events: {legal_basis: {ground: public_task}}"
    found = registration(CAMERA_REGISTER.replace("{title", f"{{{half}, title", 1)).record
    assert found is not None
    assert found.events_basis is None


def test_what_the_site_says_of_itself() -> None:
    text = f"cameras:\n{CAMERA}{CAMERA_REGISTER}\n{SITE_REGISTER}"
    assert plan(text).record == site_record()
    more = text.replace("register: {contr", "register: {page: 'https://city.example/cameras', languages: [en], contr")
    assert plan(more).record.page == "https://city.example/cameras/"
    assert plan(more).record.languages == ("en",)


def test_groups_are_a_camera_s_own() -> None:
    text = "cameras: {a: {groups: [centre, centre, north], source: {file: a.mp4}}}"
    assert plan(text).cameras[0].groups == ("centre", "north")


def test_the_tests_own_helper_registers_every_camera_and_changes_no_other_line() -> None:
    text = "# top\ncameras:\n  a: # mast\n    source: {file: a.mp4}\n  b: {source: {file: b.mp4}}\n"
    assert [camera.registration.runs for camera in plan(registered(text)).cameras] == [True, True]
    assert "a: # mast\n" in registered(text)
    assert registered(registered(text)) == registered(text)
