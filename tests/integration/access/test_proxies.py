"""Requests over a real connection that claim to come from elsewhere, from here, or twice: none of them is local."""

import asyncio
from dataclasses import replace

import pytest

from passerby.domain.service import ServerPlan
from testing.web.fakes import Service
from testing.web.serving import served


async def status(port: int, head: str, before: bytes = b"") -> str:
    """The status of the answer to a request of that head; empty where the connection was closed without one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(before + head.replace("\n", "\r\n").encode("latin-1") + b"\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer.partition(b"\r\n")[0].decode().removeprefix("HTTP/1.1 ")[:3]


def statuses(heads: list[str], server: ServerPlan, before: bytes = b"") -> list[str]:
    async def scene() -> list[str]:
        service = Service()
        service.configurations.plan = replace(service.configurations.plan, server=server)
        async with served(service.app) as port:
            return [await status(port, head.format(port=port), before) for head in heads]

    return asyncio.run(scene())


METRICS = "GET /metrics HTTP/1.1\nHost: localhost:{port}"


@pytest.mark.asvs("4.1.3")
def test_metrics_without_a_session_are_for_programs_of_this_machine_alone() -> None:
    forged = [
        "X-Forwarded-For: 203.0.113.9", "x-forwarded-for:", "X-Forwarded-For: 127.0.0.1", "Forwarded: for=127.0.0.1",
        "X-Forwarded-Proto: https", "X-Real-IP: 127.0.0.1", "Via: 1.1 cache", "X-Forwarded-Host: localhost",
        "X-FORWARDED-FOR: 203.0.113.9\nX-Forwarded-For: 127.0.0.1",
    ]  # fmt: skip
    open_to_programs = ServerPlan(metrics=True)
    answers = statuses([METRICS, *(f"{METRICS}\n{each}" for each in forged)], open_to_programs)
    assert answers == ["200", *["403"] * len(forged)]
    named = ServerPlan(metrics=True, public_url="https://count.example.org", behind=("127.0.0.1/32",))
    answers = statuses([METRICS, *(f"{METRICS}\n{each}" for each in forged)], named)
    assert answers[0] == "200"
    assert set(answers[1:]) <= {"401", "403", "421"}


@pytest.mark.asvs("4.2.1")
def test_hosts_that_are_forged_doubled_or_missing_are_refused() -> None:
    lines = [
        "Host: localhost:{port}", "Host: evil.example", "Host: localhost.evil.example:{port}",
        "Host: localhost:{port}\nHost: evil.example", "X-Host: localhost:{port}",
        "Host: evil.example\nX-Forwarded-Host: localhost:{port}", "Host: localhost:{port} evil.example",
    ]  # fmt: skip
    answers = statuses([f"GET /healthz HTTP/1.1\n{each}" for each in lines], ServerPlan())
    assert answers[0] == "200"
    assert set(answers[1:]) <= {"400", "403", "421"}


@pytest.mark.parametrize(
    "before",
    [b"PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n", b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c" + bytes([127, 0, 0, 1] * 3)],
    ids=["version 1", "version 2"],
)
def test_the_proxy_protocol_is_not_spoken(before: bytes) -> None:
    named = ServerPlan(metrics=True, public_url="https://count.example.org", behind=("127.0.0.1/32",))
    assert statuses([METRICS], named, before) == ["400"]
