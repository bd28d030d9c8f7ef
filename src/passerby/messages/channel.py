"""Messages of a closed set, one after the other: a fixed head with lengths, JSON, then raw arrays."""

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Generic, Protocol, TypeVar

import numpy as np

from passerby.messages.codec import Array, CodecError, Form, Json

HEAD = struct.Struct("!4sHHIQ")
"""Mark, version, kind, length of the JSON, length of the arrays."""

MARK = b"\x00psb"
MAX_JSON_BYTES = 1 << 26
"""A year of five-minute intervals over ten lines takes a sixth of it."""

MAX_ARRAY_BYTES = 1 << 28
"""A picture of 8192 x 8192 pixels takes three quarters of it."""

Kind = TypeVar("Kind")


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


@dataclass(frozen=True, slots=True)
class Head:
    """What is announced: the kind's number, and the lengths of its JSON and of its arrays."""

    kind: int
    json_bytes: int
    array_bytes: int


class Channel(Generic[Kind]):
    """Writes and reads the messages of one seam, and nothing else."""

    def __init__(self, kinds: tuple[type, ...], form: Form, version: int) -> None:
        """Takes what may go through.

        Args:
            kinds: the messages; a message's number is its place here.
            form: knows them, and every dataclass that they hold.
            version: both ends come from one installation, so no other one is understood.
        """
        self._kinds, self._form, self._version = kinds, form, version

    def packed(self, message: Kind) -> list[bytes | memoryview]:
        """The message as pieces to be written one after the other.

        Raises:
            CodecError: it is none of the messages that may leave, or too large.
        """
        kind = type(message)
        if kind not in self._kinds:
            raise CodecError(f"{kind.__name__} may not leave this process")
        arrays: list[Array] = []
        text = dumped(self._form.packed(message, kind, arrays))
        size_bytes = sum(array.nbytes for array in arrays)
        if len(text) > MAX_JSON_BYTES or size_bytes > MAX_ARRAY_BYTES:
            raise CodecError(f"{kind.__name__} is too large: {len(text)} and {size_bytes} bytes")
        head = HEAD.pack(MARK, self._version, self._kinds.index(kind), len(text), size_bytes)
        return [head, text, *(array.reshape(-1).view(np.uint8).data for array in arrays)]

    def send(self, message: Kind, out: BinaryIO) -> None:
        """Writes one message; raises CodecError as `packed` does."""
        for piece in self.packed(message):
            out.write(piece)
        out.flush()

    def head(self, announced: bytes | bytearray) -> Head:
        """What the first `HEAD.size` bytes of a message announce.

        Raises:
            CodecError: no message of this version, or one that is too large.
        """
        mark, version, kind, json_bytes, array_bytes = HEAD.unpack(announced)
        if mark != MARK or version != self._version:
            raise CodecError("what came is no message of this version")
        if kind >= len(self._kinds):
            raise CodecError(f"there is no message of kind {kind}")
        if json_bytes > MAX_JSON_BYTES or array_bytes > MAX_ARRAY_BYTES:
            raise CodecError(f"a message of {json_bytes} and {array_bytes} bytes is too large")
        return Head(kind, json_bytes, array_bytes)

    def message(self, head: Head, text: bytes | bytearray, rest: bytes | bytearray) -> Kind:
        """The message of these bytes, checked wholly; raises CodecError where it is none."""
        plain = loaded(text)
        take, left = taker(memoryview(rest))
        message: Kind = self._form.unpacked(plain, self._kinds[head.kind], take)
        if left():
            raise CodecError(f"{left()} bytes belong to nothing")
        return message

    def receive(self, source: Readable) -> Kind:
        """Reads one message and checks all of it.

        Raises:
            StreamEndError: there is none any more.
            CodecError: it is none of the messages that may leave, or too large.
        """
        head = self.head(exactly(source, HEAD.size, within=False))
        text = exactly(source, head.json_bytes)
        return self.message(head, text, exactly(source, head.array_bytes))


def taker(rest: memoryview) -> tuple[Callable[[int], memoryview], Callable[[], int]]:
    """Takes piece after piece from a buffer, and says how much is left."""
    taken = 0

    def take(count: int) -> memoryview:
        nonlocal taken
        if count > len(rest) - taken:
            raise CodecError(f"an array of {count} bytes is announced, {len(rest) - taken} are there")
        taken += count
        return rest[taken - count : taken]

    return take, lambda: len(rest) - taken


def dumped(plain: Json) -> bytes:
    """JSON in ASCII; half characters of odd file names come through."""
    return json.dumps(plain, separators=(",", ":")).encode("ascii")


def loaded(text: bytes | bytearray) -> Json:
    """What JSON says; raises CodecError where it is none."""
    try:
        return json.loads(bytes(text))
    except (ValueError, RecursionError):
        raise CodecError("what came is no JSON") from None


def exactly(source: Readable, count: int, *, within: bool = True) -> bytearray:
    """The next so many bytes; memory is taken as they come, not as they are announced."""
    got = bytearray()
    while len(got) < count:
        part = source.read(min(count - len(got), 1 << 20))
        if not part:
            raise StreamEndError(within or bool(got))
        got += part
    return got
