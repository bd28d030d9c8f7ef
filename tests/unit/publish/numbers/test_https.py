"""Servers that numbers are posted to and that behave badly: nothing goes elsewhere, and why is said."""

import pytest

from passerby.domain.publish_plan import EventReceiverPlan, HttpsServer
from passerby.domain.published import Audience
from passerby.publish.numbers.event_receiver import EventReceiverForm
from passerby.publish.numbers.https import Form
from testing.servers.webhook_receiver import HANG, answer
from tests.unit.publish.numbers.https_server import Https
from tests.unit.publish.numbers.made import counter_bins
from tests.unit.publish.published_numbers import DESCRIPTION, LINE

BINS = counter_bins(LINE, 0, 1)


@pytest.fixture(scope="module")
def https(tmp_path_factory: pytest.TempPathFactory) -> Https:
    return Https(tmp_path_factory.mktemp("https"))


def form(server: HttpsServer) -> Form:
    return EventReceiverForm(EventReceiverPlan(server), DESCRIPTION, Audience.PUBLIC)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (answer(500), "it answered with status 500"),
        (answer(413), "it answered with status 413"),
        (answer(401), "look at the token or the password"),
        (answer(302, "Location: https://elsewhere.example/"), "which is not followed"),
        (HANG, "it did not answer in time"),
        (b"nonsense\r\n\r\n", "the connection was lost"),
    ],
)
def test_what_a_server_does_not_take_is_tried_again_and_goes_nowhere_else(https: Https, given: bytes, why: str) -> None:
    receiver, fault = https.send(form, BINS, given)
    assert fault is not None
    assert fault.retry
    assert why in str(fault)
    assert "t0ken" not in str(fault)
    assert receiver.connections == 1


def test_a_server_that_is_busy_says_for_how_long(https: Https) -> None:
    _, fault = https.send(form, BINS, answer(429, "Retry-After: 120"))
    assert fault is not None
    assert fault.wait_s == 120.0


@pytest.mark.parametrize(
    ("date", "words"),
    [
        ("Sun, 01 Nov 2026 02:26:40 GMT", ""),
        ("soon", ""),
        ("Sun, 01 Nov 2026 03:26:40 GMT", "60 min behind the server's"),
        ("Sun, 01 Nov 2026 01:26:40 GMT", "60 min ahead of the server's"),
    ],
)
def test_clocks_that_differ_are_named_where_a_request_fails(https: Https, date: str, words: str) -> None:
    _, fault = https.send(form, BINS, answer(400, f"Date: {date}"))
    assert ("This machine's clock" in str(fault)) == bool(words)
    assert words in str(fault)


def test_a_server_with_the_certificate_of_another_gets_nothing(https: Https) -> None:
    receiver, fault = https.send(form, BINS, answer(204), served=https.authority.certificate("other.example"))
    assert "certificate is not trusted" in str(fault)
    assert receiver.received == []


@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("93.184.215.14", "10.0.0.7"), ("169.254.169.254",)])
def test_a_name_that_stands_for_an_address_inside_gets_nothing(https: Https, addresses: tuple[str, ...]) -> None:
    receiver, fault = https.send(form, BINS, answer(204), inside=False, addresses=addresses)
    assert fault is not None
    assert "refused" in str(fault)
    assert receiver.connections == 0


def test_the_next_address_is_tried_where_nothing_listens(https: Https) -> None:
    receiver, fault = https.send(form, BINS, answer(204), addresses=("127.0.0.9", "127.0.0.1"))
    assert fault is None
    assert len(receiver.received) == 1


def test_a_huge_answer_is_cut_off(https: Https) -> None:
    _, fault = https.send(form, BINS, answer(200, body=bytes(500_000)))
    assert fault is None
