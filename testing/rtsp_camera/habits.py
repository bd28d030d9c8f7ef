"""What real cameras do otherwise than the standard has it, and what their viewers put up with."""

import base64
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from testing.rtsp_camera.digest import NONCE, REALM, accepted, challenge


@dataclass(slots=True)
class Habits:
    """Oddities of the answers; each by itself is one that has been reported of a camera on sale.

    Attributes:
        nonce_uses: how many requests one nonce serves; 0 for any number.
        stale: says so with the new nonce.
        realm: of the challenge, in Latin-1.
        algorithm: of the digest.
        challenge_more: what follows in the challenge.
        basic: demands the password as it is.
        hangs_up: closes the connection with each challenge.
        session_timeout_s: without a sign of life for so long, it ends the connection; 0 never.
        session_field: in its answer to SETUP; `{name}` and `{timeout}` are filled in; empty for none.
        sequence: the `CSeq` of its answers: `right`, `none`, `zero`, `one` (always 1) or `behind` (by one).
        twice: sends every answer twice.
        line_end: of its heads.
        transport: its field of that name in the answer to SETUP, `{channels}` filled in; empty for none.
        channel: the first one that it gives; None for the one it was asked for.
        sends_on: the channel that it then sends on; None for the one that it gave.
        content_base: the field of that name, `{address}` filled in; empty for none.
        control: of its pictures in the description; None for `trackID=0`.
        session_control: of the session; None for none at all.
        set_up_at: the only end of an address that SETUP is accepted at; empty for any.
        only_udp: refuses to interleave.
        server_port: announces the port that it sends from.
        reorder_every: of its datagrams, sends one in so many after the next one; 0 never.
        double_every: sends one in so many twice; 0 never.
        no_range: refuses PLAY with a range.
        no_parameters: announces GET_PARAMETER, but does not know it.
        no_session: knows no session in a request that is not SETUP or PLAY.
        public: the field of that name.
        stray_every: sends stray bytes after one packet in so many; 0 never.
        short_by: the description's length is given as so many bytes less than it has.
        description: replaced words of the description: pairs of old and new.
    """

    nonce_uses: int = 0
    stale: bool = False
    realm: str = REALM
    algorithm: str = "MD5"
    challenge_more: str = ', qop="auth"'
    basic: bool = False
    hangs_up: bool = False
    session_timeout_s: float = 0.0
    session_field: str = "{name};timeout={timeout}"
    sequence: str = "right"
    twice: bool = False
    line_end: str = "\r\n"
    transport: str = "RTP/AVP/TCP;unicast;interleaved={channels}"
    channel: int | None = None
    sends_on: int | None = None
    content_base: str = "{address}/"
    control: str | None = None
    session_control: str | None = "*"
    set_up_at: str = ""
    only_udp: bool = False
    server_port: bool = True
    reorder_every: int = 0
    double_every: int = 0
    no_range: bool = False
    no_parameters: bool = False
    no_session: bool = False
    public: str = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, TEARDOWN"
    stray_every: int = 0
    short_by: int = 0
    description: tuple[tuple[str, str], ...] = ()

    def head(self, first_line: str, fields: dict[str, str]) -> bytes:
        """An answer's head, in this camera's way."""
        asked = int(fields.pop("CSeq", "0") or "0")
        numbers = {"right": asked, "zero": 0, "one": 1, "behind": asked - 1}
        rows = [first_line] + ([f"CSeq: {numbers[self.sequence]}"] if self.sequence != "none" else [])
        rows += [f"{name}: {value}" for name, value in fields.items()]
        return (self.line_end.join(rows) + self.line_end * 2).encode("latin-1")

    def described(self, media: str) -> bytes:
        """The description of a session with this one section, in this camera's way."""
        rows = ["v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=camera", "c=IN IP4 0.0.0.0", "t=0 0"]
        if self.session_control is not None:
            rows.append(f"a=control:{self.session_control}")
        text = "\r\n".join(rows) + "\r\n" + media
        if self.control is not None:
            text = text.replace("a=control:trackID=0\r\n", f"a=control:{self.control}\r\n" if self.control else "")
        for old, new in self.description:
            text = text.replace(old, new)
        return text.encode()


@dataclass(slots=True)
class NonceKeeper:
    """One connection's nonces, and when it last gave a sign of life."""

    habits: Habits
    nonce: str = field(default_factory=lambda: secrets.token_hex(8))
    uses: int = 0
    signed_s: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        if self.habits.hangs_up:
            self.nonce = NONCE  # one of this connection would be of no use on the next

    def accepts(self, method: str, answer: str, user: str, password: str) -> bool:
        """Whether a request is authorised; else the next challenge has a new nonce."""
        if self.habits.basic:
            return answer == "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        good = accepted(method, answer, user, password, self.habits.realm, self.nonce)
        self.uses += 1
        used_up = 0 < self.habits.nonce_uses < self.uses
        if not good or used_up:
            self.nonce, self.uses = NONCE if self.habits.hangs_up else secrets.token_hex(8), 0
        return good and not used_up

    def challenge(self) -> str:
        """What the camera asks for now."""
        if self.habits.basic:
            return f'Basic realm="{self.habits.realm}"'
        more = self.habits.challenge_more + (", stale=TRUE" if self.habits.stale else "")
        return challenge(self.habits.realm, self.nonce, self.habits.algorithm, more)

    @property
    def ended(self) -> bool:
        """The session has had no sign of life for too long."""
        limit_s = self.habits.session_timeout_s
        return limit_s > 0 and time.monotonic() - self.signed_s > limit_s


def habits_of(words: str) -> Habits:
    """Returns the habits that a text names, such as `nonce_uses=1,sequence=none`; a word alone switches one on."""
    named: dict[str, Any] = {}
    for word in filter(None, words.split(",")):
        name, _, value = word.partition("=")
        kind = {"channel": int, "sends_on": int, "control": str}.get(name, type(getattr(Habits(), name)))
        named[name] = True if kind is bool else kind(value)
    return Habits(**named)
