"""USB cameras that are not there, or are none; there is no real one to test with."""

import threading
from pathlib import Path

import pytest

from passerby.ingest.sources.errors import StreamError
from passerby.ingest.sources.usb.camera import usb_pictures


@pytest.mark.parametrize(
    ("device", "words"), [("/dev/video987", "no such USB camera"), ("/dev/null", "cannot be read|sends nothing")]
)
def test_what_is_no_camera_is_reported(device: str, words: str) -> None:
    with pytest.raises(StreamError, match=words) as fault:
        next(usb_pictures(Path(device), threading.Event()))
    assert str(fault.value).startswith(device)
