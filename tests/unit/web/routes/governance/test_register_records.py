"""The register is read with what is missing, previewed, and changed in the site file, whose comments stay."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from testing.trial_service.site_register import SITE_REGISTER
from testing.web.fakes import Service
from testing.web.site_files import service_on_file

TEXT = f"""\
site: {{name: Market square, time_zone: Europe/Belgrade}}
cameras:
  square:   # since May
    source: {{rtsp: "rtsp://10.0.0.7/stream", user: viewer, password: s3cret-canary}}
    register:
      title: Market square   # as on the map
      place:
        address: 2 Market square
        position: [44.816, 20.46]
  gate:
    source: {{rtsp: "rtsp://10.0.0.8/stream"}}
{SITE_REGISTER}"""
VIEW = [[44.816, 20.46], [44.8163, 20.46], [44.8163, 20.4604]]
PATH = "/api/v1/cameras/square/register"


def play(folder: Path, part: Callable[[Service, httpx.AsyncClient], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with service_on_file(folder, TEXT) as service, service.client() as client:
            await part(service, client)

    asyncio.run(whole())


def complete(said: Any) -> dict[str, Any]:
    """The camera's own keys with what is missing."""
    return {**said["own"], "place": {**said["own"]["place"], "field_of_view": VIEW}}


def test_a_record_is_read_with_what_is_missing_and_changed_with_its_comments(tmp_path: Path) -> None:
    async def part(service: Service, client: httpx.AsyncClient) -> None:
        listed = (await client.get("/api/v1/register")).json()
        assert [(row["camera"], row["state"]) for row in listed["rows"]] == [
            ("square", "not_registered"), ("gate", "not_registered")
        ]  # fmt: skip
        asked = await client.get(PATH)
        said = asked.json()
        assert (said["missing"], said["own"]["title"]) == (["place.field_of_view"], "Market square")
        assert said["site"]["recipients"] == []
        changed = await client.put(PATH, json={"register": complete(said)}, headers={"If-Match": asked.headers["ETag"]})
        assert (changed.status_code, changed.json()["missing"], changed.json()["state"]) == (200, [], "active")
        text = (tmp_path / "site.yaml").read_text()
        assert "title: Market square   # as on the map" in text
        assert "square:   # since May" in text
        assert "s3cret-canary" in text
        assert "s3cret-canary" not in str((await client.get("/api/v1/configuration")).text)
        assert (await client.get("/register/en/cameras/square.html")).status_code == 200
        versions = (await client.get("/api/v1/configuration/versions")).json()["rows"]
        assert [row["number"] for row in versions] == [1, 2]

    play(tmp_path, part)


def test_a_change_from_an_older_state_overwrites_nothing(tmp_path: Path) -> None:
    async def part(service: Service, client: httpx.AsyncClient) -> None:
        asked = await client.get(PATH)
        headers = {"If-Match": asked.headers["ETag"]}
        first = {**asked.json()["own"], "title": "The market"}
        assert (await client.put(PATH, json={"register": first}, headers=headers)).status_code == 200
        second = await client.put(PATH, json={"register": asked.json()["own"]}, headers=headers)
        assert (second.status_code, second.json()["code"]) == (412, "changed-meanwhile")
        assert (await client.put(PATH, json={"register": first})).status_code == 428
        assert (await client.get(PATH)).json()["own"]["title"] == "The market"

    play(tmp_path, part)


@pytest.mark.parametrize(
    ("keys", "where"),
    [
        ({"title": ""}, "title"), ({"purposes": ["curiosity"]}, "purposes"), ({"colour": "red"}, "colour"),
        ({"place": {"position": [144.0, 20.0]}}, "place.position"), ({"installed": "soon"}, "installed"),
        ({"operational_events": {"enabled": True}}, "operational_events"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_key_and_nothing_changes(
    tmp_path: Path, keys: dict[str, Any], where: str
) -> None:
    async def part(service: Service, client: httpx.AsyncClient) -> None:
        answer = await client.put(PATH, json={"register": keys}, headers={"If-Match": "*"})
        assert answer.status_code == 422, answer.text
        assert answer.json()["faults"][0]["where"].startswith(where)
        seen = await client.post(f"{PATH}/preview", json={"register": keys})
        assert seen.json()["faults"][0]["where"].startswith(where)
        assert (tmp_path / "site.yaml").read_text() == TEXT

    play(tmp_path, part)


def test_a_preview_shows_changes_page_and_sign_and_publishes_nothing(tmp_path: Path) -> None:
    async def part(service: Service, client: httpx.AsyncClient) -> None:
        own = (await client.get(PATH)).json()["own"]
        still = {"register": {**own, "title": "The old market"}}
        seen = (await client.post(f"{PATH}/preview", json=still)).json()
        assert (seen["faults"], seen["missing"], seen["state"]) == ([], ["place.field_of_view"], "not_registered")
        sign = await client.post(f"{PATH}/preview?form=sign", json=still)
        assert (sign.status_code, sign.json()["code"]) == (409, "not-registered")
        whole = {"register": {**complete({"own": own}), "title": "The old market"}}
        seen = (await client.post(f"{PATH}/preview", json=whole)).json()
        now = {row["key"]: (row["was"], row["now"]) for row in seen["changes"]}
        assert now["record.title"] == (None, "The old market")
        assert now["state"] == ("not_registered", "active")
        page = await client.post(f"{PATH}/preview?form=page&language=sr-Latn", json=whole)
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "The old market" in page.text
        assert (await client.post(f"{PATH}/preview?form=sign", json=whole)).content[:5] == b"%PDF-"
        wrong = await client.post(f"{PATH}/preview?form=page&language=de", json=whole)
        assert (wrong.status_code, wrong.json()["faults"][0]["where"]) == (422, "query.language")
        assert (tmp_path / "site.yaml").read_text() == TEXT
        assert len((await client.get("/.well-known/passerby/versions.json")).json()["rows"]) == 1

    play(tmp_path, part)


def test_what_the_site_says_once_for_all_is_changed_too(tmp_path: Path) -> None:
    async def part(service: Service, client: httpx.AsyncClient) -> None:
        asked = await client.get("/api/v1/register/site")
        keys = {**asked.json()["keys"], "purposes": ["crowd_safety"]}
        headers = {"If-Match": asked.headers["ETag"]}
        changed = await client.put("/api/v1/register/site", json={"register": keys}, headers=headers)
        assert (changed.status_code, changed.json()["keys"]["purposes"]) == (200, ["crowd_safety"])
        wrong = await client.put(
            "/api/v1/register/site", json={"register": {**keys, "page": "http://x"}}, headers={"If-Match": "*"}
        )
        assert (wrong.status_code, wrong.json()["faults"][0]["where"]) == (422, "page")

    play(tmp_path, part)
