"""A node's connections to the hub: over TLS, with a number that shows a copied disk, and a certificate that renews."""

import asyncio
import secrets
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

from cryptography import x509

from passerby import __version__
from passerby.domain.errors import PasserbyError
from passerby.domain.fleet import MAX_CLOCK_TOLD_S, Refusal, host_and_port
from passerby.fleet.certificates import Machine, machine_of, new_key, signing_request
from passerby.fleet.membership import Membership, next_counter, write_membership
from passerby.fleet.tls_streams import Streams, drop, machine_at, watch
from passerby.messages.codec import CodecError
from passerby.messages.fleet_messages import (
    FROM_NODE,
    OLDEST_VERSION,
    TO_NODE,
    VERSION,
    Certificate,
    FromNode,
    Hello,
    Refused,
    RenewalWanted,
    ToNode,
    Welcome,
)
from passerby.telemetry.logs import get_log
from passerby.text import duration, utc_minute
from passerby.units import NS_PER_S

ANSWER_S: Final = 20.0
"""The hub asks its database meanwhile."""
CONNECT_S: Final = 15.0
NEXT_S: Final = 1.0
"""After so long without an answer the next hub is tried, too."""
LOOK_S: Final = 1.5
_NOT_YET_VALID, _EXPIRED = 9, 10
"""Of X509_verify_cert: X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED."""

_Kind = TypeVar("_Kind", bound=ToNode)


class HubRefusedError(PasserbyError, ConnectionError):
    """The hub does not take this machine, or is not the hub of its site; what is measured waits in the outbox.

    Attributes:
        reason: in one word.
    """

    def __init__(self, reason: Refusal, why: str) -> None:
        super().__init__(why)
        self.reason = reason


class HubConnection:
    """Makes a node's connections to its hub, one after the other.

    Args:
        folder: the node's data folder.
        clock: UTC nanoseconds now.

    Attributes:
        bytes_per_s: how much all connections together may send; 0 for any amount. The hub says it.
        clock_off_s: this machine's clock less the hub's, at the last connection.
    """

    def __init__(self, folder: Path, clock: Callable[[], int] = time.time_ns) -> None:
        self._folder, self._clock = folder, clock
        self._run = secrets.token_hex(8)
        self._turn = asyncio.Lock()
        self._log = get_log()
        self._at = ""
        self.bytes_per_s = 0
        self.clock_off_s = 0.0

    async def connect(self, *, renews: bool = False) -> Streams:
        """Returns the two directions of a connection that the hub has welcomed; what follows are a worker's messages.

        Args:
            renews: a renewal follows instead.

        Raises:
            HubRefusedError: the hub refuses, or it is another; explained.
            OSError: it does not answer.
            PasserbyError: this machine has joined no site, or its files are damaged.
        """
        # One at a time: the hub takes growing numbers only.
        async with self._turn:
            member = await asyncio.to_thread(Membership.read, self._folder)
            if member.end_ns <= self._clock():
                raise HubRefusedError(
                    Refusal.CLOCK,
                    f"the certificate of node {member.node} ended at {utc_minute(member.end_ns)}, and this machine's "
                    f"clock says {utc_minute(self._clock())}. If the clock is right, invite the node again",
                )
            counter = await asyncio.to_thread(next_counter, self._folder)
            known = self._known_first(member.addresses)
            (reader, writer), self._at = await opened_first(known, member.tls(), member.site)
            try:
                hello = Hello(VERSION, OLDEST_VERSION, counter, self._run, self._clock(), __version__, renews)
                self._take(await asked(reader, writer, hello, Welcome))
            except BaseException:
                drop(writer)
                raise
        return reader, writer

    async def elsewhere(self) -> str:
        """Returns the address of another hub of the site that takes connections; empty where none does.

        Only the active hub listens. One that stands still keeps its connections, and the system answers for it.
        """
        member = await asyncio.to_thread(Membership.read, self._folder)
        for address in member.addresses:
            if address == self._at:
                continue
            with suppress(OSError, HubRefusedError):
                async with asyncio.timeout(LOOK_S):
                    _, writer = await opened(address, member.tls(), member.site)
                drop(writer)
                # The next connection goes there first.
                self._at = address
                return address
        return ""

    def _known_first(self, addresses: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(addresses, key=lambda address: address != self._at))

    async def renew_when_due(self) -> bool:
        """Gets a new certificate where the node's is due; returns whether it did.

        Raises:
            HubRefusedError, OSError, PasserbyError: as `connect`; the certificate that there is holds on.
        """
        member = await asyncio.to_thread(Membership.read, self._folder)
        if self._clock() < member.renewal_ns:
            return False
        key = new_key()
        reader, writer = await self.connect(renews=True)
        try:
            given = await asked(reader, writer, RenewalWanted(signing_request(key)), Certificate)
            certificate = x509.load_pem_x509_certificate(given.certificate.encode("ascii", "replace"))
        finally:
            drop(writer)
        if machine_of(certificate) != member.machine or certificate.public_key() != key.public_key():
            raise HubRefusedError(Refusal.REQUEST, "the hub has answered with the certificate of another machine")
        await asyncio.to_thread(write_membership, self._folder, member.addresses, key, certificate, member.authority)
        return True

    def _take(self, welcome: Welcome) -> None:
        self.bytes_per_s = welcome.bytes_per_s
        off_s = (self._clock() - welcome.time_ns) / NS_PER_S
        if abs(off_s) > MAX_CLOCK_TOLD_S >= abs(self.clock_off_s):
            way = "ahead of" if off_s > 0 else "behind"
            self._log.warning(
                "this machine's clock is wrong, or the hub's", off=f"{duration(abs(off_s))} {way} the hub"
            )
        self.clock_off_s = off_s


async def opened(address: str, context: ssl.SSLContext, site: str | None) -> Streams:
    """Returns a new connection to a hub over TLS.

    Args:
        address: host and port.
        context: what is shown, and who is trusted.
        site: whose hub it has to be; None where that is not known yet.

    Raises:
        HubRefusedError: the other end is not the hub of the site.
        OSError: it does not answer.
    """
    host, port = host_and_port(address)
    try:
        async with asyncio.timeout(CONNECT_S):
            reader, writer = await asyncio.open_connection(host, port, ssl=context)
    except ssl.SSLCertVerificationError as error:
        raise _not_verified(address, error) from None
    except ssl.SSLError as error:
        raise ConnectionError(f"{address}: no TLS connection: {error.reason}") from None
    except TimeoutError:
        raise ConnectionError(f"{address}: no answer within {CONNECT_S:g} s") from None
    if site is not None and machine_at(writer) != Machine(site):
        drop(writer)
        raise HubRefusedError(Refusal.REPLACED, f"{address}: the machine there is not the hub of {site}")
    watch(writer)
    return reader, writer


async def opened_first(addresses: tuple[str, ...], context: ssl.SSLContext, site: str | None) -> tuple[Streams, str]:
    """Returns a connection to the first hub that answers, and its address.

    One after the other is tried, each beside those before where these have not answered for a while. Those that have
    refused meanwhile are tried again beside one that has not answered yet: it may be a machine that is dead, and
    another hub takes over in these seconds.

    Raises:
        HubRefusedError, OSError: as `opened`; of the last one, where all have failed.
    """
    trials: dict[asyncio.Task[Streams], str] = {}
    waiting, failed = list(addresses), list[str]()
    fault, loop = OSError("there is no address of a hub"), asyncio.get_running_loop()
    again_until_s = loop.time() + CONNECT_S
    try:
        while waiting or trials:
            if waiting:
                address = waiting.pop(0)
                trials[asyncio.create_task(opened(address, context, site))] = address
            others = bool(waiting or failed)
            done, _ = await asyncio.wait(
                trials, timeout=NEXT_S if others else None, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                address = trials.pop(task)
                if (error := task.exception()) is None:
                    return task.result(), address
                if not isinstance(error, OSError):
                    raise error
                failed.append(address)
                fault = error
            if not done and loop.time() < again_until_s:
                waiting, failed = [*waiting, *failed], []
        raise fault
    finally:
        for task in trials:
            task.cancel()
        for ended in await asyncio.gather(*trials, return_exceptions=True):
            if not isinstance(ended, BaseException):
                drop(ended[1])


async def asked(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, message: FromNode, wanted: type[_Kind]
) -> _Kind:
    """Returns the hub's answer to a message.

    Raises:
        HubRefusedError: the hub refuses, or its answer is of another kind.
        OSError: the connection ended.
    """
    try:
        writer.writelines(FROM_NODE.encode(message))
        async with asyncio.timeout(ANSWER_S):
            await writer.drain()
            answer = await TO_NODE.receive_from(reader)
    except CodecError as error:
        raise HubRefusedError(Refusal.VERSION, f"the hub's answer is not understood: {error}") from None
    except (asyncio.IncompleteReadError, ssl.SSLError):
        # With TLS 1.3 a server's objection to the client's certificate comes after the handshake, if at all.
        raise ConnectionError(
            "the hub has ended the connection without a word. If it does so again and again: by its clock this "
            "machine's certificate has ended, or another authority made it. Compare both clocks; if they are right, "
            "invite the node again"
        ) from None
    except TimeoutError:
        raise ConnectionError(f"the hub has not answered within {ANSWER_S:g} s") from None
    if isinstance(answer, Refused):
        raise HubRefusedError(answer.reason, answer.why)
    if not isinstance(answer, wanted):
        raise HubRefusedError(Refusal.VERSION, f"the hub's answer is a {type(answer).__name__}, which fits nothing")
    return answer


def unverified_context() -> ssl.SSLContext:
    """Returns a context that trusts anyone: for the authority's certificate alone, which is compared afterwards."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _not_verified(address: str, error: ssl.SSLCertVerificationError) -> HubRefusedError:
    if error.verify_code in (_NOT_YET_VALID, _EXPIRED):
        return HubRefusedError(
            Refusal.CLOCK,
            f"{address}: by this machine's clock ({utc_minute(time.time_ns())}) the hub's certificate does not hold. "
            "Set the clock, and let it follow a time server",
        )
    return HubRefusedError(
        Refusal.REPLACED,
        f"{address}: the machine there has no certificate of this site's authority ({error.verify_message}). If the "
        "site has begun a new authority, invite this node again",
    )
