"""A sandboxed process that tries what it must not do; the camera's name in its plan names what."""

import os
import pickle
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from passerby.pipeline.bootstrap import isolate_process

OUTPUT, ISOLATION = isolate_process()

from passerby.messages.channel import HEAD, MARK, MAX_ARRAY_BYTES  # noqa: E402
from passerby.messages.sandbox_messages import FROM_SANDBOX, VERSION, Failure  # noqa: E402
from passerby.messages.sandbox_orders import TO_SANDBOX, Stop  # noqa: E402 - isolated first, as the real one


def attempts(folder: Path) -> dict[str, Callable[[], object]]:
    return {
        "create": lambda: (folder / "leak").write_bytes(b"x"),
        "create in tmp": lambda: Path("/tmp/leak").write_bytes(b"x"),
        "create in shm": lambda: Path("/dev/shm/leak").write_bytes(b"x"),
        "append": lambda: Path(__file__).open("ab"),
        "connect": lambda: socket.create_connection(("127.0.0.1", 9)),
        "start": lambda: subprocess.run(["/bin/true"], check=True),
    }


def tried(step: Callable[[], object]) -> str:
    try:
        step()
    except OSError:
        return "refused"
    return "done"


def main() -> None:
    with os.fdopen(0, "rb", buffering=0, closefd=False) as orders:
        plan = TO_SANDBOX.receive(orders)
    word = getattr(plan, "camera_id", "")
    with os.fdopen(OUTPUT, "wb") as out:
        if word == "attempt":
            found = {name: tried(step) for name, step in attempts(getattr(plan, "video", Path()).parent).items()}
            FROM_SANDBOX.send(Failure("PasserbyError", ";".join(f"{name}={end}" for name, end in found.items())), out)
        elif word == "look around":
            FROM_SANDBOX.send(
                Failure("PasserbyError", " ".join(sorted([*os.environ, *(path.name for path in Path("/").iterdir())]))),
                out,
            )
        elif word == "die":
            out.write(b"half")
            out.flush()
            signal.pause()
        elif word == "crash":
            os.abort()
        elif word == "pickle":
            out.write(pickle.dumps({"a": "picture"}, protocol=5) + bytes(100))
        elif word == "huge":
            out.write(HEAD.pack(MARK, VERSION, 2, 10, MAX_ARRAY_BYTES + 1))
        elif word == "bug":
            FROM_SANDBOX.send(Failure("KeyError", ""), out)
        elif word == "print":
            sys.stdout.write("a picture")
            sys.stdout.flush()
            os.write(2, b"Traceback: a picture")
            sys.exit(7)
        elif word == "wait":
            came = bytearray(os.read(0, 1 << 16))
            stopped = [type(order) for order in TO_SANDBOX.take_whole(came)] == [Stop]
            FROM_SANDBOX.send(Failure("PasserbyError", "waited") if stopped else Failure("Gone", ""), out)


if __name__ == "__main__":
    main()
