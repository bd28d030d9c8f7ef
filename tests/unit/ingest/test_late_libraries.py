"""After a sandbox has loaded what it needs, recordings with streams of every kind are opened all the same."""

import platform
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

pytestmark = pytest.mark.skipif(platform.system() != "Linux", reason="the isolation is Linux's")

PROGRAM = """
import sys
from fractions import Fraction
from pathlib import Path
from passerby.sandbox.isolation import isolate, isolate_further
first = isolate(readable=[Path(sys.argv[1])])
from passerby.pipeline import count_job, jobs
from passerby.ingest.late_libraries import load_late_libraries
if sys.argv[2:] != ["too late"]:
    load_late_libraries()
assert isolate_further(first) == first, isolate_further(first)
import av
with av.open(sys.argv[1]) as container:
    print(*(stream.type for stream in container.streams))
    print(sum(len(packet.decode()) for packet in container.demux(container.streams.video[0])))
"""


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten pictures, with sound, subtitles and an attached file."""
    path = tmp_path_factory.mktemp("streams") / "all.mkv"
    with av.open(str(path), "w") as out:
        video = out.add_stream("mpeg4", 25)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        sound = out.add_stream("aac", 48000)
        words = out.add_mux_stream("subrip")
        out.add_attachment("notes.txt", "text/plain", b"of the place")
        for number in range(10):
            picture = av.VideoFrame.from_ndarray(np.full((48, 64, 3), number * 9, np.uint8), "rgb24")
            out.mux(video.encode(picture))
            tone = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), "fltp", "stereo")
            tone.sample_rate = 48000
            out.mux(sound.encode(tone))
        word = av.Packet(b"a word")
        word.stream, word.pts, word.dts, word.duration, word.time_base = words, 0, 0, 1, Fraction(1, 1000)
        out.mux(word)
        for stream in (video, sound):
            out.mux(stream.encode())
    return path


def opened(recording: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM, str(recording), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_recording_with_streams_of_every_kind_is_read(recording: Path) -> None:
    run = opened(recording)
    assert run.stdout.splitlines() == ["video audio subtitle attachment", "10"], run.stderr


@pytest.mark.slow
def test_what_was_not_loaded_before_is_refused(recording: Path) -> None:
    run = opened(recording, "too late")
    assert run.returncode != 0
    assert "ImportError" in run.stderr
