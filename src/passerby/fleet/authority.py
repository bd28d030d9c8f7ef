"""The site's authority on the hub: its key, which never leaves the machine, and the hub's own certificate."""

import time
from collections.abc import Callable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from passerby.domain.errors import OutputError, PasserbyError
from passerby.files import write_whole
from passerby.fleet.certificates import (
    HUB_USES,
    Machine,
    authority_certificate,
    end_ns,
    fingerprint,
    key_pem,
    machine_certificate,
    machine_of,
    new_key,
    pem,
    read_key,
    renewal_ns,
    requested_key,
    signature,
)
from passerby.key_files import key_content, write_key

KEY_FILE = "fleet-authority.key"
"""Signs the certificates of the hub and of all nodes, and what nodes get from the hub."""
CERTIFICATE_FILE = "fleet-authority.pem"
HUB_FILE = "fleet-hub.pem"
"""The hub's own key and certificate, with the authority's after it."""


class SiteAuthority:
    """Signs the certificates of a site's machines.

    Args:
        folder: the hub's data folder.
        certificate: the authority's.
        key: the authority's private key.
        clock: UTC nanoseconds now.
    """

    def __init__(
        self,
        folder: Path,
        certificate: x509.Certificate,
        key: EllipticCurvePrivateKey,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self._folder, self._certificate, self._key, self._clock = folder, certificate, key, clock
        self.site = _site_of(certificate) or ""

    @classmethod
    def make(cls, folder: Path, site: str, clock: Callable[[], int] = time.time_ns) -> "SiteAuthority":
        """Makes the authority of a site.

        Raises:
            PasserbyError: there is one already.
            OutputError: its files cannot be written.
        """
        for file in (folder / KEY_FILE, folder / CERTIFICATE_FILE):
            if file.exists():
                raise PasserbyError(
                    f"{file}: this site has an authority already, and its nodes trust it alone. To begin anew, "
                    f"remove {KEY_FILE}, {CERTIFICATE_FILE} and {HUB_FILE}, and invite every node again"
                )
        key = new_key()
        certificate = authority_certificate(site, key, clock())
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{folder}: the folder cannot be made: {error.strerror}. Choose another place") from None
        write_key(folder / KEY_FILE, key_pem(key))
        write_whole(folder / CERTIFICATE_FILE, pem(certificate))
        return cls(folder, certificate, key, clock)

    @classmethod
    def open(cls, folder: Path, clock: Callable[[], int] = time.time_ns) -> "SiteAuthority":
        """Returns the authority of a site.

        Raises:
            PasserbyError: there is none, it cannot be read, others may read its key, or key and certificate do not
                belong together.
        """
        if not (folder / KEY_FILE).exists():
            raise PasserbyError(
                f"{folder / KEY_FILE}: this site has no authority yet. Make one: `passerby fleet init SITE.yaml`"
            )
        again = "Restore both files of the authority from one copy"
        content = key_content(folder / KEY_FILE, "the site's authority", private=True)
        certificate = read_certificate(folder / CERTIFICATE_FILE)
        try:
            key = read_key(content)
        except ValueError:
            raise PasserbyError(f"{folder / KEY_FILE}: this is no key of an authority. {again}") from None
        if certificate.public_key() != key.public_key() or _site_of(certificate) is None:
            raise PasserbyError(f"{folder / CERTIFICATE_FILE}: it does not belong to {KEY_FILE}. {again}")
        return cls(folder, certificate, key, clock)

    @property
    def fingerprint(self) -> bytes:
        """SHA-256 of the authority's certificate."""
        return fingerprint(self._certificate)

    @property
    def certificate_pem(self) -> str:
        """The authority's certificate, PEM."""
        return pem(self._certificate).decode("ascii")

    def sign(self, content: bytes) -> bytes:
        """Returns a signature of what nodes get from the hub (ECDSA on P-256 with SHA-256)."""
        return signature(self._key, content)

    def node_certificate(self, node: str, enrolment: str, request: str) -> tuple[str, int]:
        """Returns a certificate for a node, PEM, and when it ends, UTC nanoseconds.

        Raises:
            ValueError: the request is none.
        """
        machine = Machine(self.site, node, enrolment)
        made = machine_certificate(machine, requested_key(request), self._certificate, self._key, self._clock())
        return pem(made).decode("ascii"), end_ns(made)

    def hub_certificate(self, host: str) -> Path:
        """Returns the file of the hub's own key and certificate; made where it is missing, due, or for something else.

        Raises:
            OutputError: it cannot be written.
        """
        file = self._folder / HUB_FILE
        if not self._holds(file, host):
            key = new_key()
            made = machine_certificate(
                Machine(self.site), key.public_key(), self._certificate, self._key, self._clock(), host
            )
            write_key(file, key_pem(key) + pem(made) + pem(self._certificate))
        return file

    def _holds(self, file: Path, host: str) -> bool:
        try:
            certificates = x509.load_pem_x509_certificates(file.read_bytes())
            names = certificates[0].extensions.get_extension_for_class(x509.SubjectAlternativeName).value
            uses = certificates[0].extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        except (OSError, ValueError, x509.ExtensionNotFound):
            return False
        known = (*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress)))
        fits = certificates[1:] == [self._certificate] and host in known and set(uses) == set(HUB_USES)
        return fits and self._clock() < renewal_ns(certificates[0])


def read_certificate(file: Path) -> x509.Certificate:
    """Returns the first certificate of a file; raises PasserbyError where there is none."""
    try:
        return x509.load_pem_x509_certificate(file.read_bytes())
    except OSError as error:
        raise PasserbyError(f"{file}: the certificate cannot be read: {error.strerror}") from None
    except ValueError:
        raise PasserbyError(f"{file}: this is no certificate (PEM). Restore it from a copy") from None


def _site_of(certificate: x509.Certificate) -> str | None:
    machine = machine_of(certificate)
    return None if machine is None else machine.site
