"""Passwords in the site file and in the environment are in no answer of the whole API, however it is asked."""

import asyncio
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from passerby.access import Access, Place, Visitor
from passerby.domain.access_plan import AccessPlan
from passerby.domain.service import SitePlan
from passerby.drawing.site_drawings import SiteDrawings
from passerby.service.configurations import FileConfigurations
from passerby.service.plans import published_plan
from passerby.store import open_store
from passerby.web.app import create_app
from passerby.web.edge.identities import SessionCookie
from testing.access.people import KEY
from testing.web.fakes import HOST, FakeLive, health_report, publication

CANARY = "K4nar1enV0gel"
SITE = f"""\
site:
  name: Market square
  time_zone: Europe/Berlin
cameras:
  square:
    source: {{rtsp: "rtsp://10.0.0.7/stream", user: viewer, password: "{CANARY}-file"}}
    lines:
      gate: {{points: [[0.2, 0.2], [0.2, 0.8]]}}
  gate:
    source: {{rtsp: "rtsp://10.0.0.9/stream", user: viewer}}
    lines:
      gate: {{points: [[0.2, 0.2], [0.2, 0.8]]}}
  corner:
    source: {{http: "http://10.0.0.8/video", user: viewer, password_from: CORNER_PASSWORD}}
    lines:
      gate: {{points: [[0.2, 0.2], [0.2, 0.8]]}}
"""
ENVIRONMENT = {"CORNER_PASSWORD": f"{CANARY}-environment"}
PATH = "/api/v1/configuration"
WRONG_BODIES: list[Any] = [
    [CANARY], {"text": {"password": CANARY}}, {"pasword": CANARY}, {CANARY: 1}, CANARY, {"password": [CANARY]},
    {"password": CANARY * 100}, {"password": f"{CANARY}\n"},
]  # fmt: skip

PLACE = Place("localhost", "http://localhost:8642")


async def entered(access: Access) -> str:
    """The cookie's value of who came in by the one-time link."""
    begun = await access.link.open(await access.link.new(), Visitor("127.0.0.1"))
    assert begun is not None
    return begun.cookie


def wrong_texts() -> list[str]:
    """Files that somebody with a password at hand may get wrong."""
    return [
        SITE.replace("password:", "pasword:"),
        SITE.replace(f'password: "{CANARY}-file"', f"password: [{CANARY}]"),
        SITE.replace(f'password: "{CANARY}-file"', f"password: {{{CANARY}: 1}}"),
        SITE.replace("rtsp://10", f"rtsp://me:{CANARY}@10"),
        SITE.replace("/stream", f"/stream?password={CANARY}"),
        SITE.replace("}", "", 1),
        SITE.replace("user: viewer", f"user: {{{CANARY}: x}}"),
        SITE + f"store: {{url: 'postgresql://me:{CANARY}@db/x', extra: 1}}\n",
        SITE + f"store: {{url: 'mysql://me:{CANARY}@db/x'}}\n",
        SITE + f"store: postgresql://me:{CANARY}@db/x\n",
        f"password: {CANARY}\n a: [",
        f"password: '{CANARY}",
        f"password: !secret {CANARY}\n",
    ]


def questions(api: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Every route, and the configuration in every wrong way."""
    asked: list[tuple[str, str, dict[str, Any]]] = [
        (method.upper(), path.replace("{camera}", camera).replace("{number}", "1"), {})
        for path, methods in api["paths"].items()
        for method in methods
        for camera in ("square", "corner")
        if path != "/api/v1/live"
    ]
    for camera in ("square", "gate", "nowhere"):
        password = f"/api/v1/cameras/{camera}/password"
        asked += [("PUT", password, {"json": body}) for body in WRONG_BODIES]
        asked += [("PUT", password, {"content": f'{{"password": "{CANARY}'}), ("GET", password, {})]
        asked += [("PUT", password, {"json": {"password": f"{CANARY}-stored"}}), ("GET", password, {})]
        asked += [("DELETE", password, {})]
        asked += [("PUT", password, {"json": {"password": f"{CANARY}-stored"}})]
    match = {"If-Match": '"1"'}
    for text in wrong_texts():
        asked.append(("POST", f"{PATH}/validate", {"json": {"text": text}}))
        asked.append(("PUT", PATH, {"json": {"text": text}, "headers": {"If-Match": "*"}}))
    asked += [("PUT", PATH, {"json": body, "headers": match}) for body in WRONG_BODIES[:-3]]
    asked.append(("PUT", PATH, {"content": f'{{"text": "{CANARY}', "headers": match}))
    asked.append(("PUT", PATH, {"json": {"text": SITE}, "headers": {"If-Match": '"7"'}}))
    asked.append(("PUT", PATH, {"json": {"text": SITE + "# a change\n"}, "headers": match}))
    return [*asked, ("POST", f"{PATH}/versions/1/roll-back", {}), ("GET", PATH, {}), ("GET", f"{PATH}/versions/2", {})]


@pytest.mark.slow
@pytest.mark.asvs("15.3.1")
def test_no_answer_and_no_log_holds_a_password(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    site = tmp_path / "site.yaml"
    site.write_text(SITE, encoding="utf-8")

    async def applied(_: SitePlan) -> None:
        """Nothing runs here."""

    async def scene() -> list[httpx.Response]:
        store = await open_store(f"sqlite:///{tmp_path / 'passerby.db'}", zone=ZoneInfo("Europe/Berlin"))
        store.audit_log.use_key(b"a" * 32)
        register = publication(store)
        configurations = await FileConfigurations.open(
            site, store, tmp_path, publish=register.publish, on_applied=applied, environment=ENVIRONMENT
        )
        passwords = [camera.source.password for camera in configurations.plan.cameras]
        assert passwords == [f"{CANARY}-file", "", f"{CANARY}-environment"]
        live, cookie = FakeLive(), SessionCookie(KEY)
        access = Access(store.access, KEY, AccessPlan, lambda: PLACE, lambda: "Market square")
        live.reports = {"square": health_report()}
        app = create_app(store, live, configurations, SiteDrawings(configurations), access, cookie, register)
        headers = {"Cookie": f"{cookie.name('http')}={await entered(access)}"}
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}", headers=headers) as client:
            answers = [await client.request(*asked[:2], **asked[2]) for asked in questions(app.openapi())]
        await store.close()
        return answers

    answers = asyncio.run(scene())
    assert len(answers) > 60
    assert [answer.request.url for answer in answers if answer.status_code >= 500] == []
    refused = [answer for answer in answers if "site-file-refused" in answer.text]
    assert len(refused) == len(wrong_texts())
    reported = {
        f"{answer.request.method} {answer.request.url.path}": answer.text + str(answer.headers) for answer in answers
    }
    assert [where for where, text in reported.items() if CANARY in text] == []
    assert all(CANARY not in answer.text for answer in answers)
    assert CANARY not in caplog.text
    kept = [path for path in tmp_path.iterdir() if CANARY.encode() in path.read_bytes()]
    assert {path.name for path in kept} == {"site.yaml", "applied.yaml"}
    assert f"{CANARY}-stored" not in "".join(path.read_text("utf-8") for path in kept)
    stored = published_plan(site, tmp_path, ENVIRONMENT, connects=True).camera("gate")
    assert stored is not None
    assert stored.source.password == f"{CANARY}-stored"
    # What was read could be written again: the file still has its password.
    assert f"{CANARY}-file" in site.read_text(encoding="utf-8")


def test_what_is_read_can_be_written_again(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(SITE, encoding="utf-8")
    plans: list[SitePlan] = []

    async def applied(plan: SitePlan) -> None:
        plans.append(plan)

    async def scene() -> tuple[httpx.Response, httpx.Response]:
        store = await open_store(f"sqlite:///{tmp_path / 'passerby.db'}", zone=ZoneInfo("Europe/Berlin"))
        register = publication(store)
        configurations = await FileConfigurations.open(
            site, store, tmp_path, publish=register.publish, on_applied=applied, environment=ENVIRONMENT
        )
        cookie = SessionCookie(KEY)
        access = Access(store.access, KEY, AccessPlan, lambda: PLACE, lambda: "Market square")
        app = create_app(store, FakeLive(), configurations, SiteDrawings(configurations), access, cookie, register)
        headers = {"Cookie": f"{cookie.name('http')}={await entered(access)}"}
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url=f"http://{HOST}", headers=headers
        ) as client:
            read = await client.get(PATH)
            text = json.loads(read.text)["text"].replace("Market square", "Old market")
            written = await client.put(PATH, json={"text": text}, headers={"If-Match": read.headers["etag"]})
            stolen = text.replace("10.0.0.7", "192.168.0.66")
            refused = await client.put(PATH, json={"text": stolen}, headers={"If-Match": written.headers["etag"]})
        await store.close()
        return written, refused

    written, refused = asyncio.run(scene())
    assert (written.status_code, refused.status_code) == (200, 422)
    assert site.read_text(encoding="utf-8") == SITE.replace("Market square", "Old market")
    assert [plan.name for plan in plans] == ["Old market"]
    assert plans[0].cameras[0].source.password == f"{CANARY}-file"
