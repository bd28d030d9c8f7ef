"""Processes that talk to cameras know which node they are on, and what its authority has signed, without its key."""

import asyncio
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature

from passerby.domain.errors import PasserbyError
from passerby.fleet.identity import IDENTITY_FILE, NodeIdentity
from testing.servers.fleet_hub import running_hub


def test_it_says_whom_the_certificate_is_for_and_holds_no_key(tmp_path: Path) -> None:
    async def play() -> None:
        async with running_hub(tmp_path / "hub") as hub:
            membership = await hub.joined("quay", tmp_path / "node")
            NodeIdentity.write(tmp_path, membership)
            found = NodeIdentity.read(tmp_path)
            assert found.machine == membership.machine
            found.verify(b"a part", hub.authority.sign(b"a part"))
            with pytest.raises(InvalidSignature):
                found.verify(b"another", hub.authority.sign(b"a part"))

    asyncio.run(play())
    assert b"PRIVATE" not in (tmp_path / IDENTITY_FILE).read_bytes()


@pytest.mark.parametrize("content", [None, b"", b"no certificate", b"\xff\xfe"])
def test_one_that_is_missing_or_damaged_is_explained(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / IDENTITY_FILE).write_bytes(content)
    with pytest.raises(PasserbyError, match="not there yet, or damaged"):
        NodeIdentity.read(tmp_path)
