"""One-time codes by time (TOTP, RFC 6238), and recovery codes for when the telephone is lost."""

import base64
import hmac
import re
import secrets

import pyotp

from passerby.units import NS_PER_S

STEP_S = 30
SKEW_STEPS = 1
"""Codes of the step before and after are taken as well: telephones' clocks are off by seconds."""

RECOVERY_CODES = 10
_CODE = re.compile(r"^[0-9]{6}$")
_RECOVERY = re.compile(r"^[a-z2-7]{16}$")


def new_code_secret() -> str:
    """Returns a secret for an authenticator app: 160 bits, base32 (RFC 4226 asks for as many)."""
    return pyotp.random_base32()


def code_uri(secret: str, account: str, site: str) -> str:
    """Returns the `otpauth://` address that an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=site)


def step_of(now_ns: int) -> int:
    """Returns the number of the time step."""
    return now_ns // (STEP_S * NS_PER_S)


def fitting_step(secret: str, code: str, now_ns: int) -> int | None:
    """Returns the time step that the code is of; None where it is of none around now."""
    plain = code.strip().replace(" ", "")
    if not _CODE.match(plain):
        return None
    totp = pyotp.TOTP(secret)
    now = step_of(now_ns)
    # All are compared, so that the time taken does not depend on which one fits.
    steps = [
        step
        for step in range(max(0, now - SKEW_STEPS), now + SKEW_STEPS + 1)
        if hmac.compare_digest(totp.generate_otp(step), plain)
    ]
    return steps[0] if steps else None


def new_recovery_codes() -> tuple[str, ...]:
    """Returns new recovery codes of 80 bits, as they are shown: `abcd-efgh-ijkl-mnop`."""
    return tuple(_grouped(secrets.token_bytes(10)) for _ in range(RECOVERY_CODES))


def recovery_code(typed: str) -> str | None:
    """Returns what may be a recovery code without its dashes; None for what cannot be one.

    >>> recovery_code(" ABCD-efgh-ijkl mnop ")
    'abcdefghijklmnop'
    """
    plain = typed.strip().replace("-", "").replace(" ", "").lower()
    return plain if _RECOVERY.match(plain) else None


def _grouped(random: bytes) -> str:
    letters = base64.b32encode(random).decode().lower()
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
