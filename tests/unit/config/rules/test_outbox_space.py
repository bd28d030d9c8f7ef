"""For how long a node's results fit on its disk, as the check says it."""

from dataclasses import replace
from pathlib import Path

from passerby.config.loader import layout_of, site_of_text
from passerby.config.rules.outbox_space import NodeCheck, day_bytes_of, node_checks, node_warnings
from passerby.config.site import Site
from passerby.domain.layout import Layout
from passerby.engine.journal import Journal
from passerby.engine.transactions import transaction
from passerby.measure.tally import Series, Tally
from passerby.messages.columns import columns_of
from passerby.messages.hub_messages import Delivery
from passerby.units import DAY_S, MINUTE_S, NS_PER_S

TEXT = """
cameras:
  quay: {node: cabinet, lines: {gate: {points: [[0.1, 0.5], [0.9, 0.5]]}}}
  mole: {node: cabinet, lines: {gate: {points: [[0.1, 0.5], [0.9, 0.5]]}}}
  tower: {node: attic, zones: {benches: {points: [[0.1, 0.5], [0.9, 0.5], [0.5, 0.9]]}}}
  own: {lines: {gate: {points: [[0.1, 0.5], [0.9, 0.5]]}}}
"""


def site_of(text: str) -> Site:
    return site_of_text(text, "site.yaml")[0]


def checks_of(text: str) -> tuple[NodeCheck, ...]:
    site = site_of(text)
    return node_checks(site, {name: layout_of(keys) for name, keys in site.cameras.items()})


def layout_in(camera: str) -> Layout:
    return layout_of(site_of(TEXT).cameras[camera])


def test_each_node_has_its_cameras_and_their_days() -> None:
    attic, cabinet = checks_of(TEXT)
    assert (attic.name, attic.cameras) == ("attic", ("tower",))
    assert (cabinet.name, cabinet.cameras) == ("cabinet", ("quay", "mole"))
    assert cabinet.mb_a_day * 1e6 == 2 * day_bytes_of(layout_in("quay"))
    assert cabinet.days == int(2e9 / (cabinet.mb_a_day * 1e6))
    assert node_warnings(checks_of(TEXT)) == ()
    assert checks_of("cameras: {a: {}}") == ()


def test_a_disk_that_does_not_last_for_90_days_is_a_warning() -> None:
    attic, cabinet = node_warnings(checks_of(TEXT + "workers: {outbox_gb: 0.05}"))
    assert attic.startswith("workers.outbox_gb: the results of node attic fit on its disk for ")
    assert "node cabinet fit" in cabinet
    assert "90 days take 0.1 GB" in cabinet


def test_what_is_said_is_not_less_than_what_is_taken(tmp_path: Path) -> None:
    """An hour in which every number is another one: hardly any compresses worse."""
    layout = layout_in("tower")
    series = Series("tower", layout.lines, (), layout.zones, (None,), False)
    with Journal(tmp_path / "worker.sqlite") as journal:
        before = journal.outbox._used_bytes()
        with journal.outbox._lock, transaction(journal.outbox._database):
            for minute in range(60):
                rows = [
                    replace(one, value=number * 7.3 + minute, count=minute * number % 11)
                    for number, one in enumerate(
                        Tally(series).observations(minute * MINUTE_S * NS_PER_S, MINUTE_S, 1.0)
                    )
                ]
                journal.outbox.put(Delivery(0, columns_of(rows), (), ()), len(rows))
        taken = journal.outbox._used_bytes() - before
    assert taken * DAY_S / 3600 <= day_bytes_of(layout)
    assert taken * DAY_S / 3600 >= day_bytes_of(layout) / 4
