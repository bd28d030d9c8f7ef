"""What certificates of machines say, and that nothing else is read out of one."""

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from passerby.fleet.certificates import (
    Machine,
    authority_certificate,
    check_signature,
    end_ns,
    key_pem,
    machine_certificate,
    machine_of,
    new_key,
    read_key,
    renewal_ns,
    requested_key,
    signature,
    signing_request,
)
from passerby.units import DAY_S, NS_PER_S
from testing.waiting import TUESDAY_S

NOW_NS = TUESDAY_S * NS_PER_S
KEY = new_key()
AUTHORITY = authority_certificate("Market square", KEY, NOW_NS)


@given(st.text(min_size=1, max_size=60), st.from_regex(r"\A[a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?\Z"))
def test_a_uri_names_one_machine(site: str, node: str) -> None:
    for machine in (Machine(site), Machine(site, node, "ab12")):
        assert Machine.of_uri(machine.uri) == machine


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "https://site/hub",
        "passerby://site",
        "passerby://site/other/x",
        "passerby://site/hub/x",
        "passerby://a b/hub",
    ],
)
def test_other_uris_name_none(uri: str) -> None:
    assert Machine.of_uri(uri) is None


def test_a_node_s_certificate_is_for_clients_and_the_hub_s_for_servers() -> None:
    uses = {}
    for machine, host in ((Machine("Market square", "pole-7", "ab12"), ""), (Machine("Market square"), "10.0.0.1")):
        made = machine_certificate(machine, new_key().public_key(), AUTHORITY, KEY, NOW_NS, host)
        made.verify_directly_issued_by(AUTHORITY)
        assert machine_of(made) == machine
        assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        uses[machine.node] = list(made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    both = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    assert uses == {"pole-7": [ExtendedKeyUsageOID.CLIENT_AUTH], "": both}


def test_a_node_s_certificate_holds_for_180_days_and_renews_after_60() -> None:
    made = machine_certificate(Machine("s", "n", "ab12"), KEY.public_key(), AUTHORITY, KEY, NOW_NS)
    assert end_ns(made) == NOW_NS + 180 * DAY_S * NS_PER_S
    assert renewal_ns(made) - NOW_NS == pytest.approx(60 * DAY_S * NS_PER_S, rel=0.01)


def test_a_request_shows_that_its_sender_has_the_key() -> None:
    key = new_key()
    request = signing_request(key)
    assert requested_key(request) == key.public_key()
    other = x509.load_pem_x509_csr(signing_request(new_key()).encode()).public_bytes(Encoding.DER)
    own = bytearray(x509.load_pem_x509_csr(request.encode()).public_bytes(Encoding.DER))
    own[-70:] = other[-70:]
    for wrong in ("", "nothing", request[:200], "\N{PILE OF POO}"):
        with pytest.raises(ValueError):
            requested_key(wrong)
    try:
        forged = x509.load_der_x509_csr(bytes(own)).public_bytes(Encoding.PEM).decode()
    except ValueError:
        return
    with pytest.raises(ValueError):
        requested_key(forged)


def test_a_key_of_another_kind_is_refused() -> None:
    assert read_key(key_pem(KEY)).private_numbers() == KEY.private_numbers()
    other = ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for wrong in (other, b"", b"-----BEGIN PRIVATE KEY-----"):
        with pytest.raises(ValueError):
            read_key(wrong)


def test_what_the_authority_has_not_signed_is_recognised() -> None:
    signed = signature(KEY, b"cameras: {}")
    check_signature(AUTHORITY, b"cameras: {}", signed)
    with pytest.raises(InvalidSignature):
        check_signature(AUTHORITY, b"cameras: {x: 1}", signed)
