"""A camera on this machine's USB, read through Video4Linux. Untested with real hardware."""

import threading
import time
from collections.abc import Generator
from pathlib import Path

import av
import av.error

from passerby.ingest.display_shape import DisplayShape, display_matrix
from passerby.ingest.sources.errors import StoppedError, StreamError
from passerby.ingest.sources.streams.network_stream import ReceivedPicture

BROKEN_READS = 100
"""So many failed reads in a row are the camera's end."""


def usb_pictures(device: Path, stopping: threading.Event) -> Generator[ReceivedPicture]:
    """Yields the camera's pictures until it is unplugged.

    Raises:
        StreamError: there is no such camera, or it ended.
        StoppedError: the stream was stopped.
    """
    if not device.exists():
        raise StreamError(f"{device}: no such USB camera. Is it plugged in? `ls /dev/video*` shows those that are.")
    try:
        container = av.open(str(device), format="video4linux2", options={"allowed_media_types": "video"})
    except (av.error.FFmpegError, OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or type(fault).__name__
        raise StreamError(f"{device}: the USB camera cannot be read: {reason}. Does another program use it?") from None
    with container:
        pixel_aspect = container.streams.video[0].sample_aspect_ratio
        broken = 0
        while broken < BROKEN_READS:
            try:
                for frame in container.decode(video=0):
                    if stopping.is_set():
                        raise StoppedError
                    broken = 0
                    shape = DisplayShape(pixel_aspect, display_matrix(frame))
                    yield ReceivedPicture(frame, frame.time, time.monotonic(), shape)
                break
            except av.error.FFmpegError:
                broken += 1
                yield ReceivedPicture(None, None, time.monotonic())
    raise StreamError(f"{device}: the USB camera sends nothing any more")
