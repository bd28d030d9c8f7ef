"""E-mail against a real mail server: TLS, log-ins, refusals, and what no name can do to a message."""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from passerby.domain.notices import MailPlan
from passerby.publish.outlets import mail
from passerby.publish.outlets.mail import MailOutlet, message_of
from passerby.publish.outlets.outlet import DeliveryError
from testing.servers.mail_server import PASSWORD, USER, Inbox, mail_server
from testing.web.authority import Authority
from testing.web.notices import NOTICE_ID, notice

PLAN = MailPlan("127.0.0.1", 0, "none", "", "", "passerby@example.org", ("duty@example.org", "desk@example.org"))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def run(test: Callable[[Inbox, MailPlan], Coroutine[Any, Any, None]], plan: MailPlan = PLAN, **server: Any) -> Inbox:
    """Runs a test against a server; returns what the server took."""

    async def served() -> Inbox:
        async with mail_server(**server) as inbox:
            await test(inbox, replace(plan, port=inbox.port))
        return inbox

    return asyncio.run(served())


def delivered(plan: MailPlan = PLAN, **server: Any) -> Inbox:
    async def test(inbox: Inbox, plan: MailPlan) -> None:
        await MailOutlet(plan).deliver(notice())

    return run(test, plan, **server)


def refused(plan: MailPlan = PLAN, says: dict[str, str] | None = None, **server: Any) -> DeliveryError:
    """The error of an attempt that fails."""
    errors: list[DeliveryError] = []

    async def test(inbox: Inbox, plan: MailPlan) -> None:
        inbox.says |= says or {}
        with pytest.raises(DeliveryError) as caught:
            await MailOutlet(plan).deliver(notice())
        errors.append(caught.value)

    assert run(test, plan, **server).taken == []
    return errors[0]


def test_a_message_says_what_the_notice_says() -> None:
    ((to, message),) = delivered().taken
    assert to == ["duty@example.org", "desk@example.org"]
    heads = {name: str(message[name]) for name in ("From", "To", "Subject", "Message-ID", "Date", "Auto-Submitted")}
    assert heads == {
        "From": "passerby@example.org",
        "To": "duty@example.org, desk@example.org",
        "Subject": "Warning: crowded on the square",
        "Message-ID": f"<{NOTICE_ID}@example.org>",
        "Date": "Mon, 21 Sep 2026 14:13:20 +0000",
        "Auto-Submitted": "auto-generated",
    }
    assert message.get_content_type() == "text/plain"
    assert message.get_content().splitlines() == [*notice().text.splitlines(), "", notice().link]


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_over_tls_with_a_log_in(authority: Authority, tls: str) -> None:
    plan = replace(PLAN, host="localhost", tls=tls, user=USER, password=PASSWORD, ca_file=str(authority.file))
    inbox = delivered(plan, files=authority.certificate("localhost"), tls=tls, log_in=True)
    assert len(inbox.taken) == 1
    assert inbox.log_ins == [(USER, PASSWORD)]


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
@pytest.mark.parametrize("wrong", ["authority", "name"])
def test_a_server_that_cannot_prove_who_it_is_gets_nothing(
    authority: Authority, tmp_path: Path, tls: str, wrong: str
) -> None:
    trusted = Authority(tmp_path) if wrong == "authority" else authority
    plan = replace(PLAN, host="localhost", tls=tls, user=USER, password=PASSWORD, ca_file=str(trusted.file))
    files = authority.certificate("localhost" if wrong == "authority" else "elsewhere.example.org")
    error = refused(plan, files=files, tls=tls)
    assert "certificate is not trusted" in str(error)
    assert error.retry, "a person can put it right"


def test_a_server_without_tls_gets_nothing(authority: Authority) -> None:
    error = refused(replace(PLAN, tls="starttls", ca_file=str(authority.file)))
    assert "STARTTLS" in str(error)
    assert "TLS" in str(refused(replace(PLAN, tls="implicit", ca_file=str(authority.file))))


def test_a_wrong_password_is_tried_once_and_stands_in_no_error(authority: Authority) -> None:
    plan = replace(PLAN, host="localhost", tls="starttls", user=USER, password="Wr0ng-one", ca_file=str(authority.file))
    files, tried = authority.certificate("localhost"), []

    async def test(inbox: Inbox, plan: MailPlan) -> None:
        with pytest.raises(DeliveryError, match="refuses the user and the password") as caught:
            await MailOutlet(plan).deliver(notice())
        assert caught.value.retry
        assert "Wr0ng-one" not in str(caught.value)
        assert caught.value.__cause__ is None
        tried.extend(inbox.log_ins)

    assert run(test, plan, files=files, tls="starttls", log_in=True).taken == []
    assert tried == [(USER, "Wr0ng-one")]
    assert "Wr0ng-one" not in repr(plan)


def test_no_log_in_is_offered() -> None:
    error = refused(replace(PLAN, user=USER, password=PASSWORD))
    assert "offers no log-in" in str(error)


@pytest.mark.parametrize(
    ("says", "retry"),
    [
        ({"MAIL": "451 later"}, True),
        ({"MAIL": "550 not from you"}, False),
        ({"DATA": "452 no room"}, True),
        ({"DATA": "554 too odd"}, False),
        ({"duty@example.org": "450 busy", "desk@example.org": "450 busy"}, True),
        ({"duty@example.org": "550 unknown", "desk@example.org": "551 gone"}, False),
        ({"duty@example.org": "550 unknown", "desk@example.org": "450 busy"}, True),
    ],
)
def test_only_what_may_pass_later_is_tried_again(says: dict[str, str], retry: bool) -> None:
    error = refused(says=says)
    assert error.retry is retry
    assert next(iter(says.values()))[4:] in str(error) or "busy" in str(error)


def test_who_has_it_gets_it_once() -> None:
    async def test(inbox: Inbox, plan: MailPlan) -> None:
        outlet = MailOutlet(plan)
        inbox.says["desk@example.org"] = "450 greylisted"
        with pytest.raises(
            DeliveryError, match=r"not accepted now for desk@example\.org \(450 greylisted\)$"
        ) as caught:
            await outlet.deliver(notice())
        assert caught.value.retry
        del inbox.says["desk@example.org"]
        await outlet.deliver(notice())
        await outlet.deliver(notice(notice_id="f" * 32))

    taken = run(test).taken
    assert [to for to, _ in taken] == [["duty@example.org"], ["desk@example.org"], [*PLAN.to]]
    assert taken[0][1]["Message-ID"] == taken[1][1]["Message-ID"] != taken[2][1]["Message-ID"]


def test_who_is_refused_for_good_is_named_once_all_others_have_it() -> None:
    async def test(inbox: Inbox, plan: MailPlan) -> None:
        outlet = MailOutlet(replace(plan, to=(*plan.to, "chief@example.org")))
        inbox.says |= {"desk@example.org": "450 busy", "chief@example.org": "550 no such\x1b[31m user"}
        with pytest.raises(DeliveryError, match="desk") as first:
            await outlet.deliver(notice())
        del inbox.says["desk@example.org"]
        with pytest.raises(DeliveryError, match="refused for chief@") as second:
            await outlet.deliver(notice())
        assert (first.value.retry, second.value.retry) == (True, False)
        assert "\x1b" not in str(second.value)

    assert [to for to, _ in run(test).taken] == [["duty@example.org"], ["desk@example.org"]]


def test_no_name_adds_a_header_a_recipient_or_an_end() -> None:
    odd = "Crowded\r\nBcc: spy@example.org\r\n\r\n.\r\nMAIL FROM:<x@example.org>"

    async def test(inbox: Inbox, plan: MailPlan) -> None:
        made = notice(site=odd + '", <spy@example.org>', subject=odd + " ж" * 200, text=odd + "\n.\nlast", link="")
        await MailOutlet(plan).deliver(made)

    ((to, message),) = run(test).taken
    assert to == [*PLAN.to]
    assert "Bcc" not in message
    assert [each.addr_spec for each in message["From"].addresses] == ["passerby@example.org"]
    assert [each.addr_spec for each in message["To"].addresses] == [*PLAN.to]
    assert message["Subject"] == " ".join(odd.split()) + " ж" * 200
    assert message.get_content().splitlines()[-2:] == [".", "last"]


def test_a_message_is_the_same_in_each_attempt() -> None:
    assert message_of(notice(), PLAN) == message_of(notice(), PLAN)


@pytest.mark.parametrize("text", ["", "duty", "a@b.org\nBcc: c@d.org", "a@b.org, c@d.org", "<a@b.org>", "ž@b.org"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="e-mail address"):
        MailOutlet(replace(PLAN, to=(text,)))


def test_mail_leaves_this_machine_over_tls_alone() -> None:
    with pytest.raises(ValueError, match="over TLS alone"):
        MailOutlet(replace(PLAN, host="mail.example.org"))


def test_a_server_that_is_away_or_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "STEP_S", 0.05)

    async def attempt(port: int) -> str:
        with pytest.raises(DeliveryError) as caught:
            await MailOutlet(replace(PLAN, port=port)).deliver(notice())
        assert caught.value.retry
        return str(caught.value)

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        assert asyncio.run(attempt(port)) == f"127.0.0.1:{port}: Connection refused"
        silent.listen()
        assert asyncio.run(attempt(port)) == f"127.0.0.1:{port}: it did not answer in time"


def test_certificates_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    for file in (tmp_path / "none.pem", tmp_path / "empty.pem"):
        (tmp_path / "empty.pem").write_text("")
        with pytest.raises(DeliveryError, match=file.name) as caught:
            asyncio.run(MailOutlet(replace(PLAN, tls="implicit", ca_file=str(file))).deliver(notice()))
        assert caught.value.retry
