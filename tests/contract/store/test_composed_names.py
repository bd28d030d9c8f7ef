"""Results that were stored under a decomposed name (NFD) are found and go on under the composed one (NFC)."""

import unicodedata
from dataclasses import replace
from typing import Any

import pytest

from passerby.domain.observations import Observation
from passerby.domain.queries import Bin, ObservationQuery
from passerby.ports import Store
from testing.store_keeper import MONDAY_S, NS_PER_S, Keeper, minute

NFC = unicodedata.normalize("NFC", "Brücke Süd")
NFD = unicodedata.normalize("NFD", NFC)
ALERTS = (
    "CREATE TABLE alerts (alert_id INTEGER PRIMARY KEY, time_ns BIGINT, camera TEXT, rule TEXT, place TEXT, "
    "value DOUBLE PRECISION, threshold DOUBLE PRECISION, unit TEXT, why TEXT)"
)
"""A table that the version before had."""


def asked(keeper: Keeper, store: Store, length: Bin, **wanted: Any) -> list[tuple[Any, ...]]:
    query = ObservationQuery(start_ns=NS_PER_S, end_ns=2**62, bin=length, limit=10_000, **wanted)
    rows = keeper.run(store.observations(query)).rows
    return [(one.series, one.start_ns // NS_PER_S - MONDAY_S, one.value, one.count, one.coverage) for one in rows]


def before(keeper: Keeper, rows: list[Observation], *, decomposed: str = "other") -> Store:
    """A store of the version before, in which the series of one name has it decomposed; opened by this version."""
    store = keeper.open()
    keeper.run(store.store_observations(rows))
    keeper.clock.now_s += 2 * 86_400
    keeper.run(store.roll_up())
    keeper.close()
    keeper.execute(ALERTS)
    keeper.execute(f"UPDATE series_keys SET series = '{NFD}' WHERE series = '{decomposed}'")
    keeper.migrate_again("composed_names")
    return keeper.open()


def test_a_decomposed_name_is_composed(keeper: Keeper) -> None:
    store = before(keeper, [minute(number, 2.0, series="other") for number in range(60)])
    for length, count in ((Bin.MINUTE, 60), (Bin.QUARTER, 4), (Bin.HOUR, 1), (Bin.DAY, 1)):
        assert len(asked(keeper, store, length, series=(NFC,))) == count
        assert asked(keeper, store, length, series=(NFD,)) == asked(keeper, store, length)
    assert {row[0] for row in asked(keeper, store, Bin.DAY)} == {NFC}


def test_two_series_that_are_one_are_united_where_the_name_changed_within_a_quarter(keeper: Keeper) -> None:
    old = [minute(number, 2.0, series="other") for number in range(20)]
    new = [minute(number, 5.0, series=NFC) for number in range(20, 60)]
    store = before(keeper, [*old, *new])
    whole = [minute(number, 2.0 if number < 20 else 5.0, series="whole") for number in range(60)]
    keeper.run(store.store_observations(whole))
    keeper.run(store.roll_up())
    for length in Bin:
        united, measured = (
            [row[1:] for row in asked(keeper, store, length, series=(name,))] for name in (NFC, "whole")
        )
        assert united == measured
    assert keeper.execute("SELECT count(*) FROM series_keys") == [(2,)]


@pytest.mark.parametrize("better", ["old", "new"])
def test_of_a_minute_that_both_have_the_better_watched_stays(keeper: Keeper, better: str) -> None:
    old = minute(0, 2.0, series="other", coverage=0.9 if better == "old" else 0.7)
    new = minute(0, 5.0, series=NFC, coverage=0.8)
    store = before(keeper, [old, new])
    expected = old if better == "old" else new
    assert asked(keeper, store, Bin.MINUTE) == [(NFC, 0, expected.value, expected.count, expected.coverage)]


def test_two_lines_that_were_watched_at_once_are_not_added_up(keeper: Keeper) -> None:
    rows = [minute(number, value, series=name) for number in range(60) for name, value in (("other", 2.0), (NFC, 5.0))]
    store = before(keeper, rows)
    for length in (Bin.QUARTER, Bin.HOUR):
        assert {row[2] for row in asked(keeper, store, length)} == {5.0 * length / 60}


def test_a_camera_and_a_mark_with_a_decomposed_name_are_composed(keeper: Keeper) -> None:
    store = keeper.open()
    keeper.run(store.store_observations([minute(number, 1.0, camera="other") for number in range(30)]))
    keeper.close()
    keeper.execute(
        ALERTS,
        f"UPDATE series_keys SET camera = '{NFD}'",
        f"UPDATE roll_up_due SET camera = '{NFD}'",
        f"INSERT INTO alerts (alert_id, time_ns, camera, rule, place, value, threshold, unit, why) "
        f"VALUES (1, 5, '{NFD}', 'dense', '{NFD}', 1, 1, '1', 'x'), (2, 5, '{NFC}', 'dense', '{NFC}', 1, 1, '1', 'x'), "
        f"(3, 6, '{NFD}', 'dense', '{NFC}', 1, 1, '1', 'x')",
    )
    keeper.migrate_again("composed_names")
    store = keeper.open()
    assert len(asked(keeper, store, Bin.HOUR, cameras=(NFD,))) == 1
    keeper.clock.now_s += 2 * 86_400
    keeper.run(store.roll_up())
    assert keeper.execute("SELECT count(*) FROM roll_up_due") == [(0,)]
    (hour,) = asked(keeper, store, Bin.HOUR, cameras=(NFC,))
    assert hour[2] == 30.0
    found = keeper.execute("SELECT time_ns, camera, place FROM alerts ORDER BY time_ns")
    assert found == [(5, NFC, NFC), (6, NFC, NFC)]


def test_what_an_old_journal_still_holds_is_stored_under_the_composed_name(keeper: Keeper) -> None:
    store = keeper.open()
    old = minute(0, 1.0, series=NFD, camera=NFD)
    assert keeper.run(store.store_observations([old, minute(1, 2.0, series=NFC, camera=NFC)])).new == 2
    assert [row[0] for row in asked(keeper, store, Bin.MINUTE, cameras=(NFC,), series=(NFC,))] == [NFC, NFC]
    keeper.clock.now_s += 2 * 86_400
    keeper.run(store.roll_up())
    assert [row[2] for row in asked(keeper, store, Bin.DAY)] == [3.0]
    assert keeper.run(store.store_observations([replace(old, series=NFC, camera=NFC)])).repeated == 1
