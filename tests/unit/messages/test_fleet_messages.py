"""The first messages of a connection: they come back as they were sent, and what is out of bounds is refused."""

import asyncio
import io
from dataclasses import replace

import pytest

from passerby.domain.fleet import Refusal
from passerby.messages import fleet_messages
from passerby.messages.codec import CodecError
from passerby.messages.fleet_messages import (
    FROM_NODE,
    TO_NODE,
    AuthorityWanted,
    FromNode,
    Hello,
    JoinWanted,
    Refused,
    RenewalWanted,
    Welcome,
    common_version,
)

HELLO = Hello(1, 1, 7, "0f" * 8, 1_790_640_000_000_000_000, "0.2.0", False)
JOIN = JoinWanted("ab" * 16, "-----BEGIN", 1, 1, 1_790_640_000_000_000_000, "0.2.0")


@pytest.mark.parametrize("message", [HELLO, JOIN, AuthorityWanted(), RenewalWanted("-----BEGIN")])
def test_messages_come_back_as_they_were_sent(message: FromNode) -> None:
    assert FROM_NODE.receive(io.BytesIO(FROM_NODE.frame(message))) == message


@pytest.mark.parametrize(
    "message",
    [
        replace(HELLO, counter=0), replace(HELLO, counter=2**63 - 1), replace(HELLO, run="xyz"),
        replace(HELLO, run="0f" * 9), replace(HELLO, oldest=2), replace(HELLO, version=0, oldest=0),
        replace(HELLO, program="p" * 101), replace(HELLO, time_ns=-1), replace(JOIN, secret="../../etc/passwd"),
        replace(JOIN, request="r" * 10_001),
    ],
)  # fmt: skip
def test_what_is_out_of_bounds_is_refused(message: FromNode) -> None:
    with pytest.raises(CodecError):
        FROM_NODE.receive(io.BytesIO(FROM_NODE.frame(message)))


def test_a_large_message_is_refused_before_it_is_read() -> None:
    head = bytearray(FROM_NODE.frame(AuthorityWanted()))
    head[8:12] = (1 << 17).to_bytes(4, "big")

    async def play() -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(bytes(head))
        with pytest.raises(CodecError, match="too large"):
            await FROM_NODE.receive_from(reader)

    asyncio.run(play())
    for answer in (Welcome(1, 0, 0), Refused(Refusal.CLOCK, "set the clock")):
        assert TO_NODE.receive(io.BytesIO(TO_NODE.frame(answer))) == answer


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [((5, 4), (5, 4), 5), ((5, 4), (4, 3), 4), ((5, 4), (6, 5), 5), ((5, 4), (3, 2), None), ((5, 4), (7, 6), None)],
)
def test_a_version_and_the_one_before_meet(
    ours: tuple[int, int], theirs: tuple[int, int], expected: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet_messages, "VERSION", ours[0])
    monkeypatch.setattr(fleet_messages, "OLDEST_VERSION", ours[1])
    assert common_version(*theirs) == expected
