"""The site file goes to the hub that takes over, encrypted, and an edit by hand there is kept."""

import asyncio
import shutil
from pathlib import Path

import pytest

from passerby.camera_secrets.errors import CameraSecretError
from passerby.config.texts.site_storage import write_applied
from passerby.ports import StoreUnavailableError
from passerby.service.hub.site_copies import EDITED, SiteCopies

TEXT = "site: {name: Market square}\ncameras: {gate: {source: {rtsp: 'rtsp://10.0.0.1/', password: s3cret}}}\n"
OLD = "site: {name: Market}\n"


class Database:
    """What both hubs' claims put and find."""

    def __init__(self) -> None:
        self.rows: dict[str, str] = {}
        self.away, self.puts = False, 0

    async def setting(self, name: str) -> str:
        return self.rows.get(name, "")

    async def put(self, name: str, value: str) -> None:
        if self.away:
            raise StoreUnavailableError("the database does not answer")
        self.puts += 1
        self.rows[name] = value


def hub(folder: Path, database: Database) -> SiteCopies:
    (folder / "data").mkdir(parents=True, exist_ok=True)
    return SiteCopies(folder / "site.yaml", folder / "data", {}, database)  # type: ignore[arg-type]


@pytest.fixture
def first(tmp_path: Path) -> Path:
    (tmp_path / "a" / "data").mkdir(parents=True)
    write_applied(tmp_path / "a" / "data", TEXT, 3)
    (tmp_path / "a" / "data" / "camera-passwords.json").write_text('{"of": "cameras"}')
    return tmp_path / "a"


def given_the_key(first: Path, second: Path) -> None:
    shutil.copy(first / "data" / "secrets.key", second / "data" / "secrets.key")


def test_it_is_written_where_it_differs_and_encrypted(first: Path) -> None:
    async def run() -> None:
        database = Database()
        copies = hub(first, database)
        database.away = True
        await copies.write()
        assert not database.rows
        database.away = False
        await copies.write()
        await copies.write()
        assert database.puts == 2
        assert "s3cret" not in str(database.rows)
        write_applied(first / "data", OLD, 4)
        await copies.write()
        assert database.puts == 4

    asyncio.run(run())


def test_the_next_hub_takes_it_over(first: Path, tmp_path: Path) -> None:
    async def run() -> None:
        database, second = Database(), tmp_path / "b"
        copies = hub(second, database)
        assert not await copies.take_in()  # the first one has left nothing
        await hub(first, database).write()
        given_the_key(first, second)
        (second / "site.yaml").write_text(OLD)
        write_applied(second / "data", OLD, 2)
        assert await copies.take_in()
        assert (second / "site.yaml").read_text() == TEXT
        assert (second / "data" / "camera-passwords.json").read_text() == '{"of": "cameras"}'
        assert not (second / f"site.yaml{EDITED}").exists(), "nobody had edited it there"
        assert not await copies.take_in()

    asyncio.run(run())


def test_an_edit_by_hand_on_the_hub_that_waited_is_kept_beside_it(first: Path, tmp_path: Path) -> None:
    async def run() -> None:
        database, second = Database(), tmp_path / "b"
        copies = hub(second, database)
        await hub(first, database).write()
        given_the_key(first, second)
        (second / "site.yaml").write_text(OLD + "# by hand\n")
        assert await copies.take_in()
        kept = second / f"site.yaml{EDITED}"
        assert kept.read_text() == OLD + "# by hand\n"
        assert kept.stat().st_mode & 0o077 == 0
        assert (second / "site.yaml").read_text() == TEXT

    asyncio.run(run())


def test_a_hub_without_the_key_takes_nothing(first: Path, tmp_path: Path) -> None:
    async def run() -> None:
        database, second = Database(), tmp_path / "b"
        copies = hub(second, database)
        await hub(first, database).write()
        (second / "site.yaml").write_text(OLD)
        with pytest.raises(CameraSecretError, match=r"secrets\.key"):
            await copies.take_in()
        assert (second / "site.yaml").read_text() == OLD

    asyncio.run(run())
