"""What a check says about a file that has no fault."""

from pathlib import Path

import pytest

from passerby.config.check import CameraCheck, check_lines, check_site
from passerby.domain.errors import SiteFileError
from passerby.domain.register import OpenField
from testing.trial_service.site_register import CAMERA_REGISTER, SITE_REGISTER

REPOSITORY = Path(__file__).parents[3]
GROUND = """
ground:
  points:
    - {picture: [0.2, 0.9], metres: [0, 0]}
    - {picture: [0.8, 0.9], metres: [4, 0]}
    - {picture: [0.6, 0.4], metres: [4, 8]}
    - {picture: [0.4, 0.4], metres: [0, 8]}
"""


def checked(folder: Path, text: str) -> CameraCheck:
    path = folder / "lines.yaml"
    path.write_text(text)
    return check_lines(path).cameras[0]


def test_the_demo_site_has_nothing_to_think_about() -> None:
    site = check_site(REPOSITORY / "examples" / "demo.site.yaml")
    (camera,) = site.cameras
    assert (site.name, site.time_zone, site.inside_s, site.report_s) == ("PETS 2009 junction", "Europe/London", 60, 900)
    assert camera.warnings == ()
    assert [(line.name, line.forward.arrow, line.forward.name) for line in camera.lines] == [
        ("west lane", "←", "out to the west"),
        ("north road", "↓", "in from the north"),
        ("east road", "←", "in from the east"),
        ("lawn edge", "↓", "onto the lawn"),
    ]
    assert camera.ground is not None
    assert camera.ground.sentence.startswith("the 10 points agree to 0.02 m")
    assert camera.movements[0].sentence == "over east road (in from the east), then over west lane (out to the west)"
    assert [line.length_m for line in camera.lines] == pytest.approx([7.0, 5.2, 9.7, 12.5], abs=0.2)


def test_an_interval_that_changes_nothing_is_a_warning_of_the_site(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text("cameras: {a: {}}\nintervals: {report_s: 900}\n")
    assert check_site(path).warnings == ()
    path.write_text("cameras: {a: {}}\nintervals: {inside_s: 300}\n")
    assert check_site(path).warnings == (
        "intervals.inside_s has no effect: whole minutes are measured and kept, whatever it is. Take the key away",
    )


def test_a_recording_that_is_not_there_is_a_fault_of_the_check(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text("cameras:\n  a:\n    source: {file: gone.mp4}\n")
    with pytest.raises(SiteFileError, match=r"site\.yaml:3 cameras\.a\.source\.file: there is no such file: gone\.mp4"):
        check_site(path)


@pytest.mark.parametrize(
    ("points", "arrow", "heading"),
    [
        ("[[0.5, 0.1], [0.5, 0.9]]", "←", "to the left"),
        ("[[0.5, 0.9], [0.5, 0.1]]", "→", "to the right"),
        ("[[0.1, 0.5], [0.9, 0.5]]", "↓", "down"),
        ("[[0.9, 0.5], [0.1, 0.5]]", "↑", "up"),
        ("[[0.2, 0.2], [0.6, 0.8]]", "↙", "down to the left"),
        ("[[0.6, 0.8], [0.2, 0.2]]", "↗", "up to the right"),
    ],
)
def test_forward_goes_from_the_left_hand_to_the_right_hand(
    tmp_path: Path, points: str, arrow: str, heading: str
) -> None:
    (line,) = checked(tmp_path, f"lines: {{a: {{points: {points}}}}}").lines
    assert (line.forward.arrow, line.forward.heading) == (arrow, heading)
    assert line.backward.arrow == dict(zip("→↘↓↙←↖↑↗", "←↖↑↗→↘↓↙", strict=True))[arrow]


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (
            "lines: {a: {points: [[0.1, 0.5], [0.9, 0.5]], forward: over, backward: over}}",
            "line a: both ways are called over; its two counts cannot be distinguished",
        ),
        (
            "lines: {a: {points: [[0.5, 0.5], [0.52, 0.5]]}}",
            "line a: it is very short; road users that pass beside its ends are not counted",
        ),
        (
            "lines: {a: {points: [[0.1, 0.99], [0.9, 0.99]]}}",
            "line a: it lies on the picture's lower edge, where no road user is seen on both sides of it",
        ),
        (
            "lines: {a: {points: [[0.1, 0.06], [0.9, 0.06]]}}",
            "line a: it lies in the top of the picture, where people are mostly only a few pixels high; add a "
            "look_closer polygon there",
        ),
        (
            "zones: {a: {points: [[0, 0], [0.5, 0], [0.5, 0.5], [0, 0.5]]}, b: {points: [[0.25, 0], [1, 0], [1, 1], "
            "[0.25, 1]]}}",
            "zones a and b: they overlap (50% of the smaller one); who is in both counts in both, so do not "
            "add them up",
        ),
        (
            f"lines: {{a: {{points: [[0.3, 0.7], [0.99, 0.45]]}}}}{GROUND}",
            "line a: a part of it lies well outside the calibrated points; metres and speeds there are extrapolated",
        ),
        (
            f"zones: {{a: {{points: [[0.3, 0.7], [0.6, 0.7], [0.5, 0.01]]}}}}{GROUND}",
            "zone a: a part of it lies at or above the ground's horizon; nothing is measured in metres there",
        ),
        (
            "lines: {a: {points: [[0.3, 0.7], [0.55, 0.7]]}}"
            + GROUND.replace(" 8]", " 1.9]").replace("[0.6,", "[0.8,").replace("[0.4,", "[0.2,"),
            "the camera looks down steeply: the lower edge of a box is then beside the feet, so lines and zones are "
            "met up to half a person's height too early or too late",
        ),
    ],
)  # fmt: skip
def test_what_to_think_about(tmp_path: Path, text: str, warning: str) -> None:
    assert checked(tmp_path, text).warnings == (warning,)


def test_people_too_small_for_the_detector(tmp_path: Path) -> None:
    wide = GROUND.replace("[4, 0]", "[80, 0]").replace("[4, 8]", "[80, 160]").replace("[0, 8]", "[0, 160]")
    (warning,) = checked(tmp_path, f"lines: {{a: {{points: [[0.3, 0.7], [0.6, 0.7]]}}}}{wide}").warnings
    assert warning.startswith("line a: people there are about ")
    assert warning.endswith("add a look_closer polygon there")


STEEP = GROUND.replace(" 8]", " 1.9]").replace("[0.6,", "[0.8,").replace("[0.4,", "[0.2,")
WIDE = GROUND.replace("[4, 0]", "[80, 0]").replace("[4, 8]", "[80, 160]").replace("[0, 8]", "[0, 160]")


@pytest.mark.parametrize(("ground", "top"), [(STEEP, 0.7), (WIDE, 0.7), ("", 0.05)])
@pytest.mark.parametrize(("count", "advised"), [("[car, bus, truck]", False), ("[car, pedestrian]", True)])
def test_peoples_height_is_no_matter_of_lines_that_count_cars(
    tmp_path: Path, ground: str, top: float, count: str, advised: bool
) -> None:
    text = f"lines: {{a: {{points: [[0.3, {top}], [0.55, {top}]], count: {count}}}}}{ground}"
    assert bool(checked(tmp_path, text).warnings) is advised


def test_four_points_say_nothing_of_their_error(tmp_path: Path) -> None:
    ground = checked(tmp_path, f"lines: {{a: {{points: [[0.3, 0.7], [0.6, 0.7]]}}}}{GROUND}").ground
    assert ground is not None
    assert ground.rmse_m is None
    assert (
        ground.sentence == "four points fix the ground exactly, so its error cannot be seen; add a fifth point or more"
    )


def test_a_blundered_point_is_seen(tmp_path: Path) -> None:
    more = "    - {picture: [0.5, 0.6], metres: [2, 3.2]}\n    - {picture: [0.3, 0.7], metres: [9, 9]}\n"
    ground = checked(tmp_path, f"lines: {{a: {{points: [[0.3, 0.7], [0.6, 0.7]]}}}}{GROUND}{more}").ground
    assert ground is not None
    assert ground.rmse_m is not None
    assert ground.rmse_m > 0.5
    assert ground.sentence.endswith("that is much: look for a point that is mistaken")


def test_rules_are_in_words_with_why_they_do_not_run(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(
        "profiles: {fair: {}}\ncameras:\n  a:\n    zones: {square: {points: [[0.1, 0.5], [0.9, 0.5], [0.9, 0.9]]}}\n"
        "    rules:\n      full: {kind: overcrowding, zone: square, above_people: 40, severity: critical, "
        'profiles: [fair], hours: [{days: [fri, sat], from: "18:00", to: "02:00"}]}\n'
        "      kept clear: {kind: obstacle, zone: square, longer_than_s: 90}\n"
    )
    full, clear = check_site(path).cameras[0].rules
    assert (full.name, full.kind, full.place, full.severity) == ("full", "overcrowding", "square", "critical")
    assert full.sentence == 'more than 40 people in the area "square", for 10 s'
    assert full.when == "Fri, Sat 18:00–02:00; only when switched on: fair"
    assert clear.sentence == 'something that is no person stays still in the area "square" for longer than 90 s'
    assert clear.when == ""
    assert full.why_not.startswith("not registered, so it does not run: the register lacks title")


@pytest.mark.parametrize(
    ("replays", "opinion", "said"),
    [
        ("true", "07-1/26", "is kept for 48 hours, encrypted"),
        ("true", "", "is kept for 48 hours, encrypted, once its operational events run"),
        ("false", "07-1/26", ""),
    ],
)
def test_replays_that_are_kept_are_said(tmp_path: Path, replays: str, opinion: str, said: str) -> None:
    basis = "legal_basis: {ground: public_task, law: Safety Act s. 3}"
    events = f"operational_events: {{enabled: true, replays: {replays}, {basis}}}"
    written = "".join(f", {each.value}: {{text: Yes, by: A. Person, date: 2026-01-31}}" for each in OpenField)
    given = f", opinion: {opinion}" if opinion else ""
    path = tmp_path / "site.yaml"
    path.write_text(
        "cameras:\n  a:\n    rules: {blind: {kind: camera_state, longer_than_s: 2}}\n    "
        + CAMERA_REGISTER.replace("{title", f"{{{events}, title", 1)
        + "\nretention: {replays: 2}\n"
        + SITE_REGISTER.replace("DPIA 1", f"DPIA 1{given}{written}")
    )
    (camera,) = check_site(path).cameras
    assert camera.replays.endswith(said)
    assert bool(camera.replays) is bool(said)
