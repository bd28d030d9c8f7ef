"""Counts out of a service's store: the same figures as of the count itself, gaps filled in, other periods refused."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from passerby.domain.errors import PasserbyError
from passerby.domain.observations import Observation, Quantity
from passerby.domain.passenger_cars import car_equivalents
from passerby.engine.service_folder import ServiceFolder
from passerby.recordings.reported.stored import Span, stored_counts
from passerby.report.traffic.compiled import traffic_report
from passerby.store.opening import open_store
from passerby.units import MINUTE_S, NS_PER_S
from tests.unit.report.traffic.counted_days import EIGHT, GAP, junction

TEXT = """\
cameras:
  junction:
    source: {rtsp: rtsp://10.0.0.1/x}
    lines:
      North arm: {points: [[0.2, 0.3], [0.5, 0.3]], forward: into the crossing}
      East arm: {points: [[0.8, 0.4], [0.8, 0.7]], forward: out}
    movements:
      North to east: {from: {line: North arm, way: forward}, to: {line: East arm, way: forward}}
data: kept
"""
BEGIN = datetime.fromtimestamp(EIGHT, UTC)


def minutes(rows: tuple[Observation, ...]) -> Iterator[Observation]:
    """Each quarter as fifteen minutes, the first of which has all of it; of the gap there is no row."""
    kept = (Quantity.FLOW, Quantity.MOVEMENT, Quantity.SPEED_MEAN, Quantity.HEADWAY_MEAN)
    for row in rows:
        if row.value is not None and row.quantity in kept:
            for number in range(15):
                start_ns = row.start_ns + number * MINUTE_S * NS_PER_S
                one = replace(row, start_ns=start_ns, length_s=MINUTE_S)
                rest = None if "mean" in row.quantity.value else 0.0
                yield one if number == 0 else replace(one, value=rest, count=0, histogram=None)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stored")
    (folder / "kept").mkdir()
    (folder / "site.yaml").write_text(TEXT)

    async def keep() -> None:
        store = await open_store(
            ServiceFolder(folder / "kept").store_url(None), clock=lambda: (EIGHT + 10**5) * NS_PER_S
        )
        receipt = await store.store_observations(list(minutes(junction().observations)))
        assert not receipt.refused
        await store.close()

    asyncio.run(keep())
    return folder / "site.yaml"


@pytest.mark.slow
def test_what_is_stored_makes_the_same_figures_as_the_count(site: Path) -> None:
    end = BEGIN + timedelta(hours=2, minutes=30)
    (period,) = stored_counts(site, None, None, (Span(BEGIN, end),))
    report = traffic_report((period,), car_equivalents({}))
    tables = {table.key: table for section in report.sections for table in section.tables}
    assert ("North arm", "into the crossing", "motor vehicles", EIGHT + 900, 278.0, 92.0) in [
        row[:6] for row in tables["peak_hours"].rows
    ]
    assert tables["turning_matrix"].rows[0][1:4] == (246, 219, 465)
    assert tables["speeds"].rows[0][3] == 410
    gap = tables["counts/North arm/forward/900"].rows[GAP]
    assert set(gap[2:-1]) == {None} and gap[-1] == 0.0
    # Intervals that no one has counted by hand for, as the service's pages have them.
    assert tables["totals"].rows[0][-2] == "prior"
    assert period.coverage == pytest.approx(0.9)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("camera", "span", "says"),
    [
        ("gate", Span(BEGIN, BEGIN + timedelta(hours=1)), "one of junction of .* is needed, got gate"),
        (None, Span(BEGIN, BEGIN - timedelta(hours=1)), "--to: a time after --from"),
        (None, Span(BEGIN, BEGIN + timedelta(days=40)), "31 days at most, got 40"),
        (None, Span(BEGIN - timedelta(days=9), BEGIN - timedelta(days=8)), "nothing was counted from 2026-05-23"),
    ],
)
def test_periods_without_data_and_other_cameras_are_refused(
    site: Path, camera: str | None, span: Span, says: str
) -> None:
    with pytest.raises(PasserbyError, match=says):
        stored_counts(site, None, camera, (span,))
