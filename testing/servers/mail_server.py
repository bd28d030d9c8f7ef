"""A mail server of our own (aiosmtpd), with TLS and log-ins; it keeps what it takes in memory."""

import asyncio
import email
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from passerby.domain.service import TlsFiles

USER, PASSWORD = "passerby", "S3cret-of-the-mail"


@dataclass
class Inbox:
    """What the server took, and what it is to say.

    Attributes:
        port: where it listens, on 127.0.0.1.
        taken: the messages, each with the addresses that it was taken for.
        says: answers by recipient, or by the commands `MAIL`, `DATA` and `EHLO`.
        log_ins: the user and password of each log-in tried.
        silent: it takes connections and says nothing.
    """

    port: int = 0
    taken: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    says: dict[str, str] = field(default_factory=dict)
    log_ins: list[tuple[str, str]] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's own name, as are the next ones
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.says.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.says:
            return self.says[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if "DATA" in self.says:
            return self.says["DATA"]
        message = email.message_from_bytes(cast("bytes", envelope.content), policy=cast("Any", default))
        self.taken.append(([*envelope.rcpt_tos], cast("EmailMessage", message)))
        return "250 OK"

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        given = data.login.decode(), data.password.decode()
        self.log_ins.append(given)
        if given == (USER, PASSWORD):
            return AuthResult(success=True)
        # As badly as a server can: it repeats what was sent.
        return AuthResult(success=False, handled=False, message=f"535 5.7.8 wrong password {given[1]}")


@asynccontextmanager
async def mail_server(
    files: TlsFiles | None = None, *, tls: str = "none", log_in: bool = False
) -> AsyncIterator[Inbox]:
    """A server that runs, on a port of its own.

    Args:
        files: its certificate and key.
        tls: `implicit`, `starttls` or `none`, as in a site file.
        log_in: it takes mail only after a log-in.
    """
    inbox, context, loop = Inbox(), None, asyncio.get_running_loop()
    if files is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(files.certificate, files.key)

    def made() -> SMTP:
        warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS")  # it knows of STARTTLS alone
        return SMTP(
            inbox,
            hostname="mail.test",
            tls_context=context if tls == "starttls" else None,
            require_starttls=tls == "starttls",
            auth_required=log_in,
            auth_require_tls=tls == "starttls",
            auth_exclude_mechanism=None if log_in else ["PLAIN", "LOGIN"],
            authenticator=inbox.authenticate if log_in else None,
            loop=loop,
        )

    server = await loop.create_server(made, "127.0.0.1", 0, ssl=context if tls == "implicit" else None)
    async with server:
        inbox.port = server.sockets[0].getsockname()[1]
        yield inbox
