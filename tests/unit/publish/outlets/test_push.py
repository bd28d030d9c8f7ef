"""Web push against a local push service over HTTPS: who gets what, and where nothing is ever sent."""

import asyncio
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from passerby.domain.event_rules import Severity
from passerby.domain.notices import NoticeKind, PushPlan
from passerby.domain.push import PushSubscription
from passerby.publish.outlets.outlet import DeliveryError
from passerby.publish.outlets.push import TTL_S, PushOutlet, content_of, urgency_of
from passerby.publish.outlets.push_message import MAX_BYTES, point, text_of
from testing.servers.push_service import Browser, PushService, push_service
from testing.web.authority import Authority
from testing.web.made import open_event
from testing.web.notices import NOTICE_ID, notice

KEY = generate_private_key(SECP256R1())


@dataclass
class Book:
    """The browsers of a test, and the cameras whose events each account may see."""

    kept: list[PushSubscription]
    sees: dict[str, set[str]] = field(default_factory=lambda: {"ann": {"square", "north"}})

    async def subscriptions(self) -> Sequence[PushSubscription]:
        return tuple(self.kept)

    async def visible(self, account: str, cameras: Collection[str]) -> Collection[str]:
        return self.sees.get(account, set()) & set(cameras)

    async def sees_any(self, account: str) -> bool:
        return bool(self.sees.get(account))

    async def remove(self, subscription: PushSubscription) -> None:
        self.kept.remove(subscription)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def service(authority: Authority) -> Iterator[PushService]:
    with push_service(authority.certificate("localhost")) as running:
        yield running


def outlet_for(service: PushService, authority: Authority, book: Book, **changes: Any) -> PushOutlet:
    plan = PushPlan("mailto:city@example.org", (f"localhost:{service.port}",), True, str(authority.file))
    return PushOutlet(replace(plan, **changes), lambda: KEY, book, clock=lambda: 1_790_000_000_000_000_000)


def deliver(outlet: PushOutlet, **changes: Any) -> None:
    asyncio.run(outlet.deliver(notice(**changes)))


def read(browser: Browser, came: tuple[str, dict[str, str], bytes]) -> dict[str, Any]:
    content = json.loads(browser.read(came[2]))
    assert isinstance(content, dict)
    return content


def test_a_browser_reads_the_notice_and_its_push_service_does_not(service: PushService, authority: Authority) -> None:
    browser = service.browser("ann")
    deliver(outlet_for(service, authority, Book([browser.subscription])))
    (came,) = service.came
    path, heads, body = came
    said = notice()
    assert read(browser, came) == {
        "id": NOTICE_ID, "kind": "raised", "title": said.subject, "text": said.text, "link": said.link,
    }  # fmt: skip
    assert b"square" not in body
    assert path == "/push/ann"
    wanted = {"ttl": str(TTL_S), "topic": NOTICE_ID, "urgency": "normal", "content-encoding": "aes128gcm"}
    assert {name: heads[name] for name in wanted} == wanted
    assert heads["authorization"].startswith("vapid t=")
    assert heads["authorization"].endswith(f", k={text_of(point(KEY))}")
    assert heads["host"] == f"localhost:{service.port}"


def test_each_learns_of_the_events_that_its_account_may_see(service: PushService, authority: Authority) -> None:
    ann, ben, eve = (service.browser(name, name) for name in ("ann", "ben", "eve"))
    book = Book([each.subscription for each in (ann, ben, eve)])
    book.sees["ben"] = {"north"}
    events = (open_event("square", "crowded", 0, why="Square."), open_event("north", "wrong way", 0, why="North."))
    deliver(outlet_for(service, authority, book), events=events)
    said = {came[0]: came for came in service.came}
    assert set(said) == {"/push/ann", "/push/ben"}
    assert read(ann, said["/push/ann"])["text"] == notice().text
    seen = read(ben, said["/push/ben"])
    assert (seen["title"], seen["text"]) == ("Market square: events", "North.")


def test_a_test_reaches_all_who_see_events(service: PushService, authority: Authority) -> None:
    ann, eve = service.browser("ann"), service.browser("eve", "eve")
    book = Book([ann.subscription, eve.subscription])
    deliver(outlet_for(service, authority, book), kind=NoticeKind.TEST, events=())
    (came,) = service.came
    assert read(ann, came)["kind"] == "test"


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_has_switched_it_off_is_removed(service: PushService, authority: Authority, status: int) -> None:
    gone, here = service.browser("gone"), service.browser("here")
    book = Book([gone.subscription, here.subscription])
    service.says["/push/gone"] = status
    deliver(outlet_for(service, authority, book))
    assert book.kept == [here.subscription]


def test_who_has_it_gets_it_once(service: PushService, authority: Authority) -> None:
    book = Book([service.browser(name).subscription for name in ("first", "second")])
    outlet = outlet_for(service, authority, book)
    service.says["/push/second"] = 503
    service.heads["Retry-After"] = "90"
    with pytest.raises(DeliveryError, match=r"^push to localhost: it answered with status 503$") as caught:
        deliver(outlet)
    assert (caught.value.retry, caught.value.wait_s) == (True, 90.0)
    del service.says["/push/second"]
    deliver(outlet)
    assert sorted(path for path, _, _ in service.came) == ["/push/first", "/push/second", "/push/second"]
    assert len({heads["topic"] for _, heads, _ in service.came}) == 1


@pytest.mark.parametrize("at_last", [201, 404])
def test_what_a_browser_has_refused_is_said_after_a_later_attempt_too(
    service: PushService, authority: Authority, at_last: int
) -> None:
    book = Book([service.browser(name).subscription for name in ("first", "second")])
    outlet = outlet_for(service, authority, book)
    service.says.update({"/push/first": 403, "/push/second": 503})
    with pytest.raises(DeliveryError, match=r"^push to localhost: it answered with status 503$"):
        deliver(outlet)
    service.says["/push/second"] = at_last
    with pytest.raises(DeliveryError, match=r"^push to localhost: it answered with status 403$") as caught:
        deliver(outlet)
    assert not caught.value.retry
    assert sorted(path for path, _, _ in service.came) == ["/push/first", "/push/second", "/push/second"]


@pytest.mark.parametrize(
    ("status", "retry"), [(400, False), (413, False), (401, False), (403, False), (429, True), (500, True), (307, True)]
)
def test_only_what_may_pass_later_is_tried_again(
    service: PushService, authority: Authority, status: int, retry: bool
) -> None:
    service.says["/push/ann"] = status
    service.heads["Location"] = f"https://localhost:{service.port}/push/other"
    with pytest.raises(DeliveryError) as caught:
        deliver(outlet_for(service, authority, Book([service.browser("ann").subscription])))
    assert caught.value.retry is retry
    assert [path for path, _, _ in service.came] == ["/push/ann"], "a redirect is not followed"
    assert "/push/" not in str(caught.value), "who has the address can send to the browser"


def test_nobody_to_send_to_is_no_delivery(service: PushService, authority: Authority) -> None:
    for book in (Book([]), Book([service.browser("eve", "eve").subscription])):
        with pytest.raises(DeliveryError, match="has switched it on") as caught:
            deliver(outlet_for(service, authority, book))
        assert not caught.value.retry


def test_nothing_inside_the_network_is_asked(service: PushService, authority: Authority) -> None:
    with pytest.raises(DeliveryError, match="inside the network") as caught:
        deliver(outlet_for(service, authority, Book([service.browser("ann").subscription]), inside=False))
    assert caught.value.retry
    assert service.came == []


def test_an_address_elsewhere_is_removed_and_not_asked(service: PushService, authority: Authority) -> None:
    book = Book([replace(service.browser("ann").subscription, endpoint="https://other.example.org/push/ann")])
    with pytest.raises(DeliveryError, match="none of the push services") as caught:
        deliver(outlet_for(service, authority, book))
    assert not caught.value.retry
    assert (book.kept, service.came) == ([], [])


def test_a_service_that_cannot_prove_who_it_is_gets_nothing(service: PushService, tmp_path_factory: Any) -> None:
    other = Authority(tmp_path_factory.mktemp("other"))
    with pytest.raises(DeliveryError, match="certificate is not trusted"):
        deliver(outlet_for(service, other, Book([service.browser("ann").subscription])))
    assert service.came == []


def test_whatever_is_said_fits_and_is_plain() -> None:
    long = notice(subject="ж\x1b" * 500, text='"\\\nж' * 2000, site="s" * 100)
    content = content_of(long, long.events)
    assert len(content) <= MAX_BYTES
    assert b"\x1b" not in content


def test_a_device_is_woken_for_what_is_critical() -> None:
    critical = open_event("square", "a", 0, severity=Severity.CRITICAL)
    assert urgency_of(notice(events=(critical,)), [critical]) == "high"
    assert urgency_of(notice(), notice().events) == "normal"
    assert urgency_of(notice(kind=NoticeKind.CLOSED, events=(critical,)), [critical]) == "low"
