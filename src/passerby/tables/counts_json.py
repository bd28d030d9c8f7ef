"""The whole report as one JSON document; `count.schema.json` beside this file is its shape."""

import json
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from passerby.domain.columns import StoredSeries
from passerby.domain.events import Direction
from passerby.domain.histograms import Histogram
from passerby.domain.layout import Movement
from passerby.domain.line_accuracies import PRIOR, LineAccuracies
from passerby.domain.observations import distributed_in
from passerby.domain.report import CountReport, LineTotal, MovementTotal, ZoneTotal
from passerby.domain.road_user import RoadUser
from passerby.domain.spreads import FEWEST_FOR_BINS, spread, whole_distributions
from passerby.files import write_whole
from passerby.geometry.ground import path_length_m
from passerby.tables.observation_table import COLUMNS, INTERVAL_NAMES, START, count_table, interval_cells
from passerby.text import figure, share_figure, storable, utc_time

SCHEMA_VERSION = 2
"""Grows when a key changes its meaning or goes away; new keys alone do not raise it."""

Document = dict[str, Any]


def counts_json(report: CountReport, accuracies: LineAccuracies = PRIOR) -> bytes:
    """UTF-8 JSON of the report: never NaN, null for what is not known, the same bytes for the same report."""
    text = json.dumps(counts_document(report, accuracies), indent=2, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode("utf-8")


def write_counts_json(report: CountReport, path: Path, accuracies: LineAccuracies = PRIOR) -> None:
    """Writes the JSON whole or not at all; raises OutputError."""
    write_whole(path, counts_json(report, accuracies))


def count_schema() -> Document:
    """The JSON Schema (2020-12) that every document of `counts_json` keeps to."""
    text = resources.files("passerby.tables").joinpath("count.schema.json").read_text("utf-8")
    schema: Document = json.loads(text)
    return schema


def counts_document(report: CountReport, accuracies: LineAccuracies = PRIOR) -> Document:
    """The report in JSON's own types, lines and zones in the user's order, classes in theirs.

    Args:
        report: what was counted.
        accuracies: what is believed of the counts of its lines.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "camera": storable(report.camera_id),
        "source": storable(report.source),
        "start": utc_time(report.start_ns) if report.start_ns else None,
        "duration_s": figure(report.duration_s),
        "analysed_fps": figure(report.analysed_fps),
        "frames": int(report.frames_read),
        "frames_analysed": int(report.frames_analysed),
        "frames_lost": int(report.frames_lost),
        "coverage": share_figure(report.coverage),
        "unexplained": share_figure(report.unexplained),
        "losses": [storable(loss) for loss in report.losses],
        "notes": [storable(note) for note in report.notes],
        "model": storable(report.model),
        "isolation": {
            "level": int(report.isolation.level),
            "missing": [storable(reason) for reason in report.isolation.missing],
        },
        "ground": None if report.ground is None else {"rmse_m": figure(report.ground.rmse_m)},
        "lines": {storable(total.line.name): _line_counts(total) for total in report.lines},
        "true_crossings": {
            storable(total.line.name): _true_crossings(report, total, accuracies) for total in report.lines
        },
        "ways": {storable(total.line.name): _ways(total) for total in report.lines},
        "speeds": {storable(total.line.name): _speeds(total) for total in report.lines},
        "line_lengths_m": _line_lengths(report),
        "movement_ends": {storable(total.movement.name): _ends(total.movement) for total in report.movements},
        "movements": {storable(total.movement.name): _whole(total.counts) for total in report.movements},
        "true_movements": {
            storable(total.movement.name): _true_movement(report, total, accuracies) for total in report.movements
        },
        "zones": {storable(total.zone.name): _zone(total) for total in report.zones},
        "near_misses": {
            storable(total.pair): {"encounters": int(total.encounters), "near_misses": int(total.near_misses)}
            for total in report.encounters
        },
        "distributions": [
            _distribution(series, histogram) for series, histogram in whole_distributions(report.observations).items()
        ],
        "intervals": _intervals(report, accuracies),
    }


def _line_counts(total: LineTotal) -> Document:
    return {
        road_user.label: {way.value: int(total.counts[road_user].get(way, 0)) for way in Direction}
        for road_user in sorted(total.counts)
    }


def _true_crossings(report: CountReport, total: LineTotal, accuracies: LineAccuracies) -> Document:
    """Each class each way and both together, then all classes together."""
    unexplained = report.unexplained

    def row(road_users: Iterable[RoadUser], ways: Iterable[Direction]) -> Document:
        counted: dict[tuple[RoadUser, Direction | None], int] = {
            (user, way): int(total.counts[user].get(way, 0)) for user in road_users for way in ways
        }
        true = accuracies.of_counts(report.camera_id, total.line.name, counted, unexplained)
        return dict(zip(INTERVAL_NAMES, interval_cells(true), strict=True))

    def ways(road_users: Sequence[RoadUser]) -> Document:
        return {**{way.value: row(road_users, (way,)) for way in Direction}, "both": row(road_users, Direction)}

    users = sorted(total.counts)
    return {**{user.label: ways([user]) for user in users}, **({"all": ways(users)} if users else {})}


def _true_movement(report: CountReport, total: MovementTotal, accuracies: LineAccuracies) -> Document:
    """Each class, then all classes together."""

    def row(road_users: Sequence[RoadUser]) -> Document:
        counted = {user: int(total.counts[user]) for user in road_users}
        true = accuracies.of_movement_counts(report.camera_id, total.movement.name, counted, report.unexplained)
        return dict(zip(INTERVAL_NAMES, interval_cells(true), strict=True))

    users = sorted(total.counts)
    return {**{user.label: row([user]) for user in users}, **({"all": row(users)} if users else {})}


def _ways(total: LineTotal) -> Document:
    return {
        Direction.FORWARD.value: storable(total.line.forward_name),
        Direction.BACKWARD.value: storable(total.line.backward_name),
    }


def _speeds(total: LineTotal) -> Document:
    spreads = {road_user: spread(total.speeds_mps[road_user]) for road_user in sorted(total.speeds_mps)}
    return {
        road_user.label: {
            "p15_mps": figure(found.p15),
            "p50_mps": figure(found.p50),
            "mean_mps": figure(total.speed_mean_mps.get(road_user)),
            "p85_mps": figure(found.p85),
            "error_mps": figure(total.speed_error_mps.get(road_user)),
            "count": found.n,
        }
        for road_user, found in spreads.items()
    }


def _line_lengths(report: CountReport) -> Document:
    """Metres of ground along each line; null where the camera knows no metres there."""
    ground = report.ground
    return {
        storable(total.line.name): None if ground is None else figure(path_length_m(ground, total.line.points))
        for total in report.lines
    }


def _ends(movement: Movement) -> Document:
    return {
        "entry": {"line": storable(movement.entry_line), "direction": movement.entry_direction},
        "exit": {"line": storable(movement.exit_line), "direction": movement.exit_direction},
    }


def _distribution(series: StoredSeries, histogram: Histogram) -> Document:
    found, shown = spread(histogram), histogram.n >= FEWEST_FOR_BINS
    return {
        "series": storable(series.series),
        "quantity": distributed_in(series.quantity).value,
        "unit": series.quantity.unit,
        "road_user": None if series.road_user is None else series.road_user.label,
        "direction": series.direction,
        "n": found.n,
        "p15": figure(found.p15),
        "p50": figure(found.p50),
        "p85": figure(found.p85),
        "bins": list(histogram.bins) if shown else None,
        "counts": list(histogram.counts) if shown else None,
    }


def _zone(total: ZoneTotal) -> Document:
    classes = set[RoadUser]().union(
        total.occupancy_mean, total.occupancy_max, total.entries, total.exits, total.dwell_p50_s, total.dwell_p85_s
    )
    return {
        "area_m2": figure(total.area_m2),
        "density_mean_per_m2": figure(total.density_mean_per_m2),
        "density_max_per_m2": figure(total.density_max_per_m2),
        "saturated": figure(total.saturated),
        "road_users": {road_user.label: _zone_class(total, road_user) for road_user in sorted(classes)},
    }


def _zone_class(total: ZoneTotal, road_user: RoadUser) -> Document:
    return {
        "occupancy_mean": figure(total.occupancy_mean.get(road_user)),
        "occupancy_max": _number(total.occupancy_max, road_user),
        "entries": _number(total.entries, road_user),
        "exits": _number(total.exits, road_user),
        "dwell_p50_s": figure(total.dwell_p50_s.get(road_user)),
        "dwell_p85_s": figure(total.dwell_p85_s.get(road_user)),
    }


def _number(counts: Mapping[RoadUser, int], road_user: RoadUser) -> int | None:
    return int(counts[road_user]) if road_user in counts else None


def _whole(counts: Mapping[RoadUser, int]) -> Document:
    return {road_user.label: int(counts[road_user]) for road_user in sorted(counts)}


def _intervals(report: CountReport, accuracies: LineAccuracies) -> list[Document]:
    names, table = [column.name for column in COLUMNS], count_table(report, accuracies)
    intervals = []
    for observation in report.observations:
        cells: list[object] = list(table.cells(observation))
        cells[START] = utc_time(observation.start_ns) if report.start_ns else None
        intervals.append(dict(zip(names, cells, strict=True)))
    return intervals
