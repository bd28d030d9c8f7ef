"""Cameras are looked for, asked, and added to the site file; what cannot be is said, and no password comes back."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from passerby.config.service import service_site
from passerby.domain.camera_search import FoundDevice, FoundSource, OfferedStream, SourceWay
from passerby.domain.errors import AddressRefusedError, SourceError
from testing.trial_service.site_register import SITE_REGISTER
from testing.web.fakes import Service
from testing.web.site_files import service_on_file

EMPTY = f"site: {{name: Market square, time_zone: Europe/Belgrade}}   # no camera yet\n{SITE_REGISTER}"
NEW = {"name": "square", "source": {"address": "rtsp://10.0.0.7/main", "user": "viewer"}}
CANARY = "K4nar1enV0gel"


class Search:
    """Finds one camera, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    async def discover(self, seconds: float, at: Sequence[str] = ()) -> tuple[FoundDevice, ...]:
        self.asked.append((seconds, tuple(at)))
        if "8.8.8.8" in at:
            raise AddressRefusedError("8.8.8.8 is not in the networks that this site allows")
        return (FoundDevice("10.0.0.7", "Gate", "M 1", ""),)

    async def probe(self, address: str, user: str, password: str) -> FoundSource:
        self.asked.append((address, user, password))
        if "away" in address:
            raise SourceError("10.0.0.9: it does not answer")
        smaller = ("rtsp://10.0.0.7/sub",)
        stream = OfferedStream("rtsp://10.0.0.7/main", "main", "H264", 1280, 960, 0.0, "it is first", smaller=smaller)
        return FoundSource(SourceWay.ONVIF, "Maker", "M 1", (stream,), ("Its clock is wrong.",))


def with_search() -> tuple[Service, Search]:
    service, search = Service(), Search()
    hub = service.app.state.hub
    object.__setattr__(hub, "camera_search", search)
    return service, search


def test_a_search_lists_who_answers() -> None:
    service, search = with_search()
    answer = service.post("/api/v1/camera-search", json={"seconds": 2, "at": ["10.0.0.7"]})
    assert [row["address"] for row in answer.json()["rows"]] == ["10.0.0.7"]
    assert search.asked == [(2.0, ("10.0.0.7",))]
    assert [each.action for each in service.store.audit_rows] == ["cameras.searched"]
    refused = service.post("/api/v1/camera-search", json={"at": ["8.8.8.8"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "address-refused")
    for wrong in ({"seconds": 60}, {"at": ["camera.example"]}, {"interface": "eth0"}):
        assert service.post("/api/v1/camera-search", json=wrong).status_code == 422


def test_a_camera_is_asked_and_its_password_comes_back_nowhere() -> None:
    service, search = with_search()
    asked = {"address": "10.0.0.7", "user": "viewer", "password": CANARY}
    answer = service.post("/api/v1/camera-search/probe", json=asked)
    said = answer.json()
    assert (said["way"], said["model"], said["streams"][0]["fps"]) == ("onvif", "M 1", None)
    assert said["streams"][0]["smaller"] == ["rtsp://10.0.0.7/sub"]
    assert search.asked == [("10.0.0.7", "viewer", CANARY)]
    assert CANARY not in answer.text + str(service.store.audit_rows)
    away = service.post("/api/v1/camera-search/probe", json={**asked, "address": "away"})
    assert (away.status_code, away.json()["code"], away.json()["detail"]) == (
        422, "no-camera", "10.0.0.9: it does not answer"
    )  # fmt: skip
    wrong = service.post("/api/v1/camera-search/probe", json={**asked, "password": CANARY * 100})
    assert (wrong.status_code, CANARY in wrong.text) == (422, False)


def play(folder: Path, part: Callable[[Service, httpx.AsyncClient], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with service_on_file(folder, EMPTY) as service, service.client() as client:
            await part(service, client)

    asyncio.run(whole())


def test_the_first_camera_is_added_to_a_site_without_any(tmp_path: Path) -> None:
    async def part(service: Service, client: httpx.AsyncClient) -> None:
        assert (await client.get("/api/v1/cameras")).json()["rows"] == []
        added = await client.post("/api/v1/cameras", json=NEW)
        assert (added.status_code, added.json()["name"]) == (201, "square")
        assert "title" in added.json()["missing"]
        assert [row["name"] for row in (await client.get("/api/v1/cameras")).json()["rows"]] == ["square"]
        assert "# no camera yet" in (tmp_path / "site.yaml").read_text()
        again = await client.post("/api/v1/cameras", json=NEW)
        assert (again.status_code, again.json()["code"]) == (409, "camera-exists")
        kept = await client.put("/api/v1/cameras/square/password", json={"password": CANARY})
        assert (kept.status_code, kept.json()["place"]) == (200, "encrypted")
        assert CANARY not in (tmp_path / "site.yaml").read_text()

    play(tmp_path, part)


def test_a_camera_is_added_with_its_smaller_streams(tmp_path: Path) -> None:
    async def part(service: Service, client: httpx.AsyncClient) -> None:
        source = {"address": "rtsp://10.0.0.7/main", "streams": ["rtsp://10.0.0.7/sub", "rtsp://10.0.0.7/third?x=1"]}
        added = await client.post("/api/v1/cameras", json={**NEW, "source": source})
        assert added.status_code == 201, added.text
        plan = service_site((tmp_path / "site.yaml").read_text(), "site.yaml", tmp_path, {}).plan
        assert (plan.cameras[0].source.path, plan.cameras[0].source.streams) == ("/main", ("/sub", "/third?x=1"))
        (row,) = (await client.get("/api/v1/cameras")).json()["rows"]
        assert row["source"] == "rtsp://10.0.0.7/main"
        assert row["smaller"] == ["rtsp://10.0.0.7/sub", "rtsp://10.0.0.7/third?…"]

    play(tmp_path, part)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"name": "the square"}, "body"),
        ({"source": {"address": "rtsp://me:secret@10.0.0.7/"}}, "body.source"),
        ({"source": {"address": "file:///etc/passwd"}}, "body"),
        ({"source": {"address": "rtsp://10.0.0.7/", "streams": ["rtsp://10.0.0.8/"]}}, "body.source"),
        ({"source": {"address": "rtsp://10.0.0.7/", "streams": ["rtsp://me:secret@10.0.0.7/x"]}}, "body.source"),
        ({"source": {"address": "rtsp://10.0.0.7/", "streams": ["file:///etc/passwd"]}}, "body"),
        ({"source": {"address": "rtsp://10.0.0.7/", "password": "x"}}, "body"),
        ({"register": {"purposes": ["curiosity"]}}, "body.register.purposes"),
    ],
)
def test_a_camera_that_cannot_be_is_refused(tmp_path: Path, change: dict[str, Any], where: str) -> None:
    async def part(service: Service, client: httpx.AsyncClient) -> None:
        answer = await client.post("/api/v1/cameras", json={**NEW, **change})
        assert answer.status_code == 422, answer.text
        assert answer.json()["faults"][0]["where"].startswith(where)
        assert "secret" not in answer.text
        assert (tmp_path / "site.yaml").read_text() == EMPTY

    play(tmp_path, part)
