"""The register's key and signature."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from passerby.audit.canonical import canonical_json
from passerby.register.published.signing import RegisterKey, digest, signature_holds

# RFC 8032 section 7.1, test 2.
SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
DOCUMENT = {"number": 1, "title": {"sr-Cyrl": "Трг"}, "position": [20.46, 44.0]}


def key() -> RegisterKey:
    return RegisterKey(Ed25519PrivateKey.from_private_bytes(SEED))


@pytest.mark.asvs("11.6.1")
def test_the_key_is_that_of_the_standard_s_vector() -> None:
    assert base64.b64decode(key().public_key) == PUBLIC


def test_anyone_verifies_with_the_public_key_alone() -> None:
    signed = key().signed(DOCUMENT)
    value = base64.b64decode(signed["signature"].pop("value"))
    Ed25519PublicKey.from_public_bytes(PUBLIC).verify(value, canonical_json(signed))


@pytest.mark.parametrize(
    "change",
    [{"number": 2}, {"title": {}}, {"more": 1}, {"signature": {}}, {"signature": None}, {"position": [20.46, 44.01]}],
)
def test_any_change_is_noticed(change: dict[str, object]) -> None:
    signed = json.loads(json.dumps(key().signed(DOCUMENT)))
    assert signature_holds(signed, key().public_key)
    assert not signature_holds({**signed, **change}, key().public_key)
    assert digest({**signed, **change}) != digest(signed)


def test_another_s_key_or_a_damaged_signature_does_not_hold() -> None:
    signed = RegisterKey(Ed25519PrivateKey.generate()).signed(DOCUMENT)
    assert signature_holds(signed)
    assert not signature_holds(signed, key().public_key)
    for damaged in ("", "%", "AAAA"):
        assert not signature_holds({**signed, "signature": {**signed["signature"], "value": damaged}})
        assert not signature_holds({**signed, "signature": {**signed["signature"], "public_key": damaged}})
