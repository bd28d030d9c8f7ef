"""A sealed process that tries what it must not do; the camera's name in its order says what."""

import os
import pickle
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from passerby.pipeline.bootstrap import sealed_door

DOOR, LEVEL = sealed_door()

from passerby.messages.channel import HEAD, MARK, MAX_ARRAY_BYTES  # noqa: E402
from passerby.messages.orders import read_order  # noqa: E402 - sealed first, as the real one
from passerby.messages.sandbox_messages import SEALED, VERSION, Failure  # noqa: E402


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
        plan = read_order(orders)
    word = getattr(plan, "camera_id", "")
    with os.fdopen(DOOR, "wb") as out:
        if word == "attempt":
            found = {name: tried(step) for name, step in attempts(getattr(plan, "video", Path()).parent).items()}
            SEALED.send(Failure("PasserbyError", ";".join(f"{name}={end}" for name, end in found.items())), out)
        elif word == "look around":
            SEALED.send(
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
            SEALED.send(Failure("KeyError", ""), out)
        elif word == "print":
            sys.stdout.write("a picture")
            sys.stdout.flush()
            os.write(2, b"Traceback: a picture")
            sys.exit(7)
        elif word == "wait":
            SEALED.send(Failure("PasserbyError", "waited") if os.read(0, 1) == b"s" else Failure("Gone", ""), out)


if __name__ == "__main__":
    main()
