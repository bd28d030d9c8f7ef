"""How a site's people log in: limits of sessions, roles that one person may combine, single sign-on providers."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from passerby.units import HOUR_S, MINUTE_S


@dataclass(frozen=True, slots=True)
class Provider:
    """One single sign-on provider (OpenID Connect).

    Attributes:
        name: what the log-in page calls it.
        issuer: its URL, exactly as its tokens name it.
        client_id: what it knows this service by.
        client_secret: what it trusts this service by; None for a public client, which PKCE alone protects.
        amr: methods of which its tokens must name one (RFC 8176) for a log-in to count as strong.
        acr: levels of which its tokens must name one, instead.
        authority: file of certificate authorities, None for those of the system.
    """

    name: str
    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    amr: tuple[str, ...] = ()
    acr: tuple[str, ...] = ()
    authority: Path | None = None


@dataclass(frozen=True, slots=True)
class AccessPlan:
    """What a site file says of access.

    Attributes:
        one_person: one person may combine roles and confirm their own grants; the register says so.
        idle_s: a session that was not used for so long has ended.
        absolute_s: a session lasts no longer than this.
        recent_s: how long after a log-in dangerous changes need no new one.
        providers: where one may log in besides.
        operators_on_duty: how many attend to alarms at a time.
    """

    one_person: bool = False
    idle_s: int = 30 * MINUTE_S
    absolute_s: int = 12 * HOUR_S
    recent_s: int = 10 * MINUTE_S
    providers: tuple[Provider, ...] = ()
    operators_on_duty: int = 1


DEFAULT_ACCESS: Final = AccessPlan()
"""What holds where a site file has no section `access`."""
