"""What is refused in a camera's rules: every fault with its line and key, and what to write instead."""

from pathlib import Path

import pytest

from passerby.config.events.thresholds import MODELS
from passerby.config.loader import load_site
from passerby.domain.errors import SiteFileError

SITE = """
profiles:
  market day: {hours: [{days: [sat]}]}
cameras:
  square:
    lines:
      gate: {points: [[0.1, 0.5], [0.9, 0.5]]}
    zones:
      middle: {points: [[0.1, 0.5], [0.9, 0.5], [0.9, 0.9], [0.1, 0.9]]}
    rules:
"""
PEOPLE = "above_people (people)"
PER_M2 = "above_per_m2 (people for each square metre)"


def faults(folder: Path, text: str, site: str = SITE) -> list[str]:
    path = folder / "site.yaml"
    path.write_text(site + "".join(f"      {line}\n" for line in text.splitlines()))
    try:
        load_site(path)
    except SiteFileError as error:
        return [fault.partition(" cameras.square.rules.")[2] for fault in str(error).splitlines()]
    return []


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        ("kind: overcrowding, zone: middle, above_kmh: 4",
         f"above_kmh: overcrowding has its threshold, with its unit, in {PEOPLE} or {PER_M2}"),
        ("kind: overcrowding, zone: middle, above: 4",
         f"above: overcrowding has its threshold, with its unit, in {PEOPLE} or {PER_M2}"),
        ("kind: overcrowding, zone: middle, threshold: 4",
         f"threshold: overcrowding has its threshold, with its unit, in {PEOPLE} or {PER_M2}"),
        ("kind: queue, zone: middle, longer_than_s: 4",
         "longer_than_s: queue has its threshold, with its unit, in longer_than_m (metres) or longer_than_vehicles "
         "(vehicles)"),
        ("kind: wrong_way, line: gate, allowed_way: forward, above_people: 4",
         "above_people: wrong_way has no threshold: take the key away"),
        ("kind: overcrowding, zone: middle, above_people: 4, above_per_m2: 2",
         "above_per_m2: above_people and above_per_m2 were both given: keep one, or make two rules of it"),
        ("kind: overcrowding, zone: middle, above_people: 40 people",
         "above_people: a plain number is needed, in people, got the text '40 people'; the key's name has the unit"),
        ("kind: overcrowding, zone: middle, above_people: 2.5",
         "above_people: a whole number of people is needed, got 2.5. For people/m², write above_per_m2"),
        ("kind: overcrowding, zone: middle, above_people: 0", "above_people: it must be at least 1, got 0"),
        ("kind: counter_flow, line: gate, allowed_way: forward, above_share: 30",
         "above_share: a share lies between 0 and 1, got 30. Are these per cent? Write 0.3"),
        ("kind: counter_flow, line: gate, allowed_way: forward, above_share: 1.5",
         "above_share: a share lies between 0 and 1, got 1.5. Are these per cent? Write 0.015"),
        ("kind: stopped_vehicle, zone: middle, longer_than_s: 30, hold_s: 5",
         "hold_s: longer_than_s is already the time that is waited for: take hold_s away"),
        ("kind: wrong_way, line: gate, allowed_way: forward, hold_s: 5",
         "hold_s: this has happened as soon as it is certain, and is not waited for: take hold_s away"),
        ("kind: saturated, zone: middle, hours: [{from: 02:00, to: 02:00}]",
         "hours[0]: they end when they begin: for whole days leave from and to out"),
        ("kind: saturated, zone: middle, hours: [{from: 24:00, to: 02:00}]",
         'hours[0].from: a day ends at 24:00: write "00:00", and the days after'),
        ("kind: saturated, zone: middle, hours: [{days: [fry]}]",
         "hours[0].days: the text 'fry' is no day of the week. Known here: mon, tue, wed, thu, fri, sat, sun."),
        ("kind: saturated, zone: middle, hours: [{from: 25:00}]",
         'hours[0].from: a time of day in quotes is needed, "00:00" to "24:00", got the text \'25:00\''),
        ("kind: saturated, zone: middle, profiles: [market dya]",
         "profiles[0]: the text 'market dya' is no profile of this site. Did you mean market day?"),
        ("kind: saturated, zone: middle, profiles: [market day, market day]",
         "profiles[1]: the text 'market day' is here twice"),
        ("kind: mass_viewing, zone: middle",
         "kind: the text 'mass_viewing' is not known here. Known here: " + ", ".join(sorted(MODELS)) + "."),
        ("kind: overcrowdin, zone: middle, above_people: 40",
         "kind: the text 'overcrowdin' is not known here. Did you mean overcrowding?"),
        ("kind: vehicle_in_zone, zone: middle, count: [pedestrian]",
         "count: the text 'pedestrian' is not watched here. Known here: bicycle, bus, car, heavy_vehicle, "
         "motorcycle, truck."),
        ("kind: saturated, zone: middle, severity: urgent",
         "severity: the text 'urgent' is not known here. Known here: critical, notice, warning."),
        ("kind: saturated, zone: middle, hold_s: -1", "hold_s: it must be at least 0, got -1"),
        ("kind: saturated, zone: middle, colour: red",
         "colour: unknown key. Known here: cool_down_s, hold_s, hours, kind, profiles, severity, silent, zone."),
        ("kind: speeds, line: gate", "above_kmh: this key is needed: above_kmh"),
    ],
)  # fmt: skip
def test_a_fault_names_the_key_and_what_to_write(tmp_path: Path, keys: str, fault: str) -> None:
    assert faults(tmp_path, f"a: {{{keys}}}") == [f"a.{fault}"]


def test_a_rule_of_two_units_needs_one_of_them(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, "a: {kind: overcrowding, zone: middle}")
    assert fault == f"a: a threshold is needed: overcrowding has its threshold, with its unit, in {PEOPLE} or {PER_M2}"


def test_more_people_than_bodies_fit_is_refused(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, "a: {kind: densest_area, zone: middle, above_per_m2: 12}")
    assert fault.startswith("a.above_per_m2: more than 10 people do not fit on 1 m², got 12")


def test_a_rule_without_kind_is_shown_all_of_them(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, "a: {zone: middle}")
    assert fault == f"a.kind: this key is needed. Known here: {', '.join(sorted(MODELS))}."


def test_every_faulty_rule_is_reported_at_once(tmp_path: Path) -> None:
    text = "a: 5\nb: {kind: saturated, zone: midle}\nc: {kind: saturated, zone: middle}\nd: {kind: x}"
    found = faults(tmp_path, text)
    assert [fault.partition(":")[0] for fault in found] == ["a", "b.zone", "d.kind"]


def test_the_hours_of_a_profile_are_checked_too(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(
        'profiles: {a: {hours: [{from: "02:00", to: "02:00"}], dates: [2026-12-24, 2026-12-24, 2026-02-30]}}\n'
        "cameras: {b: {}}"
    )
    with pytest.raises(SiteFileError) as caught:
        load_site(path)
    assert [fault.partition("profiles.a.")[2].partition(":")[0] for fault in str(caught.value).splitlines()] == [
        "dates[1]", "dates[2]", "hours[0]",
    ]  # fmt: skip


def test_rules_are_no_part_of_a_lines_file(tmp_path: Path) -> None:
    from passerby.config.loader import load_layout

    path = tmp_path / "lines.yaml"
    path.write_text("zones: {a: {points: [[0, 0], [1, 0], [1, 1]]}}\nrules: {b: {kind: saturated, zone: a}}\n")
    with pytest.raises(SiteFileError, match="rules: unknown key"):
        load_layout(path)
