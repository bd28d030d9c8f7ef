"""What goes into a log-in and what comes out of it."""

import ipaddress
from dataclasses import dataclass, field

from passerby.domain.accounts import ApiToken, Session
from passerby.text import printable, shortened

MAX_CLIENT_LETTERS = 80


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a log-in comes from.

    Attributes:
        address: IP address; used to limit attempts, stored nowhere.
        client: what the browser calls itself, for the list of sessions.
        device: its cookie of earlier log-ins, as it was sent; see `credentials.devices`.
    """

    address: str
    client: str = ""
    device: str = field(default="", repr=False)

    @property
    def shown_client(self) -> str:
        """The browser's name, safe to show and to store."""
        return shortened(printable(self.client.strip()), MAX_CLIENT_LETTERS)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the service is reached by browsers.

    Attributes:
        host: its name without the port; passkeys are tied to it.
        origin: scheme, host and port, such as `https://count.example.org`.
    """

    host: str
    origin: str

    @property
    def passkeys(self) -> bool:
        """Whether passkeys work there: WebAuthn refuses IP addresses."""
        try:
            ipaddress.ip_address(self.host.strip("[]"))
        except ValueError:
            return True
        return False


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session that begins, or was renewed.

    Attributes:
        cookie: the secret that the browser keeps; nothing else of ours holds it.
        session: what the store keeps.
        device: the cookie by which the browser is known from now on; empty for none.
    """

    cookie: str = field(repr=False)
    session: Session
    device: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Question:
    """What an authenticator is asked.

    Attributes:
        question_id: names the question in the answer; a secret of this browser.
        options: JSON for `navigator.credentials`.
    """

    question_id: str = field(repr=False)
    options: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """Whose credentials may be set by it, and until when (UTC nanoseconds)."""

    account: str
    end_ns: int


@dataclass(frozen=True, slots=True)
class CodeSetUp:
    """A secret for an authenticator app, to be confirmed by its first code.

    Attributes:
        set_up_id: names it in the answer.
        secret: base32, to be typed.
        uri: the same as `otpauth://`, to be shown as a QR code.
    """

    set_up_id: str
    secret: str = field(repr=False)
    uri: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PasswordSet:
    """A password that was set.

    Attributes:
        session: a new one where an invitation was used, None where one was there.
        recovery_codes: each lets in once instead of a one-time code; shown once.
    """

    session: NewSession | None
    recovery_codes: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignOnStart:
    """Where the browser is sent.

    Attributes:
        url: at the provider.
        binding: a secret that the browser keeps as a cookie, so that the answer comes from the same one.
    """

    url: str = field(repr=False)
    binding: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignOnEnd:
    """A log-in at a provider that succeeded, and the path of this service to go on to."""

    session: NewSession
    return_to: str


@dataclass(frozen=True, slots=True)
class NewToken:
    """An API token.

    Attributes:
        text: the token itself, shown once.
        token: what the store keeps.
    """

    text: str = field(repr=False)
    token: ApiToken
