"""A sandboxed process that reads a camera through a brokered connection, and reports a line a frame."""

import sys

from passerby.sandbox.isolation import isolate

CONTROL_FD, KIND, PORT, FRAMES, SECONDS, TRANSPORT = (
    int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]), sys.argv[6],
)  # fmt: skip


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def main() -> None:
    level = isolate()
    import socket
    import time

    from passerby.domain.sources import CameraSource, SourceKind, Transport
    from passerby.ingest.sources.live import LiveSource
    from passerby.sandbox.brokered_connection import BrokeredConnection

    try:
        socket.create_connection(("127.0.0.1", PORT), 1).close()
        say("reached the camera by itself")
    except OSError as fault:
        say("alone:", type(fault).__name__)
    say("level:", level.level)
    password = sys.stdin.readline().strip()
    source = CameraSource(
        SourceKind(KIND), "127.0.0.1", PORT, "/main", "viewer", password, transport=Transport(TRANSPORT)
    )
    live = LiveSource(source, "square", analysed_fps=10, connector=BrokeredConnection(CONTROL_FD))
    until_s = time.monotonic() + SECONDS
    seen = 0
    for frame in live:
        if frame is not None:
            say("frame:", *frame.size_px, frame.luma.mean() > 0)
            seen += 1
        if seen == FRAMES or time.monotonic() > until_s:
            break
    live.stop()
    say("state:", live.condition.state.value, live.condition.why)


main()
