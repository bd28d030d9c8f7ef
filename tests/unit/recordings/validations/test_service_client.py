"""Requests to a running service: which address and token are taken, and what is said where it refuses."""

import ssl
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from passerby.domain.errors import PasserbyError
from passerby.recordings.validations.service_client import TOKEN_NAME, RunningService, running_service

TOKEN = "passerby_abcdefgh_0123456789"
PROBLEM = {
    "title": "Conflict", "status": 409, "code": "other-site", "detail": "This is another service.\x1b[31m",
    "do": "Send it there.", "faults": [{"where": "body.site", "what": "another name", "got": "Harbour"}],
}  # fmt: skip


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    return tmp_path / "token"


def answering(status: int, **how: object) -> RunningService:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        return httpx.Response(status, **how)  # type: ignore[arg-type]

    return RunningService("https://count.example.org", TOKEN, transport=httpx.MockTransport(answer))


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("https://count.example.org", "https://count.example.org"),
        ("https://count.example.org:8443/", "https://count.example.org:8443"),
        ("http://127.0.0.1:8642", "http://127.0.0.1:8642"),
        ("http://[::1]:8642", "http://[::1]:8642"),
    ],
)
def test_an_address_is_taken_as_its_origin(given: str, taken: str, token_file: Path) -> None:
    assert running_service(given, token_file, None).address == taken


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("count.example.org", "an address such as"),
        ("https://count.example.org/api", "without a path"),
        ("https://ana:secret@count.example.org", "an address such as"),
        ("https://count.example.org:99999", "an address such as"),
        ("ftp://count.example.org", "an address such as"),
        ("http://count.example.org", "is not encrypted"),
    ],
)
def test_an_address_that_is_none_or_not_encrypted_is_refused(given: str, said: str, token_file: Path) -> None:
    with pytest.raises(PasserbyError, match=said):
        running_service(given, token_file, None)


def test_a_token_is_read_from_a_file_or_the_environment_and_shown_nowhere(
    token_file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(TOKEN_NAME, raising=False)
    with pytest.raises(PasserbyError, match="it holds no token"):
        running_service("https://count.example.org", None, None)
    with pytest.raises(PasserbyError, match="cannot be read"):
        running_service("https://count.example.org", tmp_path / "none", None)
    token_file.write_text(f"{TOKEN} {TOKEN}")
    with pytest.raises(PasserbyError, match="something else than one token"):
        running_service("https://count.example.org", token_file, None)
    monkeypatch.setenv(TOKEN_NAME, TOKEN)
    service = running_service("https://count.example.org", None, None)
    assert (service.token, TOKEN in repr(service)) == (TOKEN, False)


def test_an_answer_is_given_and_a_refusal_said_as_one_line_of_plain_text() -> None:
    assert answering(201, json={"state": "waiting"}).post("/api/v1/validations", {}) == {"state": "waiting"}
    with pytest.raises(PasserbyError) as refused:
        answering(409, json=PROBLEM).post("/api/v1/validations", {})
    said = str(refused.value)
    assert "This is another service." in said
    assert said.endswith("body.site: another name, got Harbour. Send it there.")
    assert "\x1b" not in said


@pytest.mark.parametrize(
    ("status", "how", "said"),
    [
        (401, {"json": {"detail": "no"}}, "the token is not accepted"),
        (404, {"text": "<h1>nginx</h1>"}, "no passerby answers there, got status 404"),
        (200, {"text": "welcome"}, "no passerby answers there, got status 200"),
        (302, {"headers": {"location": "https://elsewhere.example"}}, "no passerby answers there, got status 302"),
        (200, {"content": b"x" * 3_000_000}, "no passerby answers there"),
    ],
)
def test_what_is_no_passerby_is_named(status: int, how: dict[str, object], said: str) -> None:
    with pytest.raises(PasserbyError, match=said):
        answering(status, **how).post("/api/v1/validations", {})


def test_why_it_cannot_be_reached_is_said() -> None:
    def fails(_: httpx.Request) -> httpx.Response:
        error = ssl.SSLCertVerificationError(1, "certificate verify failed")
        error.verify_message = "self-signed certificate"
        raise httpx.ConnectError("failed") from error

    service = replace(answering(200), transport=httpx.MockTransport(fails))
    with pytest.raises(PasserbyError, match="cannot be reached: its certificate is not trusted: self-signed"):
        service.post("/api/v1/validations", {})
