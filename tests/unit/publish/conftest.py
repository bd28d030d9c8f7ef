"""A street with its store, for what is delivered from it."""

import asyncio
import shutil
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from passerby.domain.recipients import Recipient
from passerby.ports import Store
from passerby.store import open_store
from testing.waiting import Clock
from testing.web.deliveries import Street

Answer = TypeVar("Answer")
Run = Callable[[Coroutine[Any, Any, Answer]], Answer]


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite store without a row: made once, as its migrations take longer than most tests."""
    path = tmp_path_factory.mktemp("store") / "passerby.db"

    async def make() -> None:
        await (await open_store(f"sqlite:///{path}")).close()

    asyncio.run(make())
    return path


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as one:
        yield one


@pytest.fixture
def street(empty_store: Path, tmp_path: Path, runner: asyncio.Runner) -> Iterator[Callable[..., Street]]:
    """Makes a street with recipients; `streets` that are made again on the same store go on where it is."""
    path = shutil.copy(empty_store, tmp_path / "passerby.db")
    clock, stores = Clock(), list[Store]()

    def make(*recipients: Recipient) -> Street:
        if not stores:
            stores.append(runner.run(open_store(f"sqlite:///{path}", clock=clock)))
        return Street(stores[0], clock, *recipients)

    yield make
    for store in stores:
        runner.run(store.close())
