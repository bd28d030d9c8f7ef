"""Which node of which site a machine is, without its key: for processes that talk to cameras."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from cryptography import x509

from passerby.domain.errors import PasserbyError
from passerby.files import write_private
from passerby.fleet.certificates import Machine, check_signature, machine_of, pem
from passerby.fleet.membership import Membership

IDENTITY_FILE: Final = "node-identity.pem"
"""In a node's data folder: its certificate and the authority's."""


@dataclass(frozen=True, slots=True)
class NodeIdentity:
    """Whom the machine's certificate is for, and by which authority.

    Attributes:
        machine: the node and its site.
        authority: the authority's certificate.
    """

    machine: Machine
    authority: x509.Certificate

    @classmethod
    def write(cls, folder: Path, membership: Membership) -> None:
        """Writes it into the node's data folder.

        Raises:
            OutputError: it cannot be written.
        """
        content = pem(membership.certificate) + pem(membership.authority)
        write_private(folder / IDENTITY_FILE, content.decode("ascii"))

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Returns the one in a node's data folder.

        Raises:
            PasserbyError: the link process of the node has not written it yet, or it is damaged.
        """
        file = folder / IDENTITY_FILE
        try:
            certificate, authority = x509.load_pem_x509_certificates(file.read_bytes())
            machine = machine_of(certificate)
        except (OSError, ValueError):
            machine = None
        if machine is None:
            raise PasserbyError(f"{file}: this is not there yet, or damaged; the node's link process writes it")
        return cls(machine, authority)

    def verify(self, content: bytes, signed: bytes) -> None:
        """Raises cryptography.exceptions.InvalidSignature where the authority has not signed the content."""
        check_signature(self.authority, content, signed)
