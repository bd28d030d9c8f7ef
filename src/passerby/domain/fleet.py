"""The machines of a site: nodes that have joined, invitations to join, and why the hub refuses one."""

import re
from dataclasses import dataclass
from enum import Enum

from passerby.domain.errors import PasserbyError
from passerby.text import duration, utc_minute
from passerby.units import DAY_S, HOUR_S, MINUTE_S, NS_PER_S

NODE_CERTIFICATE_S = 180 * DAY_S
"""A machine may be without the hub for 90 days, and has begun to renew after the first 60."""

MAX_CLOCK_TOLD_S = MINUTE_S
"""A node's clock that is off by more is reported."""

MAX_HUBS = 4
"""Addresses of hubs of one site: one is active, the others wait."""
MAX_CLOCK_S = HOUR_S
"""A node whose clock is off by more is refused: its minutes would be stored under other hours."""

CONNECTED_S = 2 * MINUTE_S
"""A hub stores twice a minute which nodes are connected."""

REPORT_LATE_S = 30
"""A node reports its work every few seconds."""

RENEWAL_LATE_S = 30 * DAY_S
"""A certificate that ends so soon should have been renewed three months ago."""

MAX_NODE_LETTERS = 40
MAX_PORT = 65_535
_NODE = re.compile(rf"^[a-z0-9]([a-z0-9.-]{{0,{MAX_NODE_LETTERS - 2}}}[a-z0-9])?$")
_ADDRESS = re.compile(
    r"^(?:\[(?P<in_brackets>[0-9a-fA-F:.]{2,45})\]|(?P<host>[A-Za-z0-9.-]{1,253})):(?P<port>[0-9]{1,5})$"
)


class NodeState(Enum):
    """Whether the hub takes connections of a node.

    `CLONED`: two machines have connected with one node's key, and none is taken until the node is invited again.
    """

    JOINED = "joined"
    CLONED = "cloned"
    REVOKED = "revoked"


class Refusal(Enum):
    """Why the hub refuses a machine. All but `LATER` need a person."""

    LATER = "later"
    VERSION = "version"
    CLOCK = "clock"
    REVOKED = "revoked"
    CLONED = "cloned"
    REPLACED = "replaced"
    INVITATION = "invitation"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class NodeReport:
    """What a node reports of its work, every few seconds.

    Attributes:
        cameras: how many it is to watch.
        workers: how many processes watch them, or still deliver what they measured.
        outbox_rows: how many results wait on its disk for the hub.
    """

    cameras: int
    workers: int
    outbox_rows: int

    @property
    def empty(self) -> bool:
        """Nothing runs on it, and nothing waits: it can be turned off without a loss."""
        return not (self.cameras or self.workers or self.outbox_rows)


@dataclass(frozen=True, slots=True)
class FleetNode:
    """A machine that has joined.

    Attributes:
        name: as it was invited.
        enrolment: random hex digits of the invitation that it joined by; its certificates hold them.
        state: whether it may connect.
        pool: the group of machines that it belongs to; empty for none.
        joined_ns, seen_ns, state_ns: UTC nanoseconds at which it joined, was connected last, and got its state.
        certificate_end_ns: when its newest certificate ends.
        counter: the highest number that a connection of it has presented.
        run: random hex digits of the process that presented it.
        clock_off_s: its clock less the hub's, at its last connection.
        program: its version of passerby.
        drained_ns: since when it is to watch no camera, UTC nanoseconds; None while it may.
        report: what it reported last of its work.
        reported_ns: when that was, UTC nanoseconds; None where it never did.
    """

    name: str
    enrolment: str
    state: NodeState
    pool: str
    joined_ns: int
    seen_ns: int
    state_ns: int
    certificate_end_ns: int
    counter: int = 0
    run: str = ""
    clock_off_s: float = 0.0
    program: str = ""
    drained_ns: int | None = None
    report: "NodeReport | None" = None
    reported_ns: int | None = None

    @property
    def is_empty(self) -> bool:
        """Since it is drained it has reported that nothing runs on it, and the hub has all that it measured."""
        fresh = self.drained_ns is not None and self.reported_ns is not None and self.reported_ns > self.drained_ns
        return fresh and self.report is not None and self.report.empty

    @property
    def has_connected(self) -> bool:
        """It has not only joined: a connection of it has presented a number."""
        return self.counter > 0

    @property
    def clock_is_off(self) -> bool:
        """Its clock is off by more than is left unreported."""
        return abs(self.clock_off_s) > MAX_CLOCK_TOLD_S


@dataclass(frozen=True, slots=True)
class NodeInvitation:
    """Permission for one machine to join, once.

    Attributes:
        secret_hash: SHA-256 of its secret, hex.
        node: the name that the machine gets.
        pool: the group of machines that it gets into; empty for none.
        made_ns, end_ns: UTC nanoseconds.
        used_ns: when a machine joined by it; None while none has.
    """

    secret_hash: str
    node: str
    pool: str
    made_ns: int
    end_ns: int
    used_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Presented:
    """What a connection of a node presents.

    Attributes:
        node: the node's name.
        enrolment: of its certificate.
        counter: grows with each connection of the node.
        run: random hex digits of the process.
        clock_off_s: the node's clock less the hub's.
        program: the node's version of passerby.
        time_ns: the hub's time, UTC nanoseconds.
    """

    node: str
    enrolment: str
    counter: int
    run: str
    clock_off_s: float
    program: str
    time_ns: int


def places_of(text: str) -> tuple[str, ...]:
    """Returns the addresses of a site's hubs out of one text, as a token names them.

    Raises:
        PasserbyError: one of them is none, or there are too many.

    >>> places_of("hub-a:8443,hub-b:8443")
    ('hub-a:8443', 'hub-b:8443')
    """
    found = tuple(text.split(","))
    if len(found) > MAX_HUBS:
        raise PasserbyError(f"addresses of hubs: at most {MAX_HUBS} are taken, got {len(found)}")
    for address in found:
        host_and_port(address)
    return found


def host_and_port(address: str) -> tuple[str, int]:
    """Returns host and port of one text, as a site file and a token name them.

    Raises:
        PasserbyError: the text is no such address.

    >>> host_and_port("hub.example.org:8443"), host_and_port("[fd00::1]:8443")
    (('hub.example.org', 8443), ('fd00::1', 8443))
    """
    found = _ADDRESS.match(address)
    if found is None or not 1 <= int(found["port"]) <= MAX_PORT:
        raise PasserbyError(
            f"{address[:80]!a}: host and port are needed, such as hub.example.org:8443 or [fd00::1]:8443"
        )
    return found["in_brackets"] or found["host"], int(found["port"])


def check_node_name(name: str) -> None:
    """Raises PasserbyError where a text is no node's name."""
    if not _NODE.match(name):
        raise PasserbyError(
            f"node {name[:80]!a}: a node's name has 1 to {MAX_NODE_LETTERS} small letters a to z, digits, dots and "
            "hyphens, and begins and ends with a letter or digit, such as cabinet-7"
        )


def is_connected(node: FleetNode, now_ns: int) -> bool:
    """Returns whether the hub has seen a connection of a node of late; to join is none."""
    seen = node.state is NodeState.JOINED and node.has_connected and now_ns - node.seen_ns < CONNECTED_S * NS_PER_S
    # What it reports of its work says it sooner.
    return seen and (node.reported_ns is None or now_ns - node.reported_ns < REPORT_LATE_S * NS_PER_S)


def trouble_of(node: FleetNode, now_ns: int) -> str:
    """Returns what is wrong with a node, in words; empty where nothing is."""
    if node.state is NodeState.REVOKED:
        return f"revoked {utc_minute(node.state_ns)}"
    if node.state is NodeState.CLONED:
        return f"two machines have its key, noticed {utc_minute(node.state_ns)}: invite it again"
    if node.certificate_end_ns <= now_ns:
        return "its certificate has ended: invite it again"
    if node.certificate_end_ns - now_ns < RENEWAL_LATE_S * NS_PER_S:
        return "its certificate ends soon: let it connect"
    if node.clock_is_off:
        way = "ahead" if node.clock_off_s > 0 else "behind"
        return f"its clock is {duration(abs(node.clock_off_s))} {way}"
    return ""
