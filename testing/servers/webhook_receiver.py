"""A receiver of webhooks on this machine: real HTTPS, with answers as a test wants them."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Thread

from passerby.domain.service import TlsFiles
from testing.waiting import WITHIN_S

HANG = b""
"""The answer of a receiver that takes a request and says nothing."""


def answer(status: int, *headers: str, body: bytes = b"") -> bytes:
    """An answer with a status, headers as `Name: value`, and a body."""
    head = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


@dataclass(frozen=True, slots=True)
class Received:
    """A request.

    Attributes:
        target: method and path.
        headers: with small letters.
        body: what was sent.
    """

    target: str
    headers: dict[str, str]
    body: bytes


Answer = bytes | Callable[[Received], bytes]
"""What is answered, or what makes it of the request."""


@dataclass(slots=True)
class Receiver:
    """What a test sees of it.

    Attributes:
        port: of 127.0.0.1.
        answers: the next ones; the last one is given over and over.
        received: every request, in order.
        connections: how many there were, those that came to nothing included.
    """

    port: int = 0
    answers: list[Answer] = field(default_factory=lambda: [answer(204)])
    received: list[Received] = field(default_factory=list)
    connections: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            self.received.append(await _request(reader))
            given = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if callable(given):
                given = given(self.received[-1])
            if given == HANG:
                await reader.read()  # until the other end has had enough
            writer.write(given)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()


async def _request(reader: asyncio.StreamReader) -> Received:
    target, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Received(target.removesuffix(" HTTP/1.1"), headers, await reader.readexactly(int(headers["content-length"])))


@asynccontextmanager
async def receiving(files: TlsFiles, answers: Sequence[Answer] = ()) -> AsyncIterator[Receiver]:
    """A receiver for the block.

    Args:
        files: its certificate.
        answers: what it answers; 204 where nothing is named.
    """
    receiver = Receiver(answers=list(answers) or [answer(204)])
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(files.certificate, files.key)
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    async with server:
        yield receiver


@contextmanager
def serving(files: TlsFiles, answers: Sequence[Answer] = ()) -> Iterator[Receiver]:
    """A receiver as `receiving` makes it, in a thread of its own, for tests of a whole service."""
    made: SimpleQueue[Receiver] = SimpleQueue()
    loop = asyncio.new_event_loop()
    over = asyncio.Event()

    async def serve() -> None:
        async with receiving(files, answers) as receiver:
            made.put(receiver)
            await over.wait()

    thread = Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        yield made.get(timeout=WITHIN_S)
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()
