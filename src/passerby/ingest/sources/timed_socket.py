"""A connection to a camera: bytes with a limit on how many, and on how long they and each step of a stream may take."""

import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from passerby.back_off import BackOffSettings
from passerby.ingest.sources.errors import ConnectionEndedError, StoppedError, StreamError

POLL_S: Final = 0.25
"""How often a waiting read checks whether it was stopped."""

READ_BYTES: Final = 1 << 16

WAITED_S: Final = 0.0005
"""A read that takes longer found nothing to read at first."""
LONGEST_MATCH: Final = 512
"""Bytes that are searched once more when others have come."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Limits in seconds.

    Attributes:
        answer_s: for each answer of the camera, TLS handshake included.
        first_picture_s: from the start of the stream to the first picture; cameras send a key picture every 1-10 s.
        silent_s: without a whole picture before the connection is given up.
        frozen_s: of identical pictures before the camera counts as frozen. Noise makes pictures differ, but a camera
            that saves bits repeats one exactly until its next key picture: 20 s in the thriftiest setting on sale.
        first_pause_s: before the second attempt.
        growth: factor from pause to pause.
        longest_pause_s: what pauses grow to.
        good_after_s: of pictures, after which the next pause is the first again.
        beat_s: how often the iterator returns None while there is no picture.
    """

    answer_s: float = 10.0
    first_picture_s: float = 30.0
    silent_s: float = 10.0
    frozen_s: float = 30.0
    first_pause_s: float = 0.5
    growth: float = 2.0
    longest_pause_s: float = 30.0
    good_after_s: float = 60.0
    beat_s: float = 0.5

    @property
    def pauses(self) -> BackOffSettings:
        """How the pauses between attempts grow."""
        return BackOffSettings(self.first_pause_s, self.longest_pause_s, self.growth, self.good_after_s)


class TimedSocket:
    """A connected socket with limits: a camera that sends too slowly or too much, or that closes, raises an error."""

    def __init__(self, link: socket.socket, stopping: threading.Event) -> None:
        """Args: link: connected, TLS already agreed where there is any; stopping: set to end every read."""
        self._link, self._stopping = link, stopping
        self._pause_s, self._emptied = 0.0, False
        self._buffer = bytearray()
        self._at = 0
        self._decode: Callable[[bytes], bytes] | None = None
        self._waited = False
        self.expect("the stream", 0.0)

    def expect(self, what: str, within_s: float) -> None:
        """Sets what is waited for from now on, and for how long at most, however many bytes come in the meantime."""
        self._what, self._within_s = what, within_s
        self._since_s = time.monotonic()

    def pause(self, pause_s: float) -> None:
        """Sets how long it waits, once all that was there is read, before it reads on; 0 reads whatever comes at once.

        To wake for each picture of a camera costs twice as much as to take some together.
        """
        self._pause_s = pause_s

    def send(self, message: bytes) -> None:
        """Sends all of it.

        Raises:
            StreamError: the camera does not take it in time, or the connection is gone.
        """
        try:
            self._link.settimeout(max(self._within_s, POLL_S))
            self._link.sendall(message)
        except TimeoutError:
            raise StreamError(f"the camera takes nothing any more (waited {self._within_s:g} s)") from None
        except OSError as fault:
            raise _broken(fault) from None

    def peek(self, further: int = 0) -> int:
        """Returns the next byte, or one further on, without consuming any."""
        self._fill(further + 1)
        return self._buffer[self._at + further]

    def exactly(self, count: int) -> bytes:
        """Returns the next `count` bytes.

        Raises:
            StreamError: the connection ended first, or they took too long.
            StoppedError: the stream was stopped.
        """
        self._fill(count)
        start, self._at = self._at, self._at + count
        return bytes(memoryview(self._buffer)[start : self._at])

    def framed(self, mark: int, head_bytes: int) -> list[bytes]:
        """Returns what is there whole of messages that follow one another, each with its head, without waiting.

        Args:
            mark: the byte that each begins with.
            head_bytes: length of a head; its last two bytes are the length of what follows it.
        """
        buffer, at, end = self._buffer, self._at, len(self._buffer)
        found: list[bytes] = []
        with memoryview(buffer) as view:
            while end - at >= head_bytes and buffer[at] == mark:
                behind = at + head_bytes + (buffer[at + head_bytes - 2] << 8 | buffer[at + head_bytes - 1])
                if behind > end:
                    break
                found.append(bytes(view[at:behind]))
                at = behind
        self._at = at
        return found

    def arrived(self, before_s: float) -> bool:
        """Waits until a time of the monotonic clock; returns whether a byte is there by then.

        Raises:
            StreamError, StoppedError: as `exactly`.
        """
        while len(self._buffer) == self._at:
            left_s = before_s - time.monotonic()
            if left_s <= 0:
                return False
            self._receive(min(left_s, POLL_S))
        return True

    def until(self, mark: bytes, max_bytes: int) -> bytes:
        """Returns what comes before a mark; the mark itself is consumed too.

        Raises:
            StreamError: as `exactly`; or the mark does not come within `max_bytes`.
        """
        searched = 0
        while (found := self._buffer.find(mark, self._at + searched)) < 0:
            waiting = len(self._buffer) - self._at
            if waiting > max_bytes:
                raise StreamError(
                    f"the camera sends {self._what} without end: more than {max_bytes:,} bytes; it was given up"
                )
            searched = max(0, waiting - len(mark) + 1)
            self._fill(waiting + 1)
        if found - self._at > max_bytes:
            raise StreamError(
                f"{found - self._at:,} bytes came as {self._what}, more than {max_bytes:,}; it was given up"
            )
        start, self._at = self._at, found + len(mark)
        return bytes(memoryview(self._buffer)[start:found])

    def until_found(
        self, search: Callable[[bytearray, int], re.Match[bytes] | None], max_bytes: int, enough: int | None = None
    ) -> tuple[bytes, re.Match[bytes] | None]:
        """Returns what comes before something that is searched, and the match, which is consumed too.

        Args:
            search: searches the buffer from a place on, for at most `LONGEST_MATCH` bytes.
            max_bytes: as of `until`.
            enough: so many bytes are returned, without a match, where there is none among them.

        Raises:
            StreamError: as `until`.
        """
        searched = 0
        while (found := search(self._buffer, self._at + searched)) is None:
            waiting = len(self._buffer) - self._at
            if enough is not None and waiting >= enough:
                return self.exactly(enough), None
            if waiting > max_bytes:
                raise StreamError(
                    f"the camera sends {self._what} without end: more than {max_bytes:,} bytes; it was given up"
                )
            searched = max(0, waiting - LONGEST_MATCH)
            self._fill(waiting + 1)
        start, self._at = self._at, found.end()
        return bytes(memoryview(self._buffer)[start : found.start()]), found

    def taken(self) -> bytes:
        """Returns what has come and was not read yet, for another reader of the same connection."""
        return bytes(self._buffer[self._at :])

    def put_back(self, content: bytes) -> None:
        """Puts bytes that were taken in front of those that are still to come."""
        self._buffer = bytearray(content) + self._buffer[self._at :]
        self._at = 0

    def decode_with(self, decode: Callable[[bytes], bytes]) -> None:
        """Sets what decodes the bytes from here on, such as HTTP's chunks; it is given them in order, part by part."""
        self._decode = decode
        rest = decode(bytes(self._buffer[self._at :]))
        self._buffer, self._at = bytearray(rest), 0

    def _fill(self, count: int) -> None:
        """Waits until so many bytes are in the buffer."""
        while len(self._buffer) - self._at < count:
            self._receive(POLL_S)

    def _receive(self, within_s: float) -> None:
        """Adds what comes within the time to the buffer."""
        self.check()
        if self._at > READ_BYTES or self._at == len(self._buffer):
            del self._buffer[: self._at]
            self._at = 0
        if self._pause_s and self._emptied:
            if self._stopping.wait(self._pause_s):
                raise StoppedError
            self._waited = False
        asked_s = time.monotonic()
        try:
            self._link.settimeout(max(0.001, within_s))
            received = self._link.recv(READ_BYTES)
        except TimeoutError:
            self._waited = True
            return
        except OSError as fault:
            raise _broken(fault) from None
        if not received:
            raise ConnectionEndedError("the camera closed the connection")
        self._emptied = time.monotonic() - asked_s > WAITED_S
        self._waited |= self._emptied
        self._buffer += received if self._decode is None else self._decode(received)

    def take_waited(self) -> bool:
        """Returns whether bytes had to be waited for since the last call: what came then is read as it arrives."""
        waited, self._waited = self._waited, False
        return waited

    def check(self) -> None:
        """Raises an error where the stream was stopped, or what is expected did not come in time."""
        if self._stopping.is_set():
            raise StoppedError
        waited_s = time.monotonic() - self._since_s
        if waited_s > self._within_s:
            raise StreamError(f"{self._what} did not come within {self._within_s:g} s", waited_s, self._within_s)

    def close(self) -> None:
        """Ends the connection."""
        self._link.close()


def _broken(fault: OSError) -> ConnectionEndedError:
    return ConnectionEndedError(f"the connection broke: {fault.strerror or type(fault).__name__}")
