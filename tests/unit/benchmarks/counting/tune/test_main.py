from itertools import product
from pathlib import Path

import pytest

from benchmarks.counting.tune import __main__ as tune
from benchmarks.counting.tune.conditions import CLEAR, CONDITIONS
from benchmarks.counting.tune.count import RunScore
from benchmarks.counting.tune.place import VEHICLES, WHOLE, Look, Place
from benchmarks.counting.tune.sightings import Looking, Run
from passerby.ingest.stage import FrameResult
from passerby.track.tracker import TrackerSettings

KNOBS = {"start_confidence": (0.4, 0.5, 0.6), "keep_confidence": (0.25, 0.35, 0.45)}


def place(name: str, crossings: int) -> Place:
    return Place(name, WHOLE, Path(f"{name}.mp4"), (Look(5.0, 2),), (), {("a", "forward", VEHICLES): crossings})


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> list[Place]:
    """Two streets that count best at 0.4, and one that counts best at 0.6 and is worse otherwise."""
    best = {"first": 0.4, "second": 0.4, "odd": 0.6}

    def nothing_kept(runs: list[Run], _: Looking) -> list[list[FrameResult]]:
        return [[] for _ in runs]

    def made_score(run: Run, _: object, settings: TrackerSettings) -> RunScore:
        missed = abs(settings.start_confidence - best[run.place.recording]) + abs(settings.keep_confidence - 0.35)
        return RunScore(run, round(100 * missed), 0)

    monkeypatch.setattr(tune, "sightings", nothing_kept)
    monkeypatch.setattr(tune, "score", made_score)
    return [place("first", 100), place("second", 100), place("odd", 100)]


def test_a_recording_is_judged_by_settings_that_were_chosen_without_it(places: list[Place]) -> None:
    found = tune.tuned(places, "made", KNOBS)
    assert found["chosen"] == {"start_confidence": 0.4, "keep_confidence": 0.35}
    odd = next(row for row in found["left_out"] if row["recording"] == "odd")
    assert odd["choice"] == {"start_confidence": 0.4, "keep_confidence": 0.35}
    assert (odd["off"], odd["used"], odd["true"], odd["fps"]) == (20, 20, 100, 5.0)
    first = next(row for row in found["left_out"] if row["recording"] == "first")
    assert first["choice"]["keep_confidence"] == 0.35


def test_few_crossings_weigh_less() -> None:
    def scored(one: Place, off: int) -> RunScore:
        return RunScore(Run(one, 5.0, 0), off, 0)

    many, few = place("many", 180), place("few", 5)
    assert tune.weighted_loss([scored(many, 18), scored(few, 5)], None) == pytest.approx((0.9 * 0.1 + 0.2) / 1.1)
    assert tune.weighted_loss([scored(many, 18), scored(few, 5)], "few") == pytest.approx(0.1)


def test_a_plateau_is_preferred_to_a_peak() -> None:
    losses = dict[tune.Choice, float](
        zip(product((1.0, 2.0), (0.4, 0.5, 0.6)), [0.09, 0.30, 0.30, 0.30, 0.11, 0.10], strict=True)
    )
    assert tune.plateau(losses) == (2.0, 0.6)


def test_the_settings_that_are_tried_exist() -> None:
    for name in {*tune.KNOBS, *tune.OTHER_KNOBS}:
        assert name == "side_px" or hasattr(TrackerSettings(), name)


def test_the_settings_in_use_are_judged_in_every_condition(places: list[Place]) -> None:
    rows = tune.seen_badly(places[:1], Looking(), TrackerSettings())
    assert [row["condition"] for row in rows] == [CLEAR, *CONDITIONS]
    missed = abs(TrackerSettings().start_confidence - 0.4) + abs(TrackerSettings().keep_confidence - 0.35)
    assert {(row["recording"], row["off"], row["true"]) for row in rows} == {("first", round(100 * missed), 100)}
