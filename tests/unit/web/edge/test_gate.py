"""Who is let in, from where, and how much at once."""

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest

from passerby.domain.service import ServerPlan
from passerby.web.edge.gate import MAX_BODY_BYTES
from passerby.web.edge.headers import SECURITY_HEADERS
from testing.web.fakes import HOST, Service, site_plan
from testing.web.serving import api_description


def ask(service: Service, method: str, path: str, *, known: bool = True, **options: Any) -> httpx.Response:
    async def scene() -> httpx.Response:
        async with service.client(known=known, address=options.pop("address", "127.0.0.1")) as client:
            return await client.request(method, path, **options)

    return asyncio.run(scene())


def paths(service: Service) -> list[tuple[str, str]]:
    return [
        (method.upper(), path.replace("{camera}", "square").replace("{number}", "1").replace("{token}", "x"))
        for path, methods in api_description()["paths"].items()
        for method in methods
    ]


@pytest.mark.asvs("13.4.5")
def test_nothing_but_the_watched_addresses_is_open() -> None:
    service = Service()
    opened = {"/healthz", "/readyz", "/open/x"}
    asked = [*paths(service), ("GET", "/"), ("GET", "/app/index.html"), ("GET", "/openapi.json"), ("GET", "/x")]
    assert len(asked) > 20
    for method, path in asked:
        answer = ask(service, method, path, known=False)
        if path in opened or path.startswith("/.well-known/"):
            assert answer.status_code != 401, path
        else:
            assert answer.status_code == 401, path
            assert answer.json()["code"] == "no-session"
            assert "www-authenticate" in answer.headers


@pytest.mark.asvs("3.3.2", "3.3.4")
def test_link_opens_the_door_once() -> None:
    service = Service()

    async def scene() -> list[httpx.Response]:
        async with service.client(known=False) as client:
            return [await client.get(link), await client.get("/api/v1/version"), await client.get(link)]

    link = service.link()
    came_in, version, again = asyncio.run(scene())
    assert (came_in.status_code, came_in.headers["location"]) == (303, "/")
    cookie = came_in.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert version.status_code == 200
    assert (again.status_code, again.json()["code"]) == (403, "link-used-up")
    assert link.rpartition("/")[2] not in again.text


@pytest.mark.asvs("3.5.3")
def test_asking_for_the_head_does_not_use_the_link_up() -> None:
    service = Service()
    link = service.link()
    answer = ask(service, "HEAD", link, known=False)
    assert (answer.status_code, answer.headers["location"], "set-cookie" in answer.headers) == (303, "/", False)
    assert ask(service, "GET", link, known=False).status_code == 303


def test_people_get_a_page_where_programs_get_a_problem() -> None:
    service = Service()
    for path, status in (("/", 401), ("/open/old", 403)):
        answer = ask(service, "GET", path, known=False, headers={"Accept": "text/html,*/*;q=0.8"})
        assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
        assert "link" in answer.text


@pytest.mark.parametrize(
    "cookie", ["{name}=", "{name}=1.2.3", "{name}", "=", '{name}="', ";;;", "{name}=9999999999.a.b"]
)
def test_wrong_cookies_are_refused(cookie: str) -> None:
    service = Service()
    headers = {"Cookie": cookie.format(name=service.cookie.name("http"))}
    assert ask(service, "GET", "/api/v1/version", known=False, headers=headers).status_code == 401


def test_cookie_among_others_is_found() -> None:
    service = Service()
    headers = {"Cookie": f'a b=1; other="x; {service.session()}; last=2'}
    assert ask(service, "GET", "/api/v1/version", known=False, headers=headers).status_code == 200


@pytest.mark.parametrize("host", [HOST, "localhost:8642", "LOCALHOST", "[::1]:8642", "127.0.0.1"])
def test_own_host_names(host: str) -> None:
    assert ask(Service(), "GET", "/api/v1/version", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["passerby.example", "127.0.0.1.example", "localhost.example:8642", "", "[::2]", "[", "@"]
)
@pytest.mark.parametrize("path", ["/api/v1/version", "/metrics", "/healthz", "/open/x"])
def test_strange_host_names_are_refused(host: str, path: str) -> None:
    answer = ask(Service(), "GET", path, headers={"Host": host})
    assert (answer.status_code, answer.json()["code"]) == (421, "wrong-host")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": f"http://{HOST}.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": f"http://{HOST}", "Sec-Fetch-Site": "cross-site"},
    ],
)
@pytest.mark.asvs("3.5.1")
def test_changes_asked_for_by_other_pages_are_refused(headers: dict[str, str]) -> None:
    service = Service()
    answer = ask(service, "POST", "/api/v1/cameras/square/confirm", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "wrong-origin")
    assert service.live.confirmed == []
    assert ask(service, "GET", "/api/v1/version", headers=headers).status_code == 200


@pytest.mark.parametrize("headers", [{}, {"Origin": f"http://{HOST}", "Sec-Fetch-Site": "same-origin"}])
def test_changes_by_our_own_page_or_a_program(headers: dict[str, str]) -> None:
    service = Service()
    assert ask(service, "POST", "/api/v1/cameras/square/confirm", headers=headers).status_code == 204


@pytest.mark.asvs("13.4.5")
def test_figures_are_for_this_machine_or_a_session() -> None:
    service = Service()
    assert ask(service, "GET", "/metrics", known=False).status_code == 401
    assert ask(service, "GET", "/metrics").status_code == 200
    service.configurations.plan = replace(site_plan(), server=ServerPlan(metrics=True))
    assert ask(service, "GET", "/metrics", known=False).status_code == 200
    assert ask(service, "GET", "/metrics", known=False, address="192.0.2.7").status_code == 401
    assert ask(service, "GET", "/metrics", known=False, address="no address").status_code == 401
    assert ask(service, "GET", "/metrics", address="192.0.2.7").status_code == 200
    assert ask(service, "GET", "/healthz", known=False, address="192.0.2.7").status_code == 200


@pytest.mark.asvs("5.2.1")
def test_long_bodies_are_refused() -> None:
    service = Service()
    for content in (b"x" * (MAX_BODY_BYTES + 1), b'{"text": "' + b"x" * MAX_BODY_BYTES + b'"}'):
        answer = ask(
            service,
            "POST",
            "/api/v1/configuration/validate",
            content=content,
            headers={"Content-Type": "application/json"},
        )
        assert (answer.status_code, answer.json()["code"]) == (413, "body-too-long")


@pytest.mark.asvs("3.2.1", "3.4.4", "3.4.5", "14.2.2", "14.3.2")
def test_every_answer_carries_the_headers() -> None:
    service = Service()
    for path in ("/", "/app/index.html", "/api/v1/version", "/nowhere", "/api/v1/observations?limit=x", "/healthz"):
        for known in (True, False):
            answer = ask(service, "GET", path, known=known)
            assert {name: answer.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS, path
            assert answer.headers["cache-control"] in ("no-store", "no-cache"), path


@pytest.mark.asvs("3.4.3", "3.4.6")
def test_policy_is_that_of_the_design() -> None:
    parts = SECURITY_HEADERS["Content-Security-Policy"].split("; ")
    assert set(parts) >= {
        "default-src 'self'",
        "script-src 'self'",
        "img-src 'self' blob: data:",
        "worker-src 'self' blob:",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "base-uri 'none'",
    }
    assert not any("unsafe" in part or "http" in part for part in parts)
