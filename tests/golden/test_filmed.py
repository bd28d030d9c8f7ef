"""A real recording, counted with a review film: the film ends with the very counts, and changes none of them."""

from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import av
import numpy as np
import pytest

from passerby.config.loader import layout_of, load_layout
from passerby.domain.review import FilmEnd, FilmMoment, FilmSpan
from passerby.messages.sandbox_orders import CountPlan
from passerby.recordings.count import count_in_sandbox
from passerby.recordings.review_film import ReviewFilm
from tests.golden.counted import lines_file

pytestmark = [pytest.mark.slow, pytest.mark.footage]


def test_the_counters_end_with_the_counts(footage: Path, tmp_path: Path) -> None:
    places = lines_file(
        tmp_path / "lines.yaml",
        near=((0.02, 0.6), (0.98, 0.6)),
        mid=((0.02, 0.45), (0.98, 0.45)),
        up=((0.5, 0.2), (0.5, 0.95)),
    )
    video = footage / "junction" / "cars-cyclist.mp4"
    plan = CountPlan(video, "junction", layout_of(load_layout(places)), film=FilmSpan())
    film = tmp_path / "film.mp4"
    moments: list[FilmMoment] = []
    with ReviewFilm(film, plan, site=None, zone=ZoneInfo("UTC")) as review:
        counted = count_in_sandbox(plan, lambda step: None, on_film=_kept(moments, review.take))
        review.finish(counted.report)
    printed = {
        (total.line.name, way, user): number
        for total in counted.report.lines
        for user, ways in total.counts.items()
        for way, number in ways.items()
    }
    shown = {
        (total.line.name, way, user): review.counts.count(total.line, way, user)
        for total in counted.report.lines
        for user, ways in total.counts.items()
        for way in ways
    }
    assert shown == printed
    assert sum(printed.values()) >= 4
    assert {moment.frame.method for moment in moments} == {"redrawn"}
    assert any(moment.mark.any() for moment in moments)
    with av.open(str(film)) as container:
        pictures = [(frame.time, frame.to_ndarray(format="gray")) for frame in container.decode(video=0)]
    assert len(pictures) == 30 + 3
    assert pictures[-1][0] - pictures[-4][0] >= 2
    # The panel of counters has changed from the first page to the last with a picture.
    assert np.abs(pictures[0][1][84:400, 928:].astype(int) - pictures[-4][1][84:400, 928:]).max() > 100


def _kept(
    moments: list[FilmMoment], take: Callable[[FilmMoment | FilmEnd], None]
) -> Callable[[FilmMoment | FilmEnd], None]:
    def keep(message: FilmMoment | FilmEnd) -> None:
        if isinstance(message, FilmMoment):
            moments.append(message)
        take(message)

    return keep
