"""The tree of the audit log is public and holds no entry."""

import asyncio

import pytest

from testing.web.fakes import Service


def public(service: Service, path: str):
    async def ask():
        async with service.client(known=False) as client:
            return await client.get(f"/.well-known/passerby/{path}")

    return asyncio.run(ask())


def test_anybody_gets_checkpoint_key_and_tiles() -> None:
    service = Service()
    answer = public(service, "checkpoint")
    assert (answer.status_code, answer.text) == (200, "passerby/audit/test\n300\n")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert public(service, "key").text == "passerby/audit/test+12345678+AAAA\n"
    tile = public(service, "tile/0/001.p/44")
    assert (tile.status_code, tile.content) == (200, bytes(44 * 32))
    assert tile.headers["content-type"] == "application/octet-stream"
    assert tile.headers["cache-control"] == "public, no-cache"
    for path in ("tile/0/001", "tile/0/001.p/45", "tile/0/1", "tile/entries/000", "tile/"):
        assert public(service, path).status_code == 404, path


@pytest.mark.asvs("16.5.2")
def test_a_store_that_is_away_is_said() -> None:
    service = Service()
    service.store.away = True
    assert public(service, "checkpoint").status_code == 503
