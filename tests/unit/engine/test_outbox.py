"""The outbox: in order, as it is sent, and no larger than it may be; what had to go is reported."""

import io
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.observations import Observation, Quantity
from passerby.domain.road_user import RoadUser
from passerby.engine.journal import Journal, waiting_since
from passerby.engine.outbox import decoded
from passerby.engine.transactions import transaction
from passerby.messages.codec import CodecError
from passerby.messages.columns import columns_of, observations_of
from passerby.messages.hub_messages import TO_HUB, Delivery
from passerby.messages.sandbox_messages import Minutes
from passerby.units import MINUTE_S, NS_PER_S

MINUTE_NS = MINUTE_S * NS_PER_S
START_NS = 1_700_000_040 * NS_PER_S
MAX_BYTES = 120_000


def minute(number: int, camera: str = "square") -> list[Observation]:
    """A minute of a camera with many lines, of which no two values are the same: it does not compress well."""
    return [
        Observation(
            camera, f"line {line}", Quantity.SPEED_MEAN, RoadUser.CAR, "forward", START_NS + number * MINUTE_NS,
            MINUTE_S, (number * 7919 + line * 104_729) * 48_271 % 2_147_483_647 / 7, 1, 1.0,
        )
        for line in range(60)
    ]  # fmt: skip


def measure(journal: Journal, numbers: range, *cameras: str) -> None:
    with journal.outbox._lock:
        for number in numbers:
            rows = [one for camera in cameras for one in minute(number, camera)]
            with transaction(journal.outbox._database):
                journal.outbox.put(Delivery(0, columns_of(rows), (), ()), len(rows))


def waiting(journal: Journal) -> list[Delivery]:
    found = [TO_HUB.receive(io.BytesIO(frame)) for _, frame in journal.outbox.next(0, 1000)]
    return [message for message in found if isinstance(message, Delivery)]


def minutes_of(deliveries: list[Delivery], camera: str = "square") -> list[int]:
    rows = [one for delivery in deliveries for one in observations_of(delivery.observations)]
    return sorted({(one.start_ns - START_NS) // MINUTE_NS for one in rows if one.camera == camera})


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "worker.sqlite")


def test_without_a_limit_all_of_it_waits(journal: Journal) -> None:
    measure(journal, range(60), "square")
    assert minutes_of(waiting(journal)) == list(range(60))
    assert journal.outbox_rows == 60 * 60


def test_the_file_stays_as_large_as_it_may_be_and_keeps_the_newest(journal: Journal, tmp_path: Path) -> None:
    journal.outbox.max_bytes = MAX_BYTES
    with capture_logs() as logs:
        measure(journal, range(60), "square")
    kept = minutes_of(waiting(journal))
    assert kept == list(range(kept[0], 60))
    assert 5 < len(kept) < 55
    journal.close()
    # Half a page more than the limit at most, and what one minute takes before it is looked at.
    assert (tmp_path / "worker.sqlite").stat().st_size < MAX_BYTES + 20_000
    assert [one["event"].split(";")[1] for one in logs] == [" the oldest are dropped from now on"]


def test_what_was_dropped_is_reported_for_each_camera_once_the_hub_is_there(journal: Journal) -> None:
    journal.outbox.max_bytes = MAX_BYTES
    measure(journal, range(60), "square", "bridge")
    kept = minutes_of(waiting(journal))
    numbers = [number for number, _ in journal.outbox.next(0, 1000)]
    journal.outbox.delete(numbers[:1])
    left = waiting(journal)
    reports = {one.camera: one for delivery in left for one in delivery.health}
    assert set(reports) == {"square", "bridge"}
    for camera, report in reports.items():
        assert (report.camera, report.state) == (camera, CameraState.OFFLINE)
        assert (report.since_ns, report.time_ns) == (START_NS, START_NS + kept[0] * MINUTE_NS)
        assert report.why.startswith("What was measured from 2023-11-14 22:14 to ")
    assert left[-1].health, "it comes after what waits, which is in order"
    journal.outbox.delete(numbers)
    journal.outbox.delete([number for number, _ in journal.outbox.next(0, 1000)])
    assert waiting(journal) == [], "it is reported once"


def test_what_was_dropped_is_known_after_a_restart(journal: Journal, tmp_path: Path) -> None:
    journal.outbox.max_bytes = MAX_BYTES
    measure(journal, range(60), "square")
    kept = minutes_of(waiting(journal))
    journal.close()
    with Journal(tmp_path / "worker.sqlite") as after:
        after.outbox.delete([])
        (report,) = [one for delivery in waiting(after) for one in delivery.health]
        assert report.time_ns == START_NS + kept[0] * MINUTE_NS


def test_a_limit_that_is_too_small_keeps_the_newest_minute(journal: Journal) -> None:
    journal.outbox.max_bytes = 1
    measure(journal, range(5), "square")
    assert minutes_of(waiting(journal)) == [4]


def test_a_health_report_that_was_dropped_is_no_gap(journal: Journal) -> None:
    journal.outbox.max_bytes = 1
    for second in range(3):
        journal.store_health(CameraHealth("square", second, CameraState.ONLINE, 0, "Pictures come."))
    journal.outbox.delete([])
    assert [one.time_ns for delivery in waiting(journal) for one in delivery.health] == [2]


def test_a_delivery_takes_a_fraction_of_what_is_sent(journal: Journal, tmp_path: Path) -> None:
    rows = [
        Observation("square", f"line {line}", Quantity.FLOW, user, way, START_NS, MINUTE_S, 0.0, 0, 1.0)
        for line in range(4)
        for user in RoadUser
        for way in ("forward", "backward")
    ]
    run = journal.begin_run("square")
    journal.store_minutes("square", run, Minutes(columns_of(()), columns_of(rows), START_NS + MINUTE_NS))
    journal.finish_minutes(START_NS + MINUTE_NS)
    ((_, frame),) = journal.outbox.next(0, 10)
    stored = journal.outbox._database.execute("SELECT length(body) FROM outbox").fetchone()[0]
    assert stored * 5 < len(frame)
    assert waiting_since(tmp_path / "worker.sqlite") == START_NS


def test_what_waits_is_counted_without_its_bodies_being_read(journal: Journal) -> None:
    for query in ("SELECT coalesce(sum(rows), 0) FROM outbox", "SELECT count(*) FROM events WHERE stored = 0"):
        (step,) = journal.outbox._database.execute(f"EXPLAIN QUERY PLAN {query}").fetchall()
        assert "COVERING INDEX" in step[-1], step


def test_a_damaged_delivery_is_an_error_of_the_message() -> None:
    with pytest.raises(CodecError, match="is damaged"):
        decoded(b"\x78\x9cnothing of it")
