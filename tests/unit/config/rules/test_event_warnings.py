"""What of a camera's rules is probably not meant, and whether they run at all."""

from pathlib import Path

import pytest

from passerby.config.check import check_site

ZONE = "{points: [[0.2, 0.6], [0.8, 0.6], [0.8, 0.9], [0.2, 0.9]]}"
REGISTER = """
register:
  controller: {name: City of Example, address: 1 Town Hall Square, contact: traffic@city.example}
  privacy_officer: {contact: privacy@city.example}
  authority: {name: Data Protection Commissioner, contact: https://authority.example}
  purposes: [mobility_planning]
  legal_basis: {ground: public_task, law: Roads Act s. 1}
  recipients: []
  impact_assessment:
    reference: DPIA 2026-1
    OPINION
    necessity: {text: It is., by: A, date: 2026-01-31}
    risks: {text: Few., by: A, date: 2026-01-31}
    officer_advice: {text: Do., by: A, date: 2026-01-31}
    views: {text: Heard., by: A, date: 2026-01-31}
"""
CAMERA = """
      title: Square
      place:
        address: mast
        position: [44.8160, 20.4600]
        field_of_view: [[44.8160, 20.4600], [44.8163, 20.4600], [44.8163, 20.4604]]
"""
EVENTS = "      operational_events: {enabled: true, legal_basis: {ground: public_task, law: Safety Act s. 2}}\n"
OPINION = "opinion: 12/26"


def warnings(folder: Path, rules: str, top: str = "", ground: str = "", register: str = "") -> list[str]:
    path = folder / "site.yaml"
    own = f"    register:{register}" if register else ""
    path.write_text(
        f"{top}\ncameras:\n  square:\n    zones: {{middle: {ZONE}}}\n{ground}    rules:\n"
        + "".join(f"      {line}\n" for line in rules.splitlines())
        + own
    )
    return list(check_site(path).cameras[0].warnings)


FULL = "full: {kind: overcrowding, zone: middle, above_people: 40}"
RUNS = {"top": REGISTER.replace("OPINION", OPINION), "register": CAMERA + EVENTS}


@pytest.mark.parametrize(
    ("top", "register", "lacking"),
    [
        ("", "", "not registered, so it does not run: the register lacks title, controller.name"),
        (REGISTER.replace("OPINION", OPINION), CAMERA,
         "the register lacks operational_events.enabled, with a legal basis of its own"),
        (REGISTER.replace("    OPINION\n", ""), CAMERA + EVENTS, "the register lacks impact_assessment.opinion"),
        (REGISTER.replace("OPINION", OPINION) + "  paused: Street works\n", CAMERA + EVENTS, "paused: Street works"),
    ],
)  # fmt: skip
def test_rules_do_not_run_without_the_register(tmp_path: Path, top: str, register: str, lacking: str) -> None:
    (found,) = warnings(tmp_path, FULL, top=top, register=register)
    assert found.startswith(f"its rule does not run: {lacking}")


def test_rules_that_run_are_nothing_to_think_about(tmp_path: Path) -> None:
    assert warnings(tmp_path, FULL, **RUNS) == []


def test_a_cool_down_shorter_than_the_hold_time_is_one(tmp_path: Path) -> None:
    (found,) = warnings(tmp_path, FULL.replace("40", "40, hold_s: 30, cool_down_s: 10"), **RUNS)
    assert found.startswith("rule full: its cool_down_s (10) is shorter than its hold_s (30)")


def test_rules_that_are_always_raised_together_are_one(tmp_path: Path) -> None:
    twin = FULL.replace("full:", "again:").replace("40", "40, severity: critical")
    assert warnings(tmp_path, f"{FULL}\n{twin}", **RUNS) == ["rules full and again: they are always raised together"]


def test_hours_outside_those_of_every_profile_are_one(tmp_path: Path) -> None:
    top = RUNS["top"] + "profiles: {market: {hours: [{days: [sat]}]}, fair: {dates: [2026-12-24]}, idle: {}}\n"
    monday = FULL.replace("40", "40, hours: [{days: [mon]}], profiles: [market]")
    (found,) = warnings(tmp_path, monday, top=top, register=RUNS["register"])
    assert found.startswith("rule full: its hours never meet those of its profiles")
    assert check_site(tmp_path / "site.yaml").warnings == (
        "profiles.fair: no rule is of this profile, so it switches nothing",
        "profiles.idle: no rule is of this profile, so it switches nothing",
    )
    # A date may be any day of the week.
    assert warnings(tmp_path, monday.replace("[market]", "[market, fair]"), top=top, register=RUNS["register"]) == []


def test_a_density_that_only_a_closer_look_resolves_is_one(tmp_path: Path) -> None:
    ground = (
        "    ground:\n      points:\n        - {picture: [0.2, 0.9], metres: [0, 0]}\n"
        "        - {picture: [0.8, 0.9], metres: [40, 0]}\n        - {picture: [0.6, 0.4], metres: [40, 80]}\n"
        "        - {picture: [0.4, 0.4], metres: [0, 80]}\n        - {picture: [0.5, 0.9], metres: [20, 0]}\n"
    )
    found = warnings(tmp_path, "full: {kind: densest_area, zone: middle, above_per_m2: 2}", ground=ground, **RUNS)
    assert [each for each in found if each.startswith("rule full: at most ")]
