"""The site file over HTTP: read, tried, applied, gone back to; in conflict, refused, and not written."""

import asyncio
from typing import Any

import httpx
import pytest

from passerby.domain.configurations import ConfigurationVersion
from passerby.domain.errors import OutputError
from testing.web.fakes import CANARY, SITE, FakeConfigurations, Service

PATH = "/api/v1/configuration"


def put(service: Service, text: str, if_match: str | None = '"1"') -> httpx.Response:
    headers = {} if if_match is None else {"If-Match": if_match}
    return service.put(PATH, json={"text": text}, headers=headers)


def test_file_is_read() -> None:
    answer = Service().get(PATH)
    assert answer.headers["etag"] == '"1"'
    assert answer.json() == {"number": 1, "author": "file", "time": "2026-09-28T12:00:00+02:00", "text": SITE}


def test_edit_is_a_new_version() -> None:
    service = Service()
    text = service.get(PATH).json()["text"].replace("Market square", "Old market")
    answer = put(service, text)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert answer.json()["author"] == "holder of the link"
    assert service.configurations.kept[-1].text == SITE.replace("Market square", "Old market")
    listed = service.get(f"{PATH}/versions").json()["rows"]
    assert [version["number"] for version in listed] == [1, 2]
    assert "text" not in listed[0]
    assert "Old market" in service.get(f"{PATH}/versions/2").json()["text"]
    assert "Old market" not in service.get(f"{PATH}/versions/1").json()["text"]


def test_changing_back() -> None:
    service = Service()
    put(service, "site: {name: new}\n")
    answer = service.post(f"{PATH}/versions/1/roll-back")
    assert (answer.status_code, answer.json()["number"]) == (200, 3)
    assert service.configurations.kept[-1].text == SITE
    assert service.post(f"{PATH}/versions/9/roll-back").status_code == 404
    assert service.get(f"{PATH}/versions/9").json()["code"] == "no-such-version"


@pytest.mark.parametrize(
    ("if_match", "status", "code"),
    [
        (None, 428, "base-needed"),
        ('"2"', 412, "changed-meanwhile"),
        ("1", 422, "bad-value"),
        ('W/"1"', 422, "bad-value"),
        ('"x"', 422, "bad-value"),
        ('"1", "2"', 422, "bad-value"),
    ],
)
def test_change_must_know_what_it_changes(if_match: str | None, status: int, code: str) -> None:
    service = Service()
    answer = put(service, "site: {name: new}\n", if_match)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert len(service.configurations.kept) == 1


def test_change_of_whichever_version() -> None:
    assert put(Service(), "site: {name: new}\n", "*").status_code == 200


@pytest.mark.parametrize(("method", "path"), [("PUT", PATH), ("POST", f"{PATH}/versions/1/roll-back")])
def test_file_that_cannot_be_written(method: str, path: str) -> None:
    class Full(FakeConfigurations):
        async def apply(self, text: str, author: str, base: int | None) -> ConfigurationVersion:
            raise OutputError("site.yaml: the disk is full")

    service = Service(configurations=Full())
    answer = asyncio.run(service.ask(method, path, json={"text": "a: 1\n"}, headers={"If-Match": "*"}))
    assert (answer.status_code, answer.json()["code"]) == (503, "not-written")
    assert answer.json()["detail"] == "site.yaml: the disk is full"
    assert "retry-after" in answer.headers


def test_faults_are_reported_and_nothing_is_applied() -> None:
    service = Service()
    broken = SITE + "broken: x\n"
    reported = service.post(f"{PATH}/validate", json={"text": broken}).json()["faults"]
    assert reported == list(service.configurations.faults(broken)) != []
    answer = put(service, broken)
    assert (answer.status_code, answer.json()["code"]) == (422, "site-file-refused")
    assert [fault["what"] for fault in answer.json()["faults"]] == reported
    assert len(service.configurations.kept) == 1
    assert service.post(f"{PATH}/validate", json={"text": SITE}).json() == {"faults": []}


def test_version_that_is_not_valid_any_more() -> None:
    service = Service(configurations=FakeConfigurations("broken: x\n"))
    answer = service.post(f"{PATH}/versions/1/roll-back")
    assert (answer.status_code, answer.json()["code"]) == (422, "site-file-refused")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'{"text": 1}',
        b'{"text": null}',
        b'{"text": {"password": "K4nar1enV0gel"}}',
        b'{"K4nar1enV0gel": "x"}',
        b'{"text": "\\u0000"}',
        b'{"text": "\\ud800"}',
        b"{",
        b"\xff",
        b"[" * 100_000,
        b'{"text": NaN}',
    ],
)
def test_bad_bodies(body: bytes) -> None:
    answer = Service().put(PATH, content=body, headers={"If-Match": '"1"', "Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert CANARY not in answer.text


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999999999999999999", "1.5", "%00"])
def test_bad_numbers(number: str) -> None:
    service = Service()
    for answer in (service.get(f"{PATH}/versions/{number}"), service.post(f"{PATH}/versions/{number}/roll-back")):
        assert answer.status_code == 422
        assert answer.json()["faults"][0]["where"] == "path.number"


def test_other_types_of_body() -> None:
    body: Any = f"text={CANARY}"
    answer = Service().put(PATH, content=body, headers={"If-Match": '"1"', "Content-Type": "text/plain"})
    assert answer.status_code == 422
    assert CANARY not in answer.text
