"""A decoder's process that was taken over: the camera's user name in its plan says what it does."""

import os
import struct
import sys
import time
from mmap import mmap

from passerby.pipeline.bootstrap import isolate_process
from passerby.sandbox.shared_memory import ring_of

RING = ring_of(sys.argv[1:])
OUTPUT, ISOLATION = isolate_process()

import numpy as np  # noqa: E402 - isolated first, as the real one

from passerby.domain.frames import FrameStamp  # noqa: E402
from passerby.domain.health import CameraHealth, CameraState, SourceCondition  # noqa: E402
from passerby.ingest.frame_ring import SLOTS, FrameRingWriter  # noqa: E402
from passerby.ingest.raw import RawFrame  # noqa: E402
from passerby.messages.sandbox_messages import FROM_SANDBOX, Failure  # noqa: E402
from passerby.messages.sandbox_orders import TO_SANDBOX, DecodePlan  # noqa: E402
from tests.unit.engine.torn_picture import TILE_PX, torn  # noqa: E402


def show_torn(ring: mmap, decoded: int, still: str) -> None:
    """Hands over one torn picture four times a second, with a camera's noise.

    Args:
        ring: where to.
        decoded: descriptor of the pulse.
        still: file of its three planes.
    """
    with np.load(still) as planes:
        luma, u, v = torn(planes["y"]), torn(planes["u"], TILE_PX // 2), torn(planes["v"], TILE_PX // 2)
    writer, began_s, chance = FrameRingWriter(memoryview(ring)), time.monotonic(), np.random.default_rng(1)
    size_px = luma.shape[1], luma.shape[0]
    while True:
        passed_s = time.monotonic() - began_s
        stamp = FrameStamp("x", int(passed_s * 100), time.time_ns(), passed_s, size_px)
        noisy = np.clip(luma + chance.integers(-2, 3, luma.shape), 0, 255).astype(np.uint8)
        writer.put(RawFrame(stamp, noisy, u, v), SourceCondition(CameraState.ONLINE, 1, "online"), (1, 0, 0))
        os.write(decoded, b"f")
        time.sleep(0.25)


def main() -> None:
    with os.fdopen(0, "rb", buffering=0, closefd=False) as source:
        plan = TO_SANDBOX.receive(source)
    if not isinstance(plan, DecodePlan) or RING is None:
        sys.exit(1)
    os.write(OUTPUT, FROM_SANDBOX.frame(ISOLATION))
    word = plan.camera.source.user
    if word == "message":
        os.write(OUTPUT, FROM_SANDBOX.frame(CameraHealth("square", 1, CameraState.ONLINE, 1, "smuggled")))
    elif word == "failure":
        os.write(OUTPUT, FROM_SANDBOX.frame(Failure("WorkerError", "smuggled " * 5000)))
    elif word == "die":
        sys.exit(0)
    elif word == "huge frame":
        each = (len(RING) - 4096) // SLOTS // 4096 * 4096
        RING[4096 + each : 4096 + each + 50] = struct.pack("<QQqdIIQBB", 1, 0, 1, 0.0, 2**31, 2**31, 0, 0, 0)
        RING[0:8] = struct.pack("<Q", 1)
    elif word == "torn":
        show_torn(RING, plan.decoded, plan.camera.source.path)
    while True:
        os.write(plan.decoded, b"f")
        time.sleep(0.2)


if __name__ == "__main__":
    main()
