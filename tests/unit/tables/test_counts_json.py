"""The report as JSON."""

import json
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from jsonschema import Draft202012Validator, ValidationError

from passerby.domain.hand_counts import MinutePair
from passerby.domain.line_accuracies import LineAccuracies
from passerby.domain.report import CountReport
from passerby.domain.road_user import RoadUser
from passerby.tables.counts_json import count_schema, counts_document, counts_json, write_counts_json
from passerby.text import figure, share_figure, storable
from testing.reports import B, F, any_report, empty_report, market_square


def valid(document: object) -> None:
    Draft202012Validator(count_schema()).validate(document)


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(count_schema())


def test_the_promised_shape() -> None:
    document = json.loads(counts_json(market_square()))
    valid(document)
    assert document["lines"] == {
        "Station Road": {
            "pedestrian": {"forward": 412, "backward": 388},
            "bicycle": {"forward": 57, "backward": 61},
            "car": {"forward": 0, "backward": 0},
        },
        "East arcade": {"pedestrian": {"forward": 230, "backward": 251}},
    }
    assert document["ways"]["Station Road"] == {"forward": "to the station", "backward": "to the square"}
    assert document["speeds"] == {
        "Station Road": {},
        "East arcade": {
            "pedestrian": {
                "p15_mps": 1.24051,
                "p50_mps": 1.24051,
                "mean_mps": 1.3,
                "p85_mps": 1.56964,
                "error_mps": 0.125,
                "count": 440,
            }
        },
    }
    assert document["movements"] == {"Station to arcade": {"pedestrian": 141}}
    assert document["zones"]["Fountain"]["area_m2"] == 182.0
    assert document["zones"]["Fountain"]["road_users"]["pedestrian"] == {
        "occupancy_mean": 6.4,
        "occupancy_max": 17,
        "entries": 310,
        "exits": 302,
        "dwell_p50_s": 48.0,
        "dwell_p85_s": 210.0,
    }
    assert (document["coverage"], document["frames"], document["frames_lost"]) == (0.983, 13500, 12)
    assert (document["start"], document["duration_s"], document["analysed_fps"]) == ("2026-06-01T08:00:00Z", 900, 10)
    assert document["ground"] == {"rmse_m": 0.12}


def test_a_line_that_was_counted_by_hand_has_its_own_interval_and_its_neighbour_the_wide_one() -> None:
    minutes = [MinutePair(60 * i, RoadUser.BICYCLE, F, 10, 9) for i in range(10)]
    document = counts_document(market_square(), LineAccuracies({("square", "Station Road"): minutes}))
    valid(document)
    bicycles, people = (
        document["true_crossings"]["Station Road"][kind]["forward"] for kind in ("bicycle", "pedestrian")
    )
    assert (bicycles["basis"], people["basis"]) == ("validated 100", "prior")
    # Nine of ten, minute by minute: 57 that were counted are some 63 or 64, give or take a tenth.
    assert 57 < bicycles["low"] < 63 < bicycles["expected"] < 64 < bicycles["high"] < 71
    assert document["true_crossings"]["East arcade"]["all"]["both"]["basis"] == "prior"


def test_intervals_carry_unit_way_and_coverage_and_no_data_is_null() -> None:
    flow, dwell, density = counts_document(market_square())["intervals"]
    assert flow == {
        "series_id": "square/Station%20Road/flow/pedestrian/forward",
        "camera": "square",
        "series": "Station Road",
        "quantity": "flow",
        "unit": "1",
        "road_user": "pedestrian",
        "direction": "forward",
        "direction_name": "to the station",
        "start": "2026-06-01T08:00:00Z",
        "length_s": 900,
        "value": 412.0,
        "count": 7,
        "coverage": 0.983,
        "error": None,
        "unexplained": 0.0,
        "expected": 528.205,
        "low": 397.082,
        "high": 702.628,
        "level": 0.95,
        "basis": "prior",
        "place_sd": 74.4905,
        "count_sd": 19.0955,
    }
    assert (dwell["value"], dwell["coverage"], dwell["unit"], dwell["direction_name"]) == (None, 0.0, "s", None)
    assert density["unit"] == "m-2"


def test_a_class_that_a_zone_knows_no_stay_of_is_null_not_zero() -> None:
    bicycle = counts_document(market_square())["zones"]["Fountain"]["road_users"]["bicycle"]
    assert bicycle["dwell_p50_s"] is None
    assert bicycle["entries"] == 0


def test_nothing_watched_is_valid_too() -> None:
    document = counts_document(empty_report())
    valid(document)
    assert (document["coverage"], document["lines"], document["ground"]) == (0.0, {}, None)


def test_the_schema_refuses_what_is_not_in_it() -> None:
    document = counts_document(market_square())
    for spoilt in ({**document, "speed": 1}, {**document, "coverage": 1.5}, {**document, "start": "today"}):
        with pytest.raises(ValidationError):
            valid(spoilt)


def test_numpy_numbers_are_written_as_plain_ones() -> None:
    report = market_square()
    total = replace(report.lines[0], counts={RoadUser.CAR: {F: cast("int", np.int64(3)), B: cast("int", np.int64(4))}})
    line = json.loads(counts_json(replace(report, lines=(total,))))["lines"]["Station Road"]
    assert line == {"car": {"forward": 3, "backward": 4}}


def test_the_order_in_which_classes_were_counted_does_not_show() -> None:
    report = market_square()
    turned = replace(report.lines[0], counts=dict(reversed(list(report.lines[0].counts.items()))))
    assert counts_json(replace(report, lines=(turned, report.lines[1]))) == counts_json(report)


@given(any_report)
def test_any_report_round_trips_as_valid_json_without_nan(report: CountReport) -> None:
    def refuse(constant: str) -> float:
        raise AssertionError(f"{constant} in the JSON")

    written = counts_json(report)
    assert written == counts_json(report)
    document = json.loads(written, parse_constant=refuse)
    valid(document)
    assert document == counts_document(report)
    for total in report.lines:
        got = document["lines"][storable(total.line.name)]
        assert got == {user.label: {"forward": ways[F], "backward": ways[B]} for user, ways in total.counts.items()}
    for row, observation in zip(document["intervals"], report.observations, strict=True):
        assert row["value"] == figure(observation.value)
        assert row["error"] == figure(observation.error)
        assert (row["count"], row["coverage"]) == (observation.count, share_figure(observation.coverage))


def test_the_file_holds_the_same(tmp_path: Path) -> None:
    write_counts_json(market_square(), tmp_path / "counts.json")
    assert (tmp_path / "counts.json").read_bytes() == counts_json(market_square())
