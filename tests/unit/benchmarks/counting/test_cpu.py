from pathlib import Path

import av

from benchmarks.counting.cpu import BLANK_FRAMES, write_blank


def test_the_blank_clip_has_the_size_of_the_recording_and_next_to_no_pictures(tmp_path: Path) -> None:
    path = tmp_path / "blank.avi"
    write_blank(path, (64, 48))
    with av.open(str(path)) as container:
        pictures = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
    assert [picture.shape for picture in pictures] == [(48, 64, 3)] * BLANK_FRAMES
    assert all(abs(int(picture.mean()) - 127) <= 2 for picture in pictures)
