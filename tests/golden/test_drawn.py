"""People stay countable in what is drawn: counting it gives the live count, also for one who sees nothing but boxes."""

import pytest

from benchmarks.anonymise.drawn_counts import compared, off, without_class
from benchmarks.counting.our_tracks import read_lines
from benchmarks.footage import BOTH, Recording, find_footage

pytestmark = [pytest.mark.slow, pytest.mark.footage, pytest.mark.no_cover]


@pytest.mark.usefixtures("truth")
@pytest.mark.parametrize("recording", BOTH, ids=lambda recording: recording.folder)
def test_counting_what_is_drawn_gives_the_live_count(recording: Recording) -> None:
    footage = find_footage()
    lines = read_lines(footage.grid_lines)
    live, drawn, boxes_alone = compared(footage.video(recording), lines, recording.analysed_fps)
    assert sum(live.values()) > 40
    assert drawn == live
    assert off(without_class(boxes_alone), without_class(live)) <= 0.05 * sum(live.values())
