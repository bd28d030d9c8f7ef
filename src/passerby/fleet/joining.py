"""How a machine joins a site by a token: it proves the hub's authority first, and sends the secret then."""

import time
from collections.abc import Callable
from pathlib import Path

from cryptography import x509

from passerby import __version__
from passerby.domain.errors import OutputError, PasserbyError
from passerby.domain.fleet import Refusal
from passerby.fleet.certificates import fingerprint, machine_of, new_key, signing_request
from passerby.fleet.hub_connection import HubRefusedError, asked, opened, opened_first, unverified_context
from passerby.fleet.invitation_token import InvitationToken
from passerby.fleet.membership import NODE_FILE, Membership, begin_counter, client_context, write_membership
from passerby.fleet.tls_streams import drop
from passerby.messages.fleet_messages import (
    OLDEST_VERSION,
    VERSION,
    Authority,
    AuthorityWanted,
    Certificate,
    JoinWanted,
)


async def join(text: str, folder: Path, clock: Callable[[], int] = time.time_ns) -> Membership:
    """Joins the site of a token, and returns the node's membership.

    The key is made here and never leaves the machine. A node that is invited again may join over what it is; what waits
    in its outbox stays.

    Args:
        text: the token.
        folder: the node's data folder; made where it is missing.
        clock: UTC nanoseconds now.

    Raises:
        PasserbyError: the text is no token, the folder belongs to another site, or the hub refuses; explained.
        OSError: the hub does not answer.
        OutputError: the folder cannot be written.
    """
    token = InvitationToken.read(text)
    authority, address = await _proven_authority(token)
    site = machine_of(authority)
    if site is None:
        raise PasserbyError(f"{address}: the authority there names no site")
    _check_folder(folder, authority)
    key = new_key()
    reader, writer = await opened(address, client_context(authority), site.site)
    try:
        wanted = JoinWanted(token.secret.hex(), signing_request(key), VERSION, OLDEST_VERSION, clock(), __version__)
        given = await asked(reader, writer, wanted, Certificate)
    finally:
        drop(writer)
    certificate = x509.load_pem_x509_certificate(given.certificate.encode("ascii", "replace"))
    begin_counter(folder)
    write_membership(folder, token.addresses, key, certificate, authority)
    return Membership.read(folder)


async def _proven_authority(token: InvitationToken) -> tuple[x509.Certificate, str]:
    """Returns the authority that the token names, and the address of the hub that sent it; its SHA-256 is compared."""
    (reader, writer), address = await opened_first(token.addresses, unverified_context(), None)
    try:
        answer = await asked(reader, writer, AuthorityWanted(), Authority)
    finally:
        drop(writer)
    try:
        found = x509.load_pem_x509_certificate(answer.certificate.encode("ascii", "replace"))
    except ValueError:
        found = None
    if found is None or fingerprint(found) != token.fingerprint:
        raise HubRefusedError(
            Refusal.REPLACED,
            f"{address}: the hub there has another authority than the one that made this token. Nothing was sent "
            "to it. Compare the address with the hub's, and make a new token there",
        )
    return found, address


def _check_folder(folder: Path, authority: x509.Certificate) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{folder}: the folder cannot be made: {error.strerror}. Choose another with --data"
        ) from None
    if (folder / NODE_FILE).exists():
        before = Membership.read(folder)
        if before.authority != authority:
            raise PasserbyError(
                f"{folder}: this folder is that of node {before.node} of {before.site}, and may hold results that wait "
                "for its hub. Choose another folder with --data, or remove this one first"
            )
