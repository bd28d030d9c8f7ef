"""A camera's process that was taken over: the camera's name in its plan says what it sends. Each sends health first."""

import os
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from passerby.pipeline.bootstrap import isolate_process

OUTPUT, ISOLATION = isolate_process()

import numpy as np  # noqa: E402 - isolated first, as the real one

from passerby.domain.event_rules import RuleKind  # noqa: E402
from passerby.domain.health import CameraHealth, CameraState  # noqa: E402
from passerby.domain.observations import Observation, Quantity  # noqa: E402
from passerby.domain.place_events import momentary  # noqa: E402
from passerby.domain.progress import Progress  # noqa: E402
from passerby.messages.channel import HEAD, MARK  # noqa: E402
from passerby.messages.columns import columns_of  # noqa: E402
from passerby.messages.sandbox_messages import (  # noqa: E402
    FROM_SANDBOX,
    KINDS,
    VERSION,
    EventReports,
    Failure,
    Message,
    Minutes,
    ViewMemory,
)
from passerby.messages.sandbox_orders import TO_SANDBOX, WatchPlan  # noqa: E402

NOW_NS = time.time_ns()
HEALTH = CameraHealth("somebody else", NOW_NS, CameraState.ONLINE, NOW_NS, "all is well \x1b[2J")


def raw(kind: type, text: bytes, arrays: bytes = b"") -> bytes:
    return HEAD.pack(MARK, VERSION, KINDS.index(kind), len(text), len(arrays)) + text + arrays


def health(**fields: str) -> bytes:
    plain = {
        "camera": '"x"', "time_ns": "1", "state": '"online"', "since_ns": "1", "why": '"w"', "measured": "null",
        "threshold": "null", "frames_in": "0", "frames_dropped": "0", "frames_undecodable": "0",
        "detect_p50_ms": "null", "detect_p95_ms": "null",
    }  # fmt: skip
    return raw(
        CameraHealth, ("{" + ",".join(f'"{name}":{value}' for name, value in (plain | fields).items()) + "}").encode()
    )


def minutes(camera: str, times: int = 1, **fields: Any) -> Message:
    start_ns = NOW_NS // 60_000_000_000 * 60_000_000_000
    one = Observation(camera, "gate", Quantity.FLOW, None, "forward", start_ns, 60, 3.0, 3, 0.5)
    return Minutes(columns_of([replace(one, **fields)] * times), columns_of(()), start_ns)


def event(camera: str, **fields: Any) -> bytes:
    kind, why = RuleKind.OVERCROWDING, "full"
    one = replace(momentary(camera, "full", kind, "gate", NOW_NS, 5.0, 4.0, "1", why), **fields)
    return FROM_SANDBOX.frame(EventReports((one,)))


SENT: dict[str, Callable[[], bytes]] = {
    "400 digits": lambda: health(measured="9" * 400),
    "too large for a float": lambda: health(measured="1e999"),
    "no number": lambda: health(threshold="NaN"),
    "deep": lambda: raw(CameraHealth, b"[" * 60_000),
    "long text": lambda: health(why='"' + "x" * 60_000 + '"'),
    "70 dimensions": lambda: raw(ViewMemory, b'{"signature":[' + b"1," * 69 + b'1],"doubted":false}', b"\0"),
    "huge side": lambda: raw(ViewMemory, b'{"signature":[0,99999999999999999999],"doubted":false}'),
    "negative side": lambda: raw(ViewMemory, b'{"signature":[-1],"doubted":false}', b"\0"),
    "huge length": lambda: struct.pack("!4sHHIQ", MARK, VERSION, KINDS.index(CameraHealth), 2**32 - 1, 2**64 - 1),
    "another kind": lambda: raw(CameraHealth, b"{}")[:6] + b"\xff\xff" + bytes(12),
    "a long failure": lambda: FROM_SANDBOX.frame(Failure("WorkerError", "long " * 13_000)),
    "half a letter": lambda: FROM_SANDBOX.frame(Failure("WorkerError", "half a \udc80 letter\n\u2028\x1b[2J")),
    "a recording's report": lambda: FROM_SANDBOX.frame(Progress(1.0, 2.0, 3)),
    "a level later": lambda: FROM_SANDBOX.frame(replace(ISOLATION, level=3)),
    "a flood": lambda: FROM_SANDBOX.frame(HEALTH) * 2000,
    "half a message": lambda: FROM_SANDBOX.frame(HEALTH)[:-3],
    "noise": lambda: os.urandom(10_000),
    "another camera": lambda: FROM_SANDBOX.frame(minutes("somewhere else")),
    "odd lengths": lambda: FROM_SANDBOX.frame(minutes("x", length_s=7)),
    "between minutes": lambda: FROM_SANDBOX.frame(minutes("x", start_ns=NOW_NS // 10**9 * 10**9 + 1)),
    "another century": lambda: FROM_SANDBOX.frame(minutes("x", start_ns=60_000_000_000)),
    "another place": lambda: FROM_SANDBOX.frame(minutes("x", series="a face in base64")),
    "another direction": lambda: FROM_SANDBOX.frame(minutes("x", direction="upwards")),
    "the same twice": lambda: FROM_SANDBOX.frame(minutes("x", times=2)),
    "an event of another camera": lambda: event("somewhere else"),
    "an event of no rule": lambda: event("an event of no rule"),
    "an event's number of another": lambda: event("x", event_id="0" * 32),
    "another view": lambda: FROM_SANDBOX.frame(ViewMemory(np.ones((2, 3), np.int8), True)),
}


def main() -> None:
    with os.fdopen(0, "rb", buffering=0, closefd=False) as source:
        plan = TO_SANDBOX.receive(source)
    if not isinstance(plan, WatchPlan):
        sys.exit(1)
    word = plan.camera.name
    os.write(OUTPUT, FROM_SANDBOX.frame(ISOLATION) + FROM_SANDBOX.frame(HEALTH))
    content = SENT[word]()
    while content:
        content = content[os.write(OUTPUT, content) :]
    if word in {"half a message", "noise"}:
        os.close(OUTPUT)
    time.sleep(600)


if __name__ == "__main__":
    main()
