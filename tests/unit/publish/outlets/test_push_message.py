"""Web push content: the example of RFC 8291, what a browser reads again, and the signature for push services."""

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey

from passerby.domain.push import PushSubscription
from passerby.publish.outlets.push_message import (
    MAX_BYTES,
    authorization,
    bytes_of,
    encrypted,
    point,
    public_key,
    text_of,
)
from testing.servers.push_service import Browser

ENDPOINT = "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV"
OWN = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
BROWSER = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
BROWSER_POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SECRET = bytes_of("BTBZMqHH6r4Tts7J_aSIgg")
SALT = bytes_of("DGv6ra1nlYgDCS1FRnbzlw")
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
"""RFC 8291, 5 and appendix A."""

READER = Browser(ENDPOINT)
SUBSCRIPTION = PushSubscription(ENDPOINT, "ann", bytes_of(BROWSER_POINT), SECRET, 0)


def private(text: str):
    return derive_private_key(int.from_bytes(bytes_of(text), "big"), SECP256R1())


def test_the_example_of_rfc_8291() -> None:
    body = encrypted(b"When I grow up, I want to be a watermelon", SUBSCRIPTION, own=private(OWN), salt=SALT, fill=0)
    assert text_of(body) == BODY
    assert point(private(BROWSER)) == SUBSCRIPTION.public_key


@given(st.binary(max_size=MAX_BYTES).map(lambda content: content + b"}"[: MAX_BYTES - len(content)]))
def test_a_browser_reads_what_was_sent(content: bytes) -> None:
    body = encrypted(content, READER.subscription)
    assert READER.read(body) == content
    assert len(body) <= 4096
    assert len(body) in (103 + 512 * (-(-len(content) // 512)), 4096)


def test_no_two_messages_share_a_key() -> None:
    first, second = encrypted(b"{}", SUBSCRIPTION), encrypted(b"{}", SUBSCRIPTION)
    assert first[:16] != second[:16]
    assert first[21:86] != second[21:86]


def test_what_is_changed_or_for_another_is_not_read() -> None:
    body = encrypted(b"{}", READER.subscription)
    for changed in (body[:-1] + bytes([body[-1] ^ 1]), bytes([body[0] ^ 1]) + body[1:]):
        with pytest.raises(InvalidTag):
            READER.read(changed)
    with pytest.raises(InvalidTag):
        Browser(ENDPOINT).read(body)


def test_what_is_too_long_or_no_key_is_refused() -> None:
    with pytest.raises(ValueError, match="3993 bytes at most"):
        encrypted(bytes(MAX_BYTES + 1), SUBSCRIPTION)
    for wrong in (b"", bytes(65), b"\x04" + bytes(64), SUBSCRIPTION.public_key[:-1]):
        with pytest.raises(ValueError, match=r"."):
            public_key(wrong)


def test_a_push_service_can_verify_who_sends() -> None:
    key = private(OWN)
    head = authorization(ENDPOINT, "mailto:city@example.org", key, 1_000)
    token, known = head.removeprefix("vapid t=").split(", k=")
    numbers = public_key(bytes_of(known)).public_numbers()
    x, y = (text_of(part.to_bytes(32, "big")) for part in (numbers.x, numbers.y))
    read = jwt.decode(token, ECKey.import_key({"kty": "EC", "crv": "P-256", "x": x, "y": y}), algorithms=["ES256"])
    assert read.header == {"typ": "JWT", "alg": "ES256"}
    assert read.claims == {"aud": "https://push.example.net", "exp": 44_200, "sub": "mailto:city@example.org"}
