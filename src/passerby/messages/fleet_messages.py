"""The first messages of a connection from another machine: who it is and whether the hub takes it; joining, renewal.

What follows `Welcome` are the messages between a worker and the hub, in the version that both ends know.
"""

import re
from dataclasses import dataclass
from typing import Final

from passerby.domain.fleet import Refusal
from passerby.messages.channel import Channel, Size
from passerby.messages.checks import MAX_TIME_NS, between, text
from passerby.messages.codec import Codec

FORM: Final = 1
"""Form of these first messages. They stay as they are, so that any two versions can refuse each other in words."""

VERSION: Final = 1
"""Version of the messages between a worker and the hub on another machine; it grows with any change of them."""

OLDEST_VERSION: Final = max(1, VERSION - 1)
"""The oldest version that is understood: that of the release before."""

MAX_JSON_BYTES = 1 << 16
MAX_COUNTER = 2**62
_HEX = re.compile(r"^([0-9a-f]{16}|[0-9a-f]{32})$")


@dataclass(frozen=True, slots=True)
class AuthorityWanted:
    """From a machine that wants to join, before it knows whom it speaks to: the authority's certificate is wanted."""


@dataclass(frozen=True, slots=True)
class JoinWanted:
    """From a machine that wants to join.

    Attributes:
        secret: the invitation's, hex.
        request: a certificate signing request, PEM.
        version, oldest: versions of messages that it knows.
        time_ns: its clock, UTC nanoseconds.
        program: its version of passerby.
    """

    secret: str
    request: str
    version: int
    oldest: int
    time_ns: int
    program: str


@dataclass(frozen=True, slots=True)
class Hello:
    """From a node, first of all.

    Attributes:
        version, oldest: versions of messages that it knows.
        counter: one more than at its connection before; on its disk before it connects.
        run: random hex digits of the process that connects.
        time_ns: its clock, UTC nanoseconds.
        program: its version of passerby.
        renews: `RenewalWanted` follows, and no messages of a worker.
    """

    version: int
    oldest: int
    counter: int
    run: str
    time_ns: int
    program: str
    renews: bool


@dataclass(frozen=True, slots=True)
class RenewalWanted:
    """From a node that renews, once the hub has welcomed it: a new certificate is wanted.

    Attributes:
        request: a certificate signing request, PEM.
    """

    request: str


@dataclass(frozen=True, slots=True)
class Authority:
    """The authority's certificate, PEM."""

    certificate: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """A new certificate for a node, PEM."""

    node: str
    certificate: str


@dataclass(frozen=True, slots=True)
class Welcome:
    """The hub takes the connection.

    Attributes:
        version: that both ends write from now on.
        time_ns: the hub's clock, UTC nanoseconds.
        bytes_per_s: how much all connections of the node may send.
    """

    version: int
    time_ns: int
    bytes_per_s: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The hub does not take the connection, or does not do what was wanted.

    Attributes:
        reason: in one word.
        why: in one or two sentences, with what to do.
    """

    reason: Refusal
    why: str


def _check_join(message: JoinWanted) -> None:
    _check_versions(message)
    _check_hex(message.secret)
    text("request", message.request, 10_000)


def _check_hello(message: Hello) -> None:
    _check_versions(message)
    _check_hex(message.run)
    between("counter", message.counter, 1, MAX_COUNTER)


def _check_versions(message: JoinWanted | Hello) -> None:
    between("version", message.version, 1, 10_000)
    between("oldest version", message.oldest, 1, message.version)
    between("time", message.time_ns, 0, MAX_TIME_NS)
    text("program", message.program, 100)


def _check_hex(digits: str) -> None:
    if not _HEX.match(digits):
        raise ValueError("16 or 32 hex digits are needed")


FromNode = AuthorityWanted | JoinWanted | Hello | RenewalWanted
ToNode = Authority | Certificate | Welcome | Refused
_FROM: tuple[type, ...] = (AuthorityWanted, JoinWanted, Hello, RenewalWanted)
_TO: tuple[type, ...] = (Authority, Certificate, Welcome, Refused)

FROM_NODE: Channel[FromNode] = Channel(
    _FROM,
    Codec(*_FROM, checks={JoinWanted: _check_join, Hello: _check_hello}),
    FORM,
    sizes=dict.fromkeys(_FROM, Size(MAX_JSON_BYTES)),
)
TO_NODE: Channel[ToNode] = Channel(_TO, Codec(*_TO), FORM, sizes=dict.fromkeys(_TO, Size(MAX_JSON_BYTES)))


def common_version(theirs: int, their_oldest: int) -> int | None:
    """Returns the newest version that both ends know; None where there is none.

    >>> common_version(VERSION, VERSION)
    1
    >>> common_version(VERSION + 2, VERSION + 1) is None
    True
    """
    newest = min(VERSION, theirs)
    return newest if newest >= max(OLDEST_VERSION, their_oldest) else None
