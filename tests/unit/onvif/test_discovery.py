"""The question to the network, over real sockets on loopback."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from passerby.domain.errors import SourceError
from passerby.onvif.discovery import MAX_ANSWERS_OF_ONE, discover
from tests.unit.onvif.test_matches import answer, match

Answers = Callable[[str], list[bytes]]


class Responder:
    """Listens on a UDP port of loopback and answers every probe."""

    def __init__(self, answers: Answers) -> None:
        self.probes: list[str] = []
        self._answers = answers
        self._listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._listening.bind(("127.0.0.1", 0))
        self._listening.settimeout(0.05)
        self.port: int = self._listening.getsockname()[1]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._answer, daemon=True)

    def _answer(self) -> None:
        while not self._over.is_set():
            try:
                probe, sender = self._listening.recvfrom(65_535)
            except TimeoutError:
                continue
            self.probes.append(probe.decode())
            found = re.search(r"MessageID>([^<]+)<", self.probes[-1])
            assert found
            for datagram in self._answers(found[1]):
                self._listening.sendto(datagram, sender)

    @contextmanager
    def running(self) -> Iterator["Responder"]:
        self._thread.start()
        try:
            yield self
        finally:
            self._over.set()
            self._thread.join()
            self._listening.close()


def asked(answers: Answers, timeout_s: float = 1.0) -> tuple[list[str], list[str]]:
    """The names found, and the probes that arrived."""
    with Responder(answers).running() as responder:
        found = discover(timeout_s, interface="lo", also=("127.0.0.1",), port=responder.port)
    return [camera.name for camera in found], responder.probes


def named(name: str, to: str, endpoint: str = "urn:uuid:1") -> bytes:
    return answer(
        match("http://127.0.0.1/onvif", scopes=f"onvif://www.onvif.org/name/{name}", endpoint=endpoint), to=to
    )


def test_a_camera_is_found_once_however_often_it_is_asked() -> None:
    names, probes = asked(lambda message_id: [named("gate", message_id)])
    assert names == ["gate"]
    assert 2 <= len(probes) <= 6
    older, newer = sorted(set(probes), key=probes.index)
    assert "<d:Types>dn:NetworkVideoTransmitter<" in older
    assert "<d:Types>tds:Device<" in newer


def test_a_camera_with_the_newer_service_alone_is_found() -> None:
    ids: list[str] = []

    def newer_alone(message_id: str) -> list[bytes]:
        ids.append(message_id)
        return [named("gate", message_id)] if len(set(ids)) == 2 and message_id != ids[0] else []

    assert asked(newer_alone)[0] == ["gate"]


def test_the_question_is_sent_again_for_those_who_missed_it() -> None:
    seen: list[str] = []

    def deaf_at_first(message_id: str) -> list[bytes]:
        seen.append(message_id)
        return [named("gate", message_id)] if len(seen) == 2 else []

    assert asked(deaf_at_first, timeout_s=2.0)[0] == ["gate"]


def test_noise_and_answers_to_others_are_passed_over() -> None:
    names, _ = asked(
        lambda message_id: [b"", b"\xff" * 9000, b"<a", named("liar", "urn:uuid:other"), named("gate", message_id)]
    )
    assert names == ["gate"]


def test_a_crowd_from_one_sender_is_cut_off() -> None:
    def crowd(message_id: str) -> list[bytes]:
        return [named(f"fake{number}", message_id, f"urn:uuid:{number}") for number in range(MAX_ANSWERS_OF_ONE + 30)]

    assert 0 < len(asked(crowd)[0]) <= MAX_ANSWERS_OF_ONE


def test_nobody_answers_and_the_time_is_kept() -> None:
    reported: list[float] = []
    with Responder(lambda _: []).running() as deaf:
        found = discover(0.3, interface="lo", also=("127.0.0.1",), progress=reported.append, port=deaf.port)
    assert found == ()
    assert reported == sorted(reported)
    assert reported[-1] == 0.3


def test_nobody_listens_at_all() -> None:
    with Responder(lambda _: []).running() as gone:
        pass
    assert discover(0.3, interface="lo", also=("127.0.0.1",), port=gone.port) == ()


def test_an_unknown_interface_is_reported_with_those_that_there_are() -> None:
    with pytest.raises(SourceError, match=r"'nothere0' here\. Known: .*lo"):
        discover(0.1, interface="nothere0")


@pytest.mark.parametrize("address", ["gate.example", "::1", "10.0.0", "", "10.0.0.1\x1b"])
def test_a_direct_question_goes_to_an_ipv4_address(address: str) -> None:
    with pytest.raises(SourceError, match="--at"):
        discover(0.1, interface="lo", also=(address,))


def test_where_nothing_can_be_sent_that_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "if_nameindex", list)
    with pytest.raises(SourceError, match="--interface"):
        discover(0.1)
