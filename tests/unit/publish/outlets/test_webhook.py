"""Webhooks against a real receiver: what is sent, and what becomes of every kind of answer."""

import asyncio
import base64
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from passerby.domain.notices import WebhookPlan
from passerby.domain.service import TlsFiles
from passerby.publish.cloud_events import cloud_event_bytes
from passerby.publish.outlets.outlet import DeliveryError
from passerby.publish.outlets.posting import Limits
from passerby.publish.outlets.webhook import WebhookOutlet
from testing.servers.webhook_receiver import HANG, Receiver, answer, receiving
from testing.web.authority import Authority
from testing.web.notices import NOTICE_ID, notice

HOST = "receiver.example"
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
NOW_NS = 1_790_000_000_000_000_000
QUICK = Limits(connect_s=1.0, answer_s=0.3, total_s=2.0)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def files(authority: Authority) -> TlsFiles:
    return authority.certificate(HOST)


class Names:
    """A name server: what each look-up of the host finds, the last one over and over."""

    def __init__(self, *found: Sequence[str]) -> None:
        self.found, self.asked = [tuple(each) for each in found], 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        assert host == HOST
        self.asked += 1
        return self.found.pop(0) if len(self.found) > 1 else self.found[0]


HERE = ("127.0.0.1",)


def outlet(authority: Authority, port: int, names: Names | None = None, **changes: Any) -> WebhookOutlet:
    kept: dict[str, Any] = {"inside": True, "ca_file": str(authority.file), "limits": QUICK, **changes}
    limits = kept.pop("limits")
    plan = WebhookPlan(f"https://{HOST}:{port}/hooks/s3cret?x=1", SECRET, **kept)
    return WebhookOutlet(plan, clock=lambda: NOW_NS, resolve=names or Names(HERE), limits=limits)


Try = Callable[..., tuple[Receiver, DeliveryError | None]]


@pytest.fixture
def tried(authority: Authority, files: TlsFiles) -> Try:
    """Delivers one notice to a receiver that answers so; returns the receiver, and how it failed."""

    def attempt(
        *answers: bytes, served: TlsFiles | None = None, **changes: Any
    ) -> tuple[Receiver, DeliveryError | None]:
        async def run() -> tuple[Receiver, DeliveryError | None]:
            async with receiving(served or files, answers) as receiver:
                try:
                    await outlet(authority, receiver.port, **changes).deliver(notice())
                except DeliveryError as fault:
                    return receiver, fault
                return receiver, None

        return asyncio.run(run())

    return attempt


def test_a_notice_arrives_signed_as_a_cloud_event(tried: Try) -> None:
    receiver, fault = tried(answer(200, body=b"thanks"))
    assert fault is None
    (got,) = receiver.received
    assert got.target == "POST /hooks/s3cret?x=1"
    assert got.body == cloud_event_bytes(notice())
    assert got.headers["host"] == f"{HOST}:{receiver.port}"
    assert got.headers["content-type"] == "application/cloudevents+json"
    assert (got.headers["webhook-id"], got.headers["webhook-timestamp"]) == (NOTICE_ID, "1790000000")
    assert json.loads(got.body)["id"] == NOTICE_ID


@pytest.mark.parametrize("status", [500, 502, 503, 401, 403, 404, 408])
def test_a_receiver_in_trouble_is_tried_again(tried: Try, status: int) -> None:
    _, fault = tried(answer(status))
    assert fault is not None
    assert (fault.retry, fault.wait_s) == (True, None)
    assert str(status) in str(fault)


@pytest.mark.parametrize("status", [400, 410, 413, 415, 422])
def test_a_refusal_for_good_is_the_end(tried: Try, status: int) -> None:
    _, fault = tried(answer(status))
    assert fault is not None
    assert not fault.retry


@pytest.mark.parametrize(
    ("asked", "wait_s"), [("120", 120.0), ("Mon, 21 Sep 2026 14:15:20 GMT", 120.0), ("soon", None), ("-1", None)]
)
def test_a_receiver_says_how_long_to_wait(tried: Try, asked: str, wait_s: float | None) -> None:
    _, fault = tried(answer(429, f"Retry-After: {asked}"))
    assert fault is not None
    assert (fault.retry, fault.wait_s) == (True, wait_s)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(tried: Try, status: int) -> None:
    receiver, fault = tried(answer(status, "Location: https://169.254.169.254/latest/meta-data/"))
    assert fault is not None
    assert fault.retry
    assert "not followed" in str(fault)
    assert receiver.connections == 1


def test_a_receiver_that_hangs_is_given_up_in_time(tried: Try) -> None:
    receiver, fault = tried(HANG)
    assert fault is not None
    assert fault.retry
    assert str(fault).endswith("it did not answer in time")
    assert len(receiver.received) == 1


def test_a_receiver_that_hangs_before_tls_stands_is_given_up_in_time(authority: Authority) -> None:
    async def attempt() -> None:
        hung = asyncio.Event()

        async def say_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await hung.wait()
            writer.close()

        async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
            limits = Limits(connect_s=0.2, answer_s=5.0, total_s=5.0)
            hanging = outlet(authority, server.sockets[0].getsockname()[1], limits=limits)
            with pytest.raises(DeliveryError, match=r"it did not answer in time$") as caught:
                await hanging.deliver(notice())
            hung.set()
        assert caught.value.retry

    asyncio.run(attempt())


def test_a_receiver_that_drips_is_given_up_in_time(tried: Try) -> None:
    limits = Limits(connect_s=1.0, answer_s=5.0, total_s=0.3)
    _, fault = tried(HANG, limits=limits)
    assert fault is not None
    assert (fault.retry, "within 0.3 s" in str(fault)) == (True, True)


def test_nothing_of_a_huge_answer_is_read(tried: Try, monkeypatch: pytest.MonkeyPatch) -> None:
    _, fault = tried(answer(200, body=bytes(2_000_000)))
    assert fault is None
    _, fault = tried(answer(200, *(f"X-{number}: {'a' * 8000}" for number in range(200))))
    assert fault is not None
    assert fault.retry


@pytest.mark.parametrize("nonsense", [b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 999999 x\r\n\r\n", b"\0" * 100])
def test_an_answer_that_is_none_is_tried_again(tried: Try, nonsense: bytes) -> None:
    _, fault = tried(nonsense)
    assert fault is not None
    assert fault.retry


def test_a_certificate_of_another_host_or_authority_is_refused(
    tried: Try, authority: Authority, tmp_path: Path
) -> None:
    receiver, fault = tried(served=authority.certificate("other.example"))
    assert fault is not None
    assert (fault.retry, receiver.received) == (True, [])
    assert "certificate is not trusted" in str(fault)
    receiver, fault = tried(ca_file="")  # the system's own
    assert "certificate is not trusted" in str(fault)
    assert receiver.received == []
    _, fault = tried(ca_file=str(tmp_path / "none.pem"))
    assert "cannot be read" in str(fault)


@pytest.mark.asvs("1.3.6", "13.2.4")
def test_nothing_is_sent_inside_the_network_unless_it_is_said(tried: Try) -> None:
    receiver, fault = tried(inside=False)
    assert fault is not None
    assert "inside the network" in str(fault)
    assert receiver.connections == 0


@pytest.mark.parametrize("other", ["10.0.0.7", "169.254.169.254", "::1", "::ffff:127.0.0.1", "224.0.0.1", "no address"])
def test_one_bad_address_of_several_refuses_all(tried: Try, other: str) -> None:
    receiver, fault = tried(names=Names(("93.184.215.14", other)), inside=False)
    assert fault is not None
    assert "refused" in str(fault)
    assert receiver.connections == 0


@pytest.mark.asvs("1.3.6")
def test_a_name_that_is_rebound_gets_nothing_else(tried: Try) -> None:
    names = Names(HERE, ("169.254.169.254",))
    receiver, fault = tried(names=names)
    assert (fault, receiver.connections, names.asked) == (None, 1, 1)


def test_the_next_address_is_tried_where_nothing_listens(tried: Try) -> None:
    receiver, fault = tried(names=Names(("127.0.0.9", "127.0.0.1")))
    assert (fault, receiver.connections) == (None, 1)


def test_no_connection_and_no_name_are_tried_again(authority: Authority) -> None:
    async def run(names: Any) -> DeliveryError:
        async with receiving(authority.certificate(HOST)) as receiver:
            port = receiver.port
        with pytest.raises(DeliveryError) as caught:  # nothing listens there any more
            await outlet(authority, port, names).deliver(notice())
        return caught.value

    async def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError(-2, "Name or service not known")

    async def none(host: str, port: int) -> Sequence[str]:
        return ()

    for names, why in ((Names(HERE), "refused"), (unknown, "not known"), (none, "no address")):
        fault = asyncio.run(run(names))
        assert fault.retry
        assert why in str(fault)


def test_no_fault_shows_what_is_secret(tried: Try) -> None:
    for given in (answer(500), answer(302, "Location: https://x/s3cret"), answer(400), HANG, b"nonsense"):
        _, fault = tried(given)
        assert fault is not None
        assert "s3cret" not in str(fault)
        assert SECRET not in str(fault)
        assert HOST in str(fault)
    assert "s3cret" not in repr(WebhookPlan("https://x/s3cret", SECRET))
    assert SECRET not in repr(WebhookPlan("https://x/s3cret", SECRET))
