"""Requests over a real connection that are no HTTP, or break off as none: few lines in the log, and all counted."""

import asyncio
import io
import logging
from collections.abc import Iterator

import pytest

from passerby.telemetry.logs import configure_logs
from testing.web.fakes import Service
from testing.web.serving import served

BROKEN = [
    b"GET /\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"POST /log-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    sink = io.StringIO()
    configure_logs("hub", stream=sink)
    yield sink
    root.handlers[:] = before
    root.setLevel(level)


ODD = [b"Cookie: \xff\xfe=;;;=\x80", b"Cookie: a=b; " * 50, b"Authorization: Bearer \xff", b"Authorization: x"]


async def sent(port: int, content: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(content)
    answer = await reader.read()
    writer.close()
    return answer


@pytest.mark.asvs("16.3.3")
def test_a_storm_of_them_fills_no_log_and_is_counted(log: io.StringIO) -> None:
    async def scene() -> float:
        service = Service()
        async with served(service.app) as port:
            for _ in range(20):
                for content in BROKEN:
                    assert (await sent(port, content)).startswith(b"HTTP/1.1 400")
        return float(service.app.state.hub.figures.malformed._value.get())

    assert asyncio.run(scene()) == 20 * len(BROKEN)
    lines = log.getvalue().splitlines()
    assert 1 <= len(lines) <= 12
    assert "Traceback" not in log.getvalue()


def test_cookies_and_tokens_that_are_none_write_nothing(log: io.StringIO) -> None:
    async def scene() -> set[bytes]:
        service = Service()
        answers = set()
        async with served(service.app) as port:
            for line in (
                b"Cookie: \xff\xfe=;;;=\x80",
                b"Cookie: a=b; " * 50,
                b"Authorization: Bearer \xff",
                b"Authorization: x",
            ):
                head = b"GET /api/v1/version HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + line + b"\r\n\r\n"
                answers.add((await sent(port, head))[9:12])
        return answers

    assert asyncio.run(scene()) <= {b"401", b"400"}
    assert log.getvalue() == ""
