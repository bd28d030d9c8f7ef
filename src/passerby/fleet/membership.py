"""What a node keeps of the site that it has joined: its key and certificate, the authority, the hub's address."""

import json
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from platformdirs import user_data_path

from passerby.domain.errors import OutputError, PasserbyError
from passerby.domain.fleet import places_of
from passerby.files import write_private
from passerby.fleet.certificates import (
    Machine,
    check_signature,
    end_ns,
    key_pem,
    machine_of,
    pem,
    renewal_ns,
)
from passerby.key_files import key_content, write_key

NODE_FILE: Final = "node.pem"
"""The node's private key, its certificate, and the authority's."""
HUB_ADDRESS_FILE: Final = "node-hub.json"
COUNTER_FILE: Final = "node.counter"
JOIN: Final = (
    "Join a site first: `passerby fleet join TOKEN`, with the token that `passerby fleet invite SITE.yaml NODE` prints "
    "on the hub"
)


@dataclass(frozen=True, slots=True)
class Membership:
    """A node's place in a site.

    Attributes:
        folder: the node's data folder.
        addresses: host and port of each hub of the site, of which one is active.
        certificate: the node's.
        authority: the authority's certificate.
        machine: whom the certificate is for.
    """

    folder: Path
    addresses: tuple[str, ...]
    certificate: x509.Certificate
    authority: x509.Certificate
    machine: Machine

    @classmethod
    def read(cls, folder: Path) -> "Membership":
        """Returns the membership of a node.

        Raises:
            PasserbyError: it has joined no site, or its files cannot be read or are damaged.
        """
        file = folder / NODE_FILE
        if not file.exists():
            raise PasserbyError(f"{file}: this machine belongs to no site yet. {JOIN}")
        content = key_content(file, "this node", private=True)
        try:
            certificate, authority = x509.load_pem_x509_certificates(content)
            machine = machine_of(certificate)
            addresses = places_of(json.loads((folder / HUB_ADDRESS_FILE).read_text("utf-8"))["address"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError, PasserbyError):
            machine, addresses = None, ()
        if machine is None:
            raise PasserbyError(f"{file}: the files of this node are damaged. {JOIN}")
        return cls(folder, addresses, certificate, authority, machine)

    @property
    def node(self) -> str:
        """The node's name."""
        return self.machine.node

    @property
    def site(self) -> str:
        """The site's name, as its authority has it."""
        return self.machine.site

    @property
    def end_ns(self) -> int:
        """When the node's certificate ends, UTC nanoseconds."""
        return end_ns(self.certificate)

    @property
    def renewal_ns(self) -> int:
        """When the node's certificate is due to be renewed, UTC nanoseconds."""
        return renewal_ns(self.certificate)

    def verify(self, content: bytes, signed: bytes) -> None:
        """Raises cryptography.exceptions.InvalidSignature where the authority has not signed the content."""
        check_signature(self.authority, content, signed)

    def tls(self) -> ssl.SSLContext:
        """Returns what the node shows and whom it trusts: its own certificate, and the site's authority alone."""
        context = client_context(self.authority)
        context.load_cert_chain(self.folder / NODE_FILE)
        return context


def client_context(authority: x509.Certificate) -> ssl.SSLContext:
    """Returns a context for TLS 1.3 to machines of a site; whom they are for is checked by their certificate's URI."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    # The hub may be reached under any name; that it is the hub of this site is what its certificate's URI says.
    context.check_hostname = False
    context.load_verify_locations(cadata=pem(authority).decode("ascii"))
    return context


def write_addresses(folder: Path, addresses: tuple[str, ...]) -> None:
    """Writes where a node reaches the hubs of its site.

    Raises:
        OutputError: it could not be written; what was there holds on.
    """
    write_private(folder / HUB_ADDRESS_FILE, json.dumps({"address": ",".join(addresses)}) + "\n", lasting=True)


def write_membership(
    folder: Path,
    addresses: tuple[str, ...],
    key: EllipticCurvePrivateKey,
    certificate: x509.Certificate,
    authority: x509.Certificate,
) -> None:
    """Writes what a node keeps, in files that only its owner can read.

    Raises:
        OutputError: it could not be written; what was there holds on.
    """
    write_addresses(folder, addresses)
    write_key(folder / NODE_FILE, key_pem(key) + pem(certificate) + pem(authority))


def next_counter(folder: Path) -> int:
    """Returns the number that the next connection presents; it is on the disk before this returns.

    Raises:
        OutputError: it cannot be written.
        PasserbyError: the file holds no number.
    """
    file = folder / COUNTER_FILE
    try:
        number = int(file.read_text("ascii")) + 1
    except FileNotFoundError:
        number = 1
    except (OSError, ValueError):
        raise PasserbyError(
            f"{file}: it holds no number, and the hub would take this node for a copy. {JOIN}"
        ) from None
    write_private(file, f"{number}\n", lasting=True)
    return number


def begin_counter(folder: Path) -> None:
    """Begins to count the connections of a node that has joined anew.

    Raises:
        OutputError: the file cannot be removed.
    """
    try:
        (folder / COUNTER_FILE).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{folder / COUNTER_FILE}: it cannot be removed: {error.strerror}") from None


def node_folder(given: Path | None, environment: Mapping[str, str] | None = None) -> Path:
    """Returns a node's data folder: the one given, systemd's STATE_DIRECTORY, or one in the user's application files.

    >>> node_folder(Path("/srv/node")).name
    'node'
    """
    known = os.environ if environment is None else environment
    if given is not None:
        return given.expanduser().absolute()
    if made := known.get("STATE_DIRECTORY"):
        return Path(made.partition(":")[0])
    return user_data_path("passerby") / "node"
