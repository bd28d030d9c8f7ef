"""E-mail through the site's own mail server (RFC 5321), in plain text."""

import asyncio
import ssl
from collections.abc import Sequence
from contextlib import suppress
from email.header import Header
from email.mime.text import MIMEText
from email.utils import format_datetime
from typing import Final

import aiosmtplib

from passerby.domain.notices import MailPlan, Notice
from passerby.publish.outlets.addressees import is_address
from passerby.publish.outlets.outlet import DeliveryError
from passerby.publish.outlets.trust import cleaned, trust, why_failed
from passerby.publish.outlets.unfinished import Unfinished
from passerby.text import is_loopback, moment, printable, quoted

ATTEMPT_S: Final = 60.0
"""For one attempt as a whole; mail servers may hold strangers back for a while, and seldom their own."""

STEP_S: Final = 20.0
"""For each answer of the server."""

GOODBYE_S: Final = 2.0


class MailOutlet:
    """Sends notices to the addresses of one recipient.

    Whom the server has accepted in one attempt gets nothing in the next one; that is known until the service ends.
    Then a repeated message has the same Message-ID, by which mail servers drop doubles.

    Args:
        plan: the server and the addresses.

    Raises:
        ValueError: an address is none, or it would go in clear over a network.
    """

    def __init__(self, plan: MailPlan) -> None:
        if plan.tls not in ("implicit", "starttls") and not (plan.tls == "none" and is_loopback(plan.host)):
            raise ValueError(f"{plan.host}: mail leaves this machine over TLS alone, got tls: {plan.tls}")
        for each in (plan.sender, *plan.to):
            if not is_address(each):
                raise ValueError(f"an e-mail address such as duty@example.org is needed, got {quoted(each)}")
        self._plan = plan
        self._unfinished = Unfinished()

    async def deliver(self, notice: Notice) -> None:
        """Makes one attempt, for the recipients that do not have it yet.

        Raises:
            DeliveryError: the server could not be reached, or did not accept it for all; its text says for whom.
        """
        settled = self._unfinished.settled(notice.notice_id)
        waiting = [each for each in self._plan.to if each not in settled]
        refused = await self._sent(message_of(notice, self._plan), waiting) if waiting else {}
        settled.accepted |= set(waiting) - set(refused)
        settled.refused |= {each: _answer(code, text) for each, (code, text) in refused.items() if code >= 500}
        if later := {each: _answer(code, text) for each, (code, text) in refused.items() if code < 500}:
            raise DeliveryError(f"{self._where}: not accepted now for {_listed(later)}", retry=True)
        self._unfinished.finish(notice.notice_id)
        if settled.refused:
            raise DeliveryError(f"{self._where}: refused for {_listed(settled.refused)}", retry=False)

    async def close(self) -> None:
        """Nothing stays open between two notices."""

    @property
    def _where(self) -> str:
        return f"{self._plan.host}:{self._plan.port}"

    async def _sent(self, message: bytes, recipients: Sequence[str]) -> dict[str, tuple[int, str]]:
        """Sends a message; returns whom the server refused, with its code and text."""
        trusted = None if self._plan.tls == "none" else await asyncio.to_thread(trust, self._plan.ca_file)
        client = self._client(trusted)
        try:
            async with asyncio.timeout(ATTEMPT_S):
                await client.connect()
                await self._log_in(client)
                refused, _ = await client.sendmail(self._plan.sender, recipients, message)
                with suppress(aiosmtplib.SMTPException, OSError):  # it has the message already
                    await client.quit(timeout=GOODBYE_S)
            return {each: (answer.code, answer.message) for each, answer in refused.items()}
        except aiosmtplib.SMTPRecipientsRefused as error:
            return {each.recipient: (each.code, each.message) for each in error.recipients}
        except (aiosmtplib.SMTPConnectResponseError, aiosmtplib.SMTPHeloError) as error:
            raise self._failed(f"it takes no mail now, {_answer(error.code, error.message)}", retry=True) from None
        except aiosmtplib.SMTPResponseException as error:
            what = f"it did not accept the message, {_answer(error.code, error.message)}"
            raise self._failed(what, retry=error.code < 500) from None
        except OSError as error:  # time limits and lost connections of aiosmtplib are such, too
            raise self._failed(why_failed(error), retry=True) from None
        except aiosmtplib.SMTPException as error:
            raise self._failed(cleaned(error.message), retry=True) from None
        finally:
            client.close()

    def _client(self, trusted: ssl.SSLContext | None) -> aiosmtplib.SMTP:
        plan = self._plan
        return aiosmtplib.SMTP(
            hostname=plan.host,
            port=plan.port,
            use_tls=plan.tls == "implicit",
            start_tls=plan.tls == "starttls",
            tls_context=trusted,
            timeout=STEP_S,
        )

    async def _log_in(self, client: aiosmtplib.SMTP) -> None:
        """Logs in by one method only: a wrong password tried by each of them soon locks an account up.

        The server's own text is left out of errors, as it may repeat what was sent.
        """
        plan = self._plan
        if not plan.user:
            return
        methods = {"plain": client.auth_plain, "login": client.auth_login, "cram-md5": client.auth_crammd5}
        try:
            await client.ehlo()
            method = next((log_in for name, log_in in methods.items() if name in client.server_auth_methods), None)
            if method is None:
                raise self._failed(f"it offers no log-in of those known ({', '.join(methods)})", retry=True)
            await method(plan.user, plan.password)
        except aiosmtplib.SMTPAuthenticationError as error:
            raise self._failed(f"it refuses the user and the password (code {error.code})", retry=True) from None

    def _failed(self, why: str, *, retry: bool) -> DeliveryError:
        return DeliveryError(f"{self._where}: {why}", retry=retry)


def message_of(notice: Notice, plan: MailPlan) -> bytes:
    """Returns a notice as a message, the same in every attempt; names in it can add no header and no recipient."""
    domain = plan.sender.rpartition("@")[2]
    text = [printable(line, " ") for line in notice.text.splitlines()]
    if notice.link and notice.link not in notice.text:
        text += ["", _line(notice.link)]
    # Of the standard library's two ways the older one: the newer breaks long subjects in other scripts.
    message = MIMEText("\n".join(text) + "\n", "plain", "utf-8")
    message["From"] = plan.sender
    message["To"] = Header(", ".join(plan.to), header_name="To").encode()
    message["Subject"] = Header(_line(notice.subject), header_name="Subject").encode()
    message["Date"] = format_datetime(moment(notice.time_ns))
    message["Message-ID"] = f"<{notice.notice_id}@{domain}>"
    if notice.events:
        # Mail programs list later messages on an event below the first one.
        message["References"] = f"<{notice.events[0].event_id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence note comes back
    return message.as_bytes()


def _line(text: str) -> str:
    return " ".join(printable(text, " ").split())


def _answer(code: int, text: str) -> str:
    return f"{code} {cleaned(text)}".strip()


def _listed(answers: dict[str, str]) -> str:
    """Returns addresses, each with what the server said of it."""
    return "; ".join(f"{address} ({answer})" for address, answer in sorted(answers.items()))
