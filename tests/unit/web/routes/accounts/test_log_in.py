"""Logging in on pages without scripts: the link, the first administrator, password and code, and what is refused."""

import asyncio
import re
from typing import Any

import httpx
import pyotp
import pytest

from passerby.access import Visitor
from passerby.access.log_in.sign_on import SignOn
from passerby.command_hints import CommandHints
from passerby.web.edge.rate_limits import PUBLIC
from testing.web.fakes import HOST, Service

PASSWORD = "violet kettle under seven bridges"


def browser(service: Service) -> httpx.AsyncClient:
    headers = {"Accept": "text/html", "Origin": f"http://{HOST}", "Sec-Fetch-Site": "same-origin"}
    transport = httpx.ASGITransport(service.app, client=("127.0.0.1", 50_000))
    return httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}", headers=headers, follow_redirects=True)


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, text
    return found[1]


async def enrolled(service: Service, client: httpx.AsyncClient, name: str = "ann") -> str:
    """Adds the first administrator by the link; returns the secret of their codes."""
    await client.get(service.link())
    joining = await client.post("/start", data={"name": name})
    assert joining.url.path.startswith("/join/")
    secret = re.search(r"Key: <code>([A-Z2-7 ]+)</code>", joining.text)
    assert secret
    plain = secret[1].replace(" ", "")
    form = {
        "set_up_id": hidden(joining.text, "set_up_id"), "password": PASSWORD,
        "code": pyotp.TOTP(plain).at(int(service.clock.now_s)),
    }  # fmt: skip
    done = await client.post(joining.url.path, data=form)
    assert "recovery codes" in done.text
    service.clock.now_s += 30
    return plain


def code(service: Service, secret: str) -> str:
    return pyotp.TOTP(secret).at(int(service.clock.now_s))


def scene(play: Any) -> Any:
    async def played() -> Any:
        service = Service()
        async with browser(service) as client:
            return await play(service, client)

    return asyncio.run(played())


def test_the_first_administrator_is_added_by_the_link_and_logs_in() -> None:
    async def play(service: Service, client: httpx.AsyncClient) -> None:
        secret = await enrolled(service, client)
        assert "Log out" in (await client.get("/account")).text
        out = await client.post("/account/log-out")
        assert out.url.path == "/log-in"
        assert (await client.get("/account")).status_code == 401
        form = {"name": "ann", "password": PASSWORD, "code": code(service, secret), "to": "/account"}
        back = await client.post("/log-in", data=form)
        assert (back.url.path, back.status_code) == ("/account", 200)
        assert "administrator" in back.text
        # The same code again is refused: it was seen on its way, perhaps.
        client.cookies.clear()
        assert (await client.post("/log-in", data=form)).status_code == 401

    scene(play)


@pytest.mark.parametrize("wrong", [{"name": "bob"}, {"password": "another"}, {"code": "000000"}, {"code": ""}])
def test_a_refusal_says_the_same_whatever_is_wrong_and_repeats_nothing(wrong: dict[str, str]) -> None:
    async def play(service: Service, client: httpx.AsyncClient) -> str:
        secret = await enrolled(service, client)
        client.cookies.clear()
        form = {"name": "ann", "password": PASSWORD, "code": code(service, secret)} | wrong
        refused = await client.post("/log-in", data=form)
        assert refused.status_code == 401
        assert "set-cookie" not in refused.headers
        assert PASSWORD not in refused.text
        return refused.text

    assert "The log-in was refused: something of it is wrong" in scene(play)


def test_a_storm_of_log_ins_is_slowed() -> None:
    async def play(service: Service, client: httpx.AsyncClient) -> list[int]:
        await enrolled(service, client)
        client.cookies.clear()
        form = {"name": "ann", "password": "guess", "code": "123456"}
        return [(await client.post("/log-in", data=form)).status_code for _ in range(15)]

    statuses = scene(play)
    assert statuses[0] == 401
    assert statuses[-1] == 429


@pytest.mark.parametrize(
    "to", ["//elsewhere.example", "https://elsewhere.example/", "/\\elsewhere.example", "javascript:alert(1)", "/ü", ""]
)
@pytest.mark.asvs("3.7.2")
def test_no_log_in_leads_elsewhere(to: str) -> None:
    async def play(service: Service, client: httpx.AsyncClient) -> str:
        secret = await enrolled(service, client)
        form = {"name": "ann", "password": PASSWORD, "code": code(service, secret), "to": to}
        answer = await client.post("/log-in", data=form, follow_redirects=False)
        assert answer.status_code == 303
        return str(answer.headers["location"])

    assert scene(play) == "/"


@pytest.mark.asvs("3.5.1", "7.6.2")
def test_a_form_of_another_site_begins_no_session() -> None:
    async def play(service: Service, client: httpx.AsyncClient) -> None:
        secret = await enrolled(service, client)
        form = {"name": "ann", "password": PASSWORD, "code": code(service, secret)}
        for headers in ({"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = await client.post("/log-in", data=form, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "wrong-origin")

    scene(play)


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"name=a&name=b", "application/x-www-form-urlencoded", 422),
        (b"{}", "application/json", 422),
        (b"name=%ff", "application/x-www-form-urlencoded", 422),
        (b"&".join(b"n%d=1" % each for each in range(99)), "application/x-www-form-urlencoded", 422),
        (b"name=" + b"x" * 70_000, "application/x-www-form-urlencoded", 413),
        (b"name=" + b"x" * 10_000_000, "application/x-www-form-urlencoded", 413),
    ],
)
def test_odd_forms_are_refused(content: bytes, kind: str, status: int) -> None:
    async def play(service: Service, client: httpx.AsyncClient) -> int:
        answer = await client.post("/log-in", content=content, headers={"Content-Type": kind})
        assert "problem+json" in answer.headers["content-type"]
        return answer.status_code

    assert scene(play) == status


def test_the_link_opens_nothing_but_recovery_once_there_are_accounts() -> None:
    async def play(service: Service, client: httpx.AsyncClient) -> None:
        await enrolled(service, client)
        client.cookies.clear()
        start = await client.get(service.link())
        assert (start.url.path, start.status_code) == ("/start", 200)
        assert "Recover ann" in start.text
        for path in ("/api/v1/cameras", "/api/v1/observations", "/api/v1/configuration"):
            assert (await client.get(path)).status_code == 403, path
        again = await client.post("/start", data={"name": "ann"})
        assert again.url.path.startswith("/join/")
        assert (await client.post("/start", data={"name": "<script>"})).status_code == 422

    scene(play)


@pytest.mark.asvs("1.2.1")
def test_names_never_become_markup() -> None:
    async def play(service: Service, client: httpx.AsyncClient) -> None:
        await client.get(service.link())
        for name in ("<img src=x>", '"><script>', "a" * 500):
            answer = await client.post("/start", data={"name": name})
            assert answer.status_code == 422
            assert "<img" not in answer.text
            assert '"><script>' not in answer.text

    scene(play)


def test_an_invitation_that_is_none_shows_nothing() -> None:
    async def play(service: Service, client: httpx.AsyncClient) -> int:
        await enrolled(service, client)
        return (await client.get("/join/nothing")).status_code

    assert scene(play) == 401


@pytest.mark.asvs("6.2.6", "6.2.7")
def test_password_fields_hide_what_is_typed_and_help_password_managers() -> None:
    async def play(service: Service, client: httpx.AsyncClient) -> None:
        await client.get(service.link())
        joining = await client.post("/start", data={"name": "ann"})
        for text, use in (((await client.get("/log-in")).text, "current-password"), (joining.text, "new-password")):
            (field,) = re.findall(r'<input[^>]*name="password"[^>]*>', text)
            assert 'type="password"' in field
            assert f'autocomplete="{use}"' in field
            assert "paste" not in text

    scene(play)


@pytest.mark.asvs("3.3.2", "3.3.4")
def test_a_browser_that_has_logged_in_is_known_after_its_log_out_and_not_kept_out_by_its_neighbours() -> None:
    async def play(service: Service, client: httpx.AsyncClient) -> None:
        secret = await enrolled(service, client)
        name = f"{service.cookie.name('http')}_device"
        assert client.cookies[name]
        out = await client.post("/account/log-out")
        assert name not in out.history[0].headers["set-cookie"]
        wrong = {"name": "ann", "password": "a wrong guess", "code": "000000"}
        async with browser(service) as neighbour:
            while (await neighbour.post("/log-in", data=wrong)).status_code != 429:
                pass
            right = {"name": "ann", "password": PASSWORD, "code": code(service, secret), "to": "/account"}
            assert (await neighbour.post("/log-in", data=right)).status_code == 429
        before = client.cookies[name]
        begun = await client.post("/log-in", data=right)
        assert begun.status_code == 200
        given = [each for each in begun.history[0].headers.get_list("set-cookie") if each.startswith(f"{name}=")]
        assert len(given) == 1
        assert {"HttpOnly", "Path=/", "SameSite=lax"} <= {part.strip() for part in given[0].split(";")}
        assert client.cookies[name] != before
        # The cookie alone is no session.
        client.cookies.delete(service.cookie.name("http"))
        assert (await client.get("/account")).status_code == 401

    scene(play)


def test_a_browser_that_has_logged_in_has_requests_of_its_own_where_its_address_has_none_left() -> None:
    async def play(service: Service, client: httpx.AsyncClient) -> None:
        await enrolled(service, client)
        name = f"{service.cookie.name('http')}_device"
        cookie = {"Cookie": f"{name}={client.cookies[name]}"}
        limits = service.app.state.hub.limits
        transport = httpx.ASGITransport(service.app, client=("203.0.113.9", 50_000))
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}") as far:
            while limits.refusal(PUBLIC, "203.0.113.9") is None:
                pass
            assert (await far.get("/log-in")).status_code == 429
            assert (await far.get("/log-in", headers={"Cookie": f"{name}=v1.AAAA"})).status_code == 429
            assert (await far.get("/log-in", headers=cookie)).status_code == 200
            number = await service.access.device_of(Visitor("203.0.113.9", device=client.cookies[name]))
            while limits.refusal(PUBLIC, f"device {number}") is None:
                pass
            assert (await far.get("/healthz", headers=cookie)).status_code == 429

    scene(play)


def test_a_log_in_on_the_way_to_a_link_of_a_notice_leads_to_its_event() -> None:
    async def play(service: Service, client: httpx.AsyncClient) -> None:
        secret = await enrolled(service, client)
        await client.post("/account/log-out")
        refused = await client.get("/events?event=9bd419a897f0c9499010d662de25161a")
        assert refused.status_code == 401
        to = hidden(refused.text, "to")
        form = {"name": "ann", "password": PASSWORD, "code": code(service, secret), "to": to}
        back = await client.post("/log-in", data=form)
        assert str(back.url).endswith("/events?event=9bd419a897f0c9499010d662de25161a")

    scene(play)


def test_markup_in_an_address_is_none_on_the_page_to_log_in() -> None:
    async def play(service: Service, client: httpx.AsyncClient) -> None:
        await enrolled(service, client)
        await client.post("/account/log-out")
        refused = await client.get('/events?event="><script>alert(1)</script>')
        assert "<script>alert" not in refused.text
        assert hidden(refused.text, "to").startswith("/events?event=")

    scene(play)


def test_commands_are_whole_on_a_machine_without_accounts_and_name_no_path_to_visitors_later() -> None:
    command = "/opt/passerby link /srv/site.yaml --data /srv/kept"

    async def played() -> list[str]:
        service = Service(hints=CommandHints("/opt/passerby", "/srv/site.yaml", "/srv/kept"))
        async with browser(service) as client:
            first = [(await client.get(path)).text for path in ("/log-in", "/open/used")]
            first.append((await client.get("/open/used", headers={"Accept": "*/*"})).json()["do"])
            await enrolled(service, client)
            service.clock.now_s += 24 * 3600
            client.cookies.clear()
            return [*first, (await client.get("/open/used")).text]

    *early, later = asyncio.run(played())
    assert [command in text for text in early] == [True, True, True]
    assert "/srv" not in later
    assert "passerby link SITE.yaml" in later


@pytest.mark.parametrize("page", ["/log-in", "/log-in/again"])
def test_where_one_wanted_to_go_is_kept_whole_on_the_way_to_a_provider(
    page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SignOn, "providers", ("city",))

    async def play(service: Service, client: httpx.AsyncClient) -> None:
        await enrolled(service, client)
        shown = await client.get(page, params={"to": "/events?camera=square&state=open"})
        way = f"{page}/with/city"
        assert f'href="{way}?to=/events%3Fcamera%3Dsquare%26state%3Dopen"' in shown.text
        elsewhere = await client.get(page, params={"to": "//evil.example"})
        assert f'href="{way}?to=/"' in elsewhere.text

    scene(play)
