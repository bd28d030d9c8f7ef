"""Logs: one line an event, times in UTC, and no secret in any form."""

import io
import json
import logging
from datetime import datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.telemetry.logs import HIDDEN, Redaction, configure_logs, get_log

CANARY = "c4nary pa/ss'wörd"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(params=[io.StringIO, Terminal])
def sink(request: pytest.FixtureRequest) -> io.StringIO:
    stream: io.StringIO = request.param()
    return stream


@pytest.mark.asvs("16.2.1", "16.2.2", "16.2.4")
def test_an_event_is_a_line_of_json_with_a_time_in_utc() -> None:
    sink = io.StringIO()
    configure_logs("hub", stream=sink)
    get_log().bind(worker=1).info("camera is back", camera="square", after_s=2.5)
    logging.getLogger("uvicorn").warning("port %d is taken", 8642)
    first, second = (json.loads(line) for line in sink.getvalue().splitlines())
    assert datetime.fromisoformat(first.pop("time")).utcoffset().total_seconds() == 0  # type: ignore[union-attr]
    assert first == {
        "event": "camera is back",
        "camera": "square",
        "worker": 1,
        "after_s": 2.5,
        "level": "info",
        "process": "hub",
    }
    assert (second["event"], second["level"], second["process"]) == ("port 8642 is taken", "warning", "hub")


def test_a_terminal_gets_words() -> None:
    sink = Terminal()
    configure_logs("hub", stream=sink)
    get_log().info("camera is back", camera="square")
    assert "camera is back" in sink.getvalue()
    assert not sink.getvalue().startswith("{")


@pytest.mark.asvs("16.2.5")
def test_no_secret_is_written(sink: io.StringIO) -> None:
    configure_logs("worker", secrets=[CANARY, "s3cond"], stream=sink)
    log = get_log()
    log.info(f"tried {CANARY}", source=f"rtsp://u:{CANARY}@h/x", inner={"list": [CANARY, (CANARY,)], CANARY: 1})
    log.info("quoted", url="http://h/?x=c4nary%20pa/ss%27w%C3%B6rd", other="c4nary+pa%2Fss%27w%C3%B6rd")
    log.info("as Python shows it", shown=repr({"x": CANARY}), error=ValueError(CANARY))
    try:
        local = CANARY
        raise OSError(f"no route to rtsp://admin:{local}@10.0.0.1/")
    except OSError:
        log.exception("lost")
        logging.getLogger("library").exception("with %s", CANARY)
    text = sink.getvalue()
    assert "no route to rtsp://" in text
    assert HIDDEN in text
    for form in (CANARY, "c4nary", "pa/ss", "wörd", "w%C3"):
        assert form not in text, form


def test_the_addresses_of_outgoing_requests_are_not_written(sink: io.StringIO) -> None:
    configure_logs("hub", stream=sink)
    with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(204))) as client:
        client.post("https://x.example/hooks/s3cret")
    assert sink.getvalue() == ""


def test_what_nobody_named_is_hidden_where_it_looks_like_a_secret(sink: io.StringIO) -> None:
    configure_logs("worker", stream=sink)
    log = get_log()
    log.info("one", password="canary", access_token="canary", nested={"db_password": "canary"}, pwd=1234567)
    log.info("two rtsp://user:canary@host/x and postgresql://u:can/ary@h:5432/d", url="http://h/?password=canary&x=1")
    log.info("three", shown="CameraSource(user='u', password='canary')", header="Authorization: canary")
    text = sink.getvalue()
    assert "canary" not in text
    assert "can/ary" not in text
    assert "1234567" not in text
    assert "host/x" in text


@given(secret=st.text(min_size=3, max_size=20), before=st.text(max_size=10), after=st.text(max_size=10))
def test_a_known_secret_is_never_in_a_text(secret: str, before: str, after: str) -> None:
    reported = Redaction([secret]).text(before + secret + after)
    assert secret not in reported.replace(HIDDEN, "") or secret in HIDDEN or secret in before + after


def test_more_secrets_may_be_reported_later() -> None:
    redaction = Redaction()
    assert redaction.text("new-one") == "new-one"
    redaction.hide(["new-one", "x"])
    assert redaction.text("new-one x") == f"{HIDDEN} x"


def test_tickets_and_tokens_of_addresses_are_hidden() -> None:
    line = (
        '127.0.0.1 - "WebSocket /api/v1/cameras/square/view?fps=5&ticket=canary-1&x=1" [accepted] /join?token=canary-2'
    )
    assert "canary" not in Redaction().text(line)
    assert "/view?fps=5&" in Redaction().text(line)
