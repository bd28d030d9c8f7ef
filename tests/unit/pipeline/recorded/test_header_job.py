"""What recordings say of themselves, in the order of the plan."""

from pathlib import Path

import pytest

from passerby.domain.errors import SourceError
from passerby.messages.sandbox_messages import RecordingHeader
from passerby.messages.sandbox_orders import HeaderPlan
from passerby.pipeline.recorded.header_job import read_headers
from testing.films import film


def test_headers_come_in_the_plans_order(tmp_path: Path) -> None:
    made = film(tmp_path / "made.mp4", metadata={"creation_time": "2026-05-01T06:00:00Z"})
    plain = film(tmp_path / "plain.mp4", size_px=(96, 64), times_s=(0.0, 0.1))
    (first, second), (again, _) = (
        read_headers(HeaderPlan(order)).headers for order in ((made, plain), (plain, made))
    )  # fmt: skip
    assert first == RecordingHeader("2026-05-01T06:00:00+00:00", False, first.duration_s, (64, 48))
    assert first.duration_s == pytest.approx(1.0, abs=0.11)
    assert (second.created, second.size_px) == ("", (96, 64))
    assert again == second


@pytest.mark.parametrize("container", ["mkv", "mp4", "ts"])
def test_a_piece_whose_stamps_go_on_from_the_one_before_is_as_long_as_it_is(container: str, tmp_path: Path) -> None:
    times_s = [60 + number / 10 for number in range(10)]
    (header,) = read_headers(HeaderPlan((film(tmp_path / f"piece.{container}", times_s=times_s),))).headers
    assert header.duration_s == pytest.approx(1.0, abs=0.15)


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gone\.mp4: there is no such file"):
        read_headers(HeaderPlan((tmp_path / "gone.mp4",)))
