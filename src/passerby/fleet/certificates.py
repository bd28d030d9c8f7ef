"""The certificates of a site's machines: what they say, how they are made, and how they are read (X.509, RFC 5280)."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from passerby.domain.fleet import NODE_CERTIFICATE_S
from passerby.units import DAY_S, HOUR_S, NS_PER_S

AUTHORITY_S = 20 * 365 * DAY_S
HUB_CERTIFICATE_S = 90 * DAY_S
BACKDATED_S = 2 * HOUR_S
"""A certificate begins so long before it is made: it holds by the clock of each machine that the hub takes."""

_SCHEME = "passerby://"
_NODE_USES = (ExtendedKeyUsageOID.CLIENT_AUTH,)
HUB_USES = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)
"""A hub that waits is a client of the active one."""
_SUBJECT_LETTERS = 64
"""Upper bound of a common name (RFC 5280, ub-common-name)."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Whom a certificate is for, as its URI says it: `passerby://SITE/hub`, `passerby://SITE/node/NAME?ENROLMENT`.

    Attributes:
        site: the site's name.
        node: the node's name; empty for the hub.
        enrolment: hex digits of the invitation that the node joined by.
    """

    site: str
    node: str = ""
    enrolment: str = ""

    @property
    def uri(self) -> str:
        """The URI of the certificate.

        >>> Machine("Market square", "pole-7", "ab12").uri
        'passerby://Market%20square/node/pole-7?ab12'
        """
        site = f"{_SCHEME}{quote(self.site, safe='')}"
        return f"{site}/node/{self.node}?{self.enrolment}" if self.node else f"{site}/hub"

    @classmethod
    def of_uri(cls, uri: str) -> "Machine | None":
        """Returns whom a URI names; None where it is none of ours."""
        if not uri.startswith(_SCHEME):
            return None
        site, _, path = uri.removeprefix(_SCHEME).partition("/")
        kind, _, rest = path.partition("/")
        node, _, enrolment = rest.partition("?")
        found = cls(unquote(site), node, enrolment)
        return found if kind in ("hub", "node") and found.uri == uri else None


def new_key() -> EllipticCurvePrivateKey:
    """Returns a new private key on P-256."""
    return generate_private_key(SECP256R1())


def key_pem(key: EllipticCurvePrivateKey) -> bytes:
    """Returns a private key as PEM (PKCS #8), not encrypted."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def read_key(pem: bytes) -> EllipticCurvePrivateKey:
    """Returns the private key at the start of a PEM text; raises ValueError where there is none on P-256."""
    try:
        key = load_pem_private_key(pem, password=None)
    except TypeError as error:
        raise ValueError(str(error)) from None
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError("a key on the curve P-256 is needed")
    return key


def signing_request(key: EllipticCurvePrivateKey) -> str:
    """Returns a certificate signing request (PKCS #10), PEM: the authority takes nothing of it but the public key."""
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return request.sign(key, SHA256()).public_bytes(Encoding.PEM).decode("ascii")


def requested_key(request: str) -> EllipticCurvePublicKey:
    """Returns the public key of a signing request, whose signature shows that its sender has the private one.

    Raises:
        ValueError: it is no such request, or of another kind of key.
    """
    found = x509.load_pem_x509_csr(request.encode("ascii", "replace"))
    key = found.public_key()
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError("a key on the curve P-256 is needed")
    if not found.is_signature_valid:
        raise ValueError("the request is not signed with its own key")
    return key


def authority_certificate(site: str, key: EllipticCurvePrivateKey, now_ns: int) -> x509.Certificate:
    """Returns the certificate of a site's authority, signed with its own key; it can sign no further authority."""
    name = _name(f"passerby authority of {site}")
    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    return (
        _begun(name, name, key.public_key(), now_ns, AUTHORITY_S)
        .add_extension(x509.BasicConstraints(True, 0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(Machine(site).uri)]), critical=False)
        .sign(key, SHA256())
    )


def machine_certificate(
    machine: Machine,
    public_key: EllipticCurvePublicKey,
    authority: x509.Certificate,
    key: EllipticCurvePrivateKey,
    now_ns: int,
    host: str = "",
) -> x509.Certificate:
    """Returns a certificate of a hub, for servers and as a client of another hub, or of a node, for clients alone.

    Args:
        machine: whom it is for.
        public_key: the machine's.
        authority: the authority's certificate.
        key: the authority's private key.
        now_ns: UTC nanoseconds.
        host: the hub's name or address.
    """
    names: list[x509.GeneralName] = [x509.UniformResourceIdentifier(machine.uri)]
    if host:
        names.append(_host_name(host))
    uses, lasts_s = (_NODE_USES, NODE_CERTIFICATE_S) if machine.node else (HUB_USES, HUB_CERTIFICATE_S)
    usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
    return (
        _begun(_name(machine.node or "hub"), authority.subject, public_key, now_ns, lasts_s)
        .add_extension(x509.BasicConstraints(False, None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )


def machine_of(certificate: x509.Certificate) -> Machine | None:
    """Returns whom a certificate is for; None where it does not say so as ours do."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return None
    found = [Machine.of_uri(uri) for uri in names.get_values_for_type(x509.UniformResourceIdentifier)]
    return found[0] if len(found) == 1 else None


def pem(certificate: x509.Certificate) -> bytes:
    """Returns a certificate as PEM."""
    return certificate.public_bytes(Encoding.PEM)


def fingerprint(certificate: x509.Certificate) -> bytes:
    """Returns the SHA-256 of a certificate, 32 bytes."""
    return certificate.fingerprint(SHA256())


def end_ns(certificate: x509.Certificate) -> int:
    """Returns when a certificate ends, UTC nanoseconds."""
    return int(certificate.not_valid_after_utc.timestamp()) * NS_PER_S


def renewal_ns(certificate: x509.Certificate) -> int:
    """Returns when a certificate is due to be renewed, UTC nanoseconds: after a third of its time."""
    begin_s = certificate.not_valid_before_utc.timestamp()
    return int(begin_s + (certificate.not_valid_after_utc.timestamp() - begin_s) / 3) * NS_PER_S


def signature(key: EllipticCurvePrivateKey, content: bytes) -> bytes:
    """Returns the signature of content: ECDSA with SHA-256, DER."""
    return key.sign(content, ECDSA(SHA256()))


def check_signature(certificate: x509.Certificate, content: bytes, signed: bytes) -> None:
    """Raises cryptography.exceptions.InvalidSignature where a certificate's key has not signed the content."""
    key = certificate.public_key()
    if not isinstance(key, EllipticCurvePublicKey):
        raise TypeError("a key on an elliptic curve is needed")
    key.verify(signed, content, ECDSA(SHA256()))


def _begun(
    subject: x509.Name, issuer: x509.Name, key: EllipticCurvePublicKey, now_ns: int, lasts_s: int
) -> x509.CertificateBuilder:
    now = datetime.fromtimestamp(now_ns // NS_PER_S, UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(seconds=BACKDATED_S))
        .not_valid_after(now + timedelta(seconds=lasts_s))
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:_SUBJECT_LETTERS])])


def _host_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
