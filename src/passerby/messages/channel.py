"""Messages of a closed set in one framing: a fixed head with lengths, JSON, then raw arrays."""

import json
import math
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Generic, Protocol, TypeVar

import numpy as np

from passerby.messages.codec import Array, Codec, CodecError, Json

if TYPE_CHECKING:
    import asyncio  # 3 MB, which a sandboxed process has no use for

HEAD = struct.Struct("!4sHHIQ")
"""Mark, version, kind, length of the JSON, length of the arrays."""

MARK = b"\x00psb"
MAX_JSON_BYTES = 1 << 26
"""A year of five-minute intervals over ten lines takes a sixth of it."""

MAX_ARRAY_BYTES = 1 << 28
"""A picture of 8192 x 8192 pixels takes three quarters of it."""

MAX_DIGITS = 20
"""Of 64 bits and a sign."""

Kind = TypeVar("Kind")


class Readable(Protocol):
    """A source of bytes; it may return fewer than asked for."""

    def read(self, size: int = -1, /) -> bytes | None:
        """Returns the next bytes; none at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Size:
    """How much a message may hold.

    Attributes:
        json_bytes, array_bytes: at most so much JSON, and so much in arrays.
        unknowns: NaN and infinity stand in it for what is not known; else they are refused.
    """

    json_bytes: int
    array_bytes: int = 0
    unknowns: bool = False

    def holds(self, json_bytes: int, array_bytes: int) -> bool:
        """Returns whether a message of that size is small enough."""
        return json_bytes <= self.json_bytes and array_bytes <= self.array_bytes


class StreamEndError(EOFError):
    """The other side has closed the stream; `within` is true where it did so in the middle of a message."""

    def __init__(self, within: bool) -> None:
        super().__init__("the stream broke off within a message" if within else "the stream has ended")
        self.within = within


@dataclass(frozen=True, slots=True)
class Head:
    """What a message's head announces: the kind's number, and the lengths of its JSON and of its arrays."""

    kind: int
    json_bytes: int
    array_bytes: int


class Channel(Generic[Kind]):
    """Writes and reads the messages of one link between two processes, in one direction."""

    def __init__(
        self,
        kinds: tuple[type, ...],
        codec: Codec,
        version: int,
        *,
        max_json_bytes: int = MAX_JSON_BYTES,
        sizes: Mapping[type, Size] | None = None,
    ) -> None:
        """Takes the closed set of messages.

        Args:
            kinds: the messages; a message's number is its index here.
            codec: knows them, and every dataclass that they hold.
            version: both ends come from one installation, so no other one is understood.
            max_json_bytes: a message with more JSON is refused before it is read.
            sizes: the same of single kinds, JSON and arrays.
        """
        self._kinds, self._codec, self._version = kinds, codec, version
        known = sizes or {}
        self._sizes = tuple(known.get(kind, Size(max_json_bytes, MAX_ARRAY_BYTES)) for kind in kinds)

    @property
    def kinds(self) -> tuple[type, ...]:
        """The messages; a message's number is its index here."""
        return self._kinds

    def encode(self, message: Kind) -> list[bytes | memoryview]:
        """Returns the message as pieces to be written one after the other.

        Raises:
            CodecError: it is none of this channel's messages, or too large.
        """
        kind = type(message)
        if kind not in self._kinds:
            raise CodecError(f"{kind.__name__} may not leave this process")
        arrays: list[Array] = []
        text = _json_bytes(self._codec.encode(message, kind, arrays))
        size_bytes = sum(array.nbytes for array in arrays)
        if not self._sizes[self._kinds.index(kind)].holds(len(text), size_bytes):
            raise CodecError(f"{kind.__name__} is too large: {len(text)} and {size_bytes} bytes")
        head = HEAD.pack(MARK, self._version, self._kinds.index(kind), len(text), size_bytes)
        return [head, text, *(array.reshape(-1).view(np.uint8).data for array in arrays)]

    def frame(self, message: Kind) -> bytes:
        """Returns the message as one piece; raises CodecError as `encode` does."""
        return b"".join(map(bytes, self.encode(message)))

    def send(self, message: Kind, out: BinaryIO) -> None:
        """Writes one message; raises CodecError as `encode` does."""
        for piece in self.encode(message):
            out.write(piece)
        out.flush()

    def head(self, announced: bytes | bytearray) -> Head:
        """Returns what the first `HEAD.size` bytes of a message announce.

        Raises:
            CodecError: they begin no message of this version, or one that is too large.
        """
        mark, version, kind, json_bytes, array_bytes = HEAD.unpack(announced)
        if mark != MARK or version != self._version:
            raise CodecError("what came is no message of this version")
        if kind >= len(self._kinds):
            raise CodecError(f"there is no message of kind {kind}")
        if not self._sizes[kind].holds(json_bytes, array_bytes):
            raise CodecError(f"a message of {json_bytes} and {array_bytes} bytes is too large")
        return Head(kind, json_bytes, array_bytes)

    def decode(self, head: Head, text: bytes | bytearray, rest: bytes | bytearray) -> Kind:
        """Returns the message of these bytes, wholly checked; raises CodecError where they are none."""
        plain = _json_value(text, unknowns=self._sizes[head.kind].unknowns)
        take, left = _array_reader(memoryview(rest))
        message: Kind = self._codec.decode(plain, self._kinds[head.kind], take)
        if left():
            raise CodecError(f"{left()} bytes belong to nothing")
        return message

    def receive(self, source: Readable) -> Kind:
        """Reads one message and checks all of it.

        Raises:
            StreamEndError: there is none any more.
            CodecError: it is none of this channel's messages, or too large.
        """
        head = self.head(read_exactly(source, HEAD.size, within=False))
        text = read_exactly(source, head.json_bytes)
        return self.decode(head, text, read_exactly(source, head.array_bytes))

    async def receive_from(self, reader: "asyncio.StreamReader") -> Kind:
        """Reads one message from an asyncio stream and checks all of it.

        Raises:
            asyncio.IncompleteReadError: the stream has ended.
            CodecError: it is none of this channel's messages, or too large.
        """
        head = self.head(await reader.readexactly(HEAD.size))
        text, rest = await reader.readexactly(head.json_bytes), await reader.readexactly(head.array_bytes)
        return self.decode(head, text, rest)

    def take_whole(self, buffer: bytearray) -> Iterator[Kind]:
        """Returns the whole messages at the start of a buffer and removes them from it; a part of one stays.

        Raises:
            CodecError: what stands there is none of this channel's messages, or too large.
        """
        while len(buffer) >= HEAD.size:
            head = self.head(buffer[: HEAD.size])
            text_end = HEAD.size + head.json_bytes
            end = text_end + head.array_bytes
            if len(buffer) < end:
                return
            message = self.decode(head, buffer[HEAD.size : text_end], buffer[text_end:end])
            del buffer[:end]
            yield message


def read_exactly(source: Readable, count: int, *, within: bool = True) -> bytearray:
    """Returns the next so many bytes; memory is taken as they come, not as they are announced."""
    got = bytearray()
    while len(got) < count:
        part = source.read(min(count - len(got), 1 << 20))
        if not part:
            raise StreamEndError(within or bool(got))
        got += part
    return got


def _array_reader(rest: memoryview) -> tuple[Callable[[int], memoryview], Callable[[], int]]:
    """Returns a function that takes piece after piece from a buffer, and one that returns how much is left."""
    taken = 0

    def take(count: int) -> memoryview:
        nonlocal taken
        if count > len(rest) - taken:
            raise CodecError(f"an array of {count} bytes is announced, {len(rest) - taken} are there")
        taken += count
        return rest[taken - count : taken]

    return take, lambda: len(rest) - taken


def _json_bytes(plain: Json) -> bytes:
    """Returns JSON in ASCII; lone surrogates of odd file names come through."""
    return json.dumps(plain, separators=(",", ":")).encode("ascii")


def _json_value(text: bytes | bytearray, *, unknowns: bool) -> Json:
    """Returns the value of a JSON text; raises CodecError where it is none."""
    read = float if unknowns else _finite
    try:
        return json.loads(bytes(text), parse_int=_integer, parse_float=read, parse_constant=read)
    except (ValueError, RecursionError, MemoryError):
        raise CodecError("what came is no JSON") from None


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError("a number is too long")
    return int(digits)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number")
    return number
