"""How large a camera's messages are, and how much memory its process takes."""

import mmap
import os
import subprocess
import sys

from passerby.domain.health import CameraHealth, CameraState
from passerby.engine.plausible.sizes import EVENT_BYTES, bytes_of, resident_bytes, usage
from passerby.messages.sandbox_messages import EventReports
from testing.web.made import open_event, preview
from testing.web.replays import event_replay


def test_a_message_counts_by_what_it_brings() -> None:
    event = open_event("square", "full", 0)
    assert bytes_of(preview(jpeg_bytes=700)) == 700
    assert bytes_of(EventReports((event, event))) >= 2 * EVENT_BYTES
    assert bytes_of(event_replay(event)) >= event_replay(event).place.jpeg.nbytes > 0
    assert bytes_of(CameraHealth("square", 1, CameraState.ONLINE, 1, "it answers")) == 0


def test_resident_memory_is_read_from_the_system() -> None:
    assert 5 << 20 < resident_bytes(os.getpid()) < 8 << 30
    assert resident_bytes(2**22 + 1) == 0


def test_memory_that_is_written_to_is_resident() -> None:
    size = 64 << 20
    # Mapped by hand: `bytearray` may be given pages that an earlier test freed and that are resident already.
    with mmap.mmap(-1, size) as memory:
        before = resident_bytes(os.getpid())
        memory.write(b"1" * size)
        assert resident_bytes(os.getpid()) - before > 0.9 * size


BUSY = """
import mmap, time
memory = mmap.mmap(-1, 64 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
memory.write(b"1" * len(memory))
while time.process_time() < 0.4: pass  # more than is asked for: the system counts in hundredths
print("done", flush=True)
input()
"""


def test_what_processes_take_is_read_with_those_that_they_started() -> None:
    starts = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"
    with subprocess.Popen(
        [sys.executable, "-c", starts, BUSY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as started:
        assert started.stdout is not None
        assert started.stdin is not None
        started.stdout.readline()
        one, both = usage(started.pid), usage(started.pid, os.getpid())
        assert 0.3 <= one.cpu_s < 60
        assert 64 << 20 < one.memory_bytes < 8 << 30
        # Started processes of this one are counted with it already.
        assert both.cpu_s >= 2 * one.cpu_s
        started.stdin.write("\n")
    assert usage(2**22 + 1).memory_bytes == 0
