"""A decoder's process that was taken over: the camera's user name in its plan says what it does."""

import os
import struct
import sys
import time

from passerby.pipeline.bootstrap import isolate_process
from passerby.sandbox.shared_memory import ring_of

RING = ring_of(sys.argv[1:])
OUTPUT, ISOLATION = isolate_process()

from passerby.domain.health import CameraHealth, CameraState  # noqa: E402 - isolated first, as the real one
from passerby.messages.sandbox_messages import FROM_SANDBOX, Failure  # noqa: E402
from passerby.messages.sandbox_orders import TO_SANDBOX, DecodePlan  # noqa: E402


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
        each = (len(RING) - 4096) // 3 // 4096 * 4096
        RING[4096 + each : 4096 + each + 50] = struct.pack("<QQqdIIQBB", 1, 0, 1, 0.0, 2**31, 2**31, 0, 0, 0)
        RING[0:8] = struct.pack("<Q", 1)
    while True:
        os.write(plan.decoded, b"f")
        time.sleep(0.2)


if __name__ == "__main__":
    main()
