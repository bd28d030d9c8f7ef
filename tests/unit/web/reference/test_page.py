"""The reference page for people: every address, its permission, a line of curl; no script, no dead link."""

import asyncio
import re

import pytest

from testing.web.fakes import Service
from testing.web.serving import api_description

SERVICE = Service()
API = api_description()


@pytest.fixture(scope="module")
def text() -> str:
    answer = SERVICE.get("/api")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    return answer.text


def test_every_operation_and_shape_is_on_it_once(text: str) -> None:
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    operations = [operation["operationId"] for methods in API["paths"].values() for operation in methods.values()]
    assert set(ids) >= {*operations, *(f"shape-{name}" for name in API["components"]["schemas"])}


def test_every_link_leads_somewhere(text: str) -> None:
    ids = set(re.findall(r' id="([^"]+)"', text))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= ids
    for path in set(re.findall(r'(?:href|src)="(/[^"#]*)"', text)):
        # The register's own address leads on to its page in one language.
        assert SERVICE.get(path).status_code == (303 if path == "/register/" else 200), path


def test_nothing_on_it_is_script_or_from_elsewhere(text: str) -> None:
    assert "<script" not in text
    assert " style=" not in text
    assert not re.search(r'(?:href|src)="(?!/|#|\?)', text)


def test_permissions_and_examples_are_told(text: str) -> None:
    assert "Needs see_counts." in text
    assert "Needs nothing." in text
    line = "curl --header &quot;Authorization: Bearer $PASSERBY_TOKEN&quot;"
    assert f"{line} \\\n  http://localhost:8642/api/v1/cameras/square-north<" in text
    assert "--request PUT \\\n  --json &#x27;{&quot;purpose&quot;" in text
    assert "/api/v1/observations?start=2026-09-28T06:00:00Z&amp;end=2026-09-29&amp;bin=hour" in text


def test_who_has_no_session_is_led_to_the_log_in() -> None:
    async def asked() -> int:
        async with Service().client(known=False) as client:
            return (await client.get("/api")).status_code

    assert asyncio.run(asked()) == 401
