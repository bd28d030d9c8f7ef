"""Videos to be damaged, made once a session."""

from pathlib import Path

import pytest

from testing.films import film

TEN_SECONDS = tuple(number / 10 for number in range(100))


@pytest.fixture(scope="session")
def sound_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One second, ten pictures, nothing wrong with it."""
    return film(tmp_path_factory.mktemp("sound") / "video.mp4", size_px=(160, 128))


@pytest.fixture(scope="session")
def long_videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of ten seconds of noise each: long.avi, long.mp4, long.mkv and long.ts, some 15 kB a picture."""
    folder = tmp_path_factory.mktemp("long")
    for ending, codec in (("avi", "mpeg4"), ("mp4", "h264"), ("mkv", "h264"), ("ts", "h264")):
        film(folder / f"long.{ending}", codec=codec, times_s=TEN_SECONDS, size_px=(160, 128), noisy=True)
    return folder
