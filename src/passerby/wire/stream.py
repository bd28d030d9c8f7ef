"""Messages one after the other on a pipe: a fixed head with lengths, JSON, then raw arrays."""

import json
import struct
from collections.abc import Callable
from typing import BinaryIO, Protocol

import numpy as np

from passerby.wire.form import Array, FormError, Json
from passerby.wire.messages import FORM, KINDS, VERSION, Message

HEAD = struct.Struct("!4sHHIQ")
"""Mark, version, kind, length of the JSON, length of the arrays."""

MARK = b"\x00psb"
MOST_JSON_BYTES = 1 << 26
"""A year of five-minute intervals over ten lines takes a sixth of it."""

MOST_ARRAY_BYTES = 1 << 28
"""A picture of 8192 x 8192 pixels takes three quarters of it."""


class Readable(Protocol):
    """What bytes are read from; it may give fewer than asked for."""

    def read(self, size: int = -1, /) -> bytes | None:
        """The next bytes; none at the end."""
        ...


class StreamEndError(EOFError):
    """The other side is gone; `within` says whether in the middle of a message."""

    def __init__(self, within: bool) -> None:
        super().__init__("the stream broke off within a message" if within else "the stream has ended")
        self.within = within


def send(message: Message, out: BinaryIO) -> None:
    """Writes one message.

    Raises:
        FormError: it is none of the messages that may leave, or too large.
    """
    kind = type(message)
    if kind not in KINDS:
        raise FormError(f"{kind.__name__} may not leave this process")
    arrays: list[Array] = []
    text = dumped(FORM.packed(message, kind, arrays))
    size_bytes = sum(array.nbytes for array in arrays)
    if len(text) > MOST_JSON_BYTES or size_bytes > MOST_ARRAY_BYTES:
        raise FormError(f"{kind.__name__} is too large: {len(text)} and {size_bytes} bytes")
    out.write(HEAD.pack(MARK, VERSION, KINDS.index(kind), len(text), size_bytes))
    out.write(text)
    for array in arrays:
        out.write(array.reshape(-1).view(np.uint8).data)
    out.flush()


def receive(source: Readable) -> Message:
    """Reads one message and checks all of it.

    Raises:
        StreamEndError: there is none any more.
        FormError: it is none of the messages that may leave, or too large.
    """
    mark, version, kind, json_bytes, array_bytes = HEAD.unpack(exactly(source, HEAD.size, within=False))
    if mark != MARK or version != VERSION:
        raise FormError("what came is no message of this version")
    if kind >= len(KINDS):
        raise FormError(f"there is no message of kind {kind}")
    if json_bytes > MOST_JSON_BYTES or array_bytes > MOST_ARRAY_BYTES:
        raise FormError(f"a message of {json_bytes} and {array_bytes} bytes is too large")
    plain = loaded(exactly(source, json_bytes))
    rest = memoryview(exactly(source, array_bytes))
    take, left = taker(rest)
    message: Message = FORM.unpacked(plain, KINDS[kind], take)
    if left():
        raise FormError(f"{left()} bytes belong to nothing")
    return message


def taker(rest: memoryview) -> tuple[Callable[[int], memoryview], Callable[[], int]]:
    """Takes piece after piece from a buffer, and says how much is left."""
    taken = 0

    def take(count: int) -> memoryview:
        nonlocal taken
        if count > len(rest) - taken:
            raise FormError(f"an array of {count} bytes is announced, {len(rest) - taken} are there")
        taken += count
        return rest[taken - count : taken]

    return take, lambda: len(rest) - taken


def dumped(plain: Json) -> bytes:
    """JSON in ASCII; half characters of odd file names come through."""
    return json.dumps(plain, separators=(",", ":")).encode("ascii")


def loaded(text: bytes | bytearray) -> Json:
    """What JSON says; raises FormError where it is none."""
    try:
        return json.loads(bytes(text))
    except (ValueError, RecursionError):
        raise FormError("what came is no JSON") from None


def exactly(source: Readable, count: int, *, within: bool = True) -> bytearray:
    """The next so many bytes; memory is taken as they come, not as they are announced."""
    got = bytearray()
    while len(got) < count:
        part = source.read(min(count - len(got), 1 << 20))
        if not part:
            raise StreamEndError(within or bool(got))
        got += part
    return got
