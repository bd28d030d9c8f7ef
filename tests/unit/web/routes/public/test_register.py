"""The public register needs no session, and says whether it agrees with what runs."""

import asyncio

import httpx
import jsonschema
import pytest

from passerby.register.published.document import register_schema
from passerby.register.published.signing import signature_holds
from passerby.web.routes.public.register import preferred
from testing.web.fakes import Service

FOLDER = "/.well-known/passerby/"


def published() -> Service:
    service = Service()
    configuration = asyncio.run(service.configurations.newest())
    asyncio.run(service.register.publish(service.configurations.plan, configuration))
    return service


async def _ask(service: Service, path: str) -> httpx.Response:
    async with service.client(known=False) as client:
        return await client.get(path)


def stranger(service: Service, path: str) -> httpx.Response:
    return asyncio.run(_ask(service, path))


def test_a_stranger_reads_the_register_its_schema_and_its_history() -> None:
    service = published()
    answer = stranger(service, FOLDER + "register.json")
    assert answer.status_code == 200
    document = answer.json()
    schema = stranger(service, FOLDER + "register.schema.json").json()
    assert schema == register_schema()
    jsonschema.Draft202012Validator(schema).validate(document)
    assert signature_holds(document, service.register._key.public_key)
    (version,) = stranger(service, FOLDER + "versions.json").json()["rows"]
    assert version["number"] == document["number"] == 1
    assert stranger(service, FOLDER + "versions/1.json").json() == document
    assert stranger(service, FOLDER + "versions/2.json").status_code == 404
    assert stranger(service, FOLDER + "../../api/v1/version").status_code in (401, 404)


def test_drift_is_shown_publicly() -> None:
    service = published()
    assert stranger(service, FOLDER + "state.json").json() == {"agrees": True, "drift": ""}
    service.register.drift = "another configuration runs"
    assert stranger(service, FOLDER + "state.json").json() == {"agrees": False, "drift": "another configuration runs"}


def test_without_a_register_it_says_so() -> None:
    answer = stranger(Service(), FOLDER + "register.json")
    assert (answer.status_code, answer.json()["code"]) == (503, "not-published")


def test_the_pages_are_served_without_a_session_in_the_language_that_is_preferred() -> None:
    service = published()
    assert "square" in stranger(service, "/register/en/cameras/square.html").text
    assert stranger(service, "/register/style.css").headers["content-type"].startswith("text/css")
    assert stranger(service, "/register/en/cameras/none.html").status_code == 404
    assert stranger(service, "/register/../api/v1/cameras").status_code in (401, 404)
    service.register.drift = "another configuration runs"
    assert "Another configuration runs" in stranger(service, "/register/en/index.html").text


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"), ("sr", "sr-Latn"), ("sr-Cyrl-RS, en;q=0.5", "sr-Cyrl"), ("sr-Cyrl", "sr-Cyrl"),
        ("de;q=x, sr;q=0.9", "sr-Latn"), ("en-GB,en;q=0.9,sr;q=0.8", "en"), (";;,", "en"),
    ],
)  # fmt: skip
def test_the_first_page_leads_to_a_language(accepted: str, language: str) -> None:
    assert preferred(accepted, ("en", "sr-Latn", "sr-Cyrl")) == language
