"""Codes are those of RFC 6238, for the step around now; recovery codes are typed as people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.access.credentials.codes import (
    code_uri,
    fitting_step,
    new_code_secret,
    new_recovery_codes,
    recovery_code,
    step_of,
)
from passerby.units import NS_PER_S

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""RFC 6238, appendix B: the ASCII digits 12345678901234567890."""


@pytest.mark.parametrize(
    ("now_s", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"),
     (20000000000, "353130")],
)  # fmt: skip
@pytest.mark.asvs("6.5.5")
def test_the_vectors_of_the_rfc(now_s: int, code: str) -> None:
    now_ns = now_s * NS_PER_S
    assert fitting_step(RFC_SECRET, code, now_ns) == step_of(now_ns)
    for off_s in (30, -30):
        assert fitting_step(RFC_SECRET, code, now_ns + off_s * NS_PER_S) == step_of(now_ns)
    for off_s in (61, -61, 3600, -3600):
        assert fitting_step(RFC_SECRET, code, max(0, now_ns + off_s * NS_PER_S)) in (
            None,
            step_of(now_ns) if now_s == 59 and off_s < 0 else None,
        )
    assert fitting_step(RFC_SECRET, f" {code[:3]} {code[3:]} ", now_ns) == step_of(now_ns)


@given(st.text(max_size=12))
def test_other_texts_are_no_code(text: str) -> None:
    if text.strip().replace(" ", "") != "287082":
        assert fitting_step(RFC_SECRET, text, 59 * NS_PER_S) in (None, 0, 2)


@pytest.mark.asvs("6.5.3")
def test_secrets_and_addresses() -> None:
    secret = new_code_secret()
    assert len(secret) == 32
    assert secret != new_code_secret()
    assert code_uri(secret, "ana@x", "Market square") == (
        f"otpauth://totp/Market%20square:ana%40x?secret={secret}&issuer=Market%20square"
    )


@pytest.mark.asvs("6.5.4")
def test_recovery_codes() -> None:
    codes = new_recovery_codes()
    assert len({*codes}) == 10
    for code in codes:
        assert recovery_code(code.upper()) == code.replace("-", "")
    for wrong in ("", "abcd", "abcd-efgh-ijkl-mno1", "é" * 16, "a" * 17, "123456"):
        assert recovery_code(wrong) is None
