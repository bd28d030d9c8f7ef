"""The part of the site file that a node holds: signed by the site's authority, numbered, kept for when it is alone."""

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeAlias

from cryptography.exceptions import InvalidSignature

from passerby.config.service import service_site
from passerby.config.texts.site_part import part_sha256, signed_content
from passerby.config.texts.site_storage import applied_file, published_copy, withdraw_copy, write_applied
from passerby.domain.errors import OutputError, PasserbyError, SiteFileError
from passerby.domain.leases import NO_LEASE
from passerby.domain.service import SitePlan
from passerby.files import PRIVATE, replacing
from passerby.messages.codec import CodecError
from passerby.messages.hub_messages import TO_WORKER, SitePart, SitePartHeld
from passerby.service.nodes.leases_file import read_leases, write_leases

PART_FILE: Final = "site-part.signed"
"""In a node's data folder: the part as it came, with its signature; it holds the passwords of the node's cameras."""

Verify: TypeAlias = Callable[[bytes, bytes], None]
"""Raises InvalidSignature where the authority has not signed the content (the first) by the signature (the second)."""


class PartRefusedError(PasserbyError):
    """A part that is not the authority's, not this node's, or older than the one that it holds."""


class HeldPart:
    """Keeps the newest part, and the copy of it that the node's processes read."""

    def __init__(self, data: Path, site: str, node: str, verify: Verify, worker: str = "") -> None:
        """Takes whose part it is.

        Args:
            data: the node's data folder, or that of one worker which a cluster has placed there.
            site: the site's name, as its authority has it.
            node: the node's name.
            verify: holds signatures against the authority's certificate.
            worker: that worker's name; empty for the node as a whole.
        """
        self._data, self._site, self._node, self._verify = data, site, node, verify
        self._worker = worker

    def announced(self) -> SitePartHeld:
        """Returns what the hub is to know of it; of one that cannot run the hash is empty, so that it is sent again."""
        part = self._stored()
        if part is None:
            return SitePartHeld(0, "")
        return SitePartHeld(part.number, _sha256(part) if self._runs(part) else "")

    def start(self) -> bool:
        """Has the node's processes run the part only where it is what the authority has signed; returns whether."""
        part = self._stored()
        if part is not None and self._signed(part) and self._runs(part):
            return True
        withdraw_copy(self._data)
        return False

    def take(self, part: SitePart, environment: Mapping[str, str]) -> SitePlan:
        """Takes a part that has come, writes it to the disk, and returns what it says is to run.

        Raises:
            PartRefusedError: it is not signed by the authority for this node, or not newer than the one that is held.
            SiteFileError: this release does not understand it.
            OutputError: it cannot be written.
        """
        if not self._signed(part):
            raise PartRefusedError(
                f"the part of the site file with number {part.number} is not signed by the authority of {self._site} "
                f"for the node {self._node}. Is the hub the one that this node has joined?"
            )
        before = self._stored()
        if before is not None and part.number <= before.number:
            raise PartRefusedError(
                f"the part of the site file with number {part.number} is not newer than the one that runs, "
                f"{before.number}"
            )
        text = _text(part)
        plan = service_site(text, "part of the site file", self._data, environment).plan
        _write(self._data / PART_FILE, TO_WORKER.frame(part))
        write_leases(self._data, _under_lease(part))
        write_applied(self._data, text, part.number)
        return plan

    def _stored(self) -> SitePart | None:
        try:
            message = TO_WORKER.receive(io.BytesIO((self._data / PART_FILE).read_bytes()))
        except (OSError, CodecError, EOFError):
            return None
        return message if isinstance(message, SitePart) else None

    def _signed(self, part: SitePart) -> bool:
        text = part.text.tobytes()
        content = signed_content(self._site, self._node, part.number, part.numbers, text, self._worker)
        try:
            self._verify(content, part.signature.tobytes())
        except InvalidSignature:
            return False
        return True

    def _runs(self, part: SitePart) -> bool:
        """Returns whether what the processes read is this part, written by this release."""
        try:
            return published_copy(self._data) == (_text(part), part.number) and read_leases(self._data) == _under_lease(
                part
            )
        except SiteFileError:
            return False


def site_of(data: Path) -> Path:
    """Returns the path that stands for a node's site file: relative paths in its part count from its folder."""
    return applied_file(data)


def _text(part: SitePart) -> str:
    return part.text.tobytes().decode("utf-8", "replace")


def _sha256(part: SitePart) -> str:
    return part_sha256(part.numbers, part.text.tobytes())


def _under_lease(part: SitePart) -> dict[str, int]:
    """Returns the numbers of the cameras that have one."""
    return {camera: number for camera, number in part.numbers.items() if number != NO_LEASE}


def _write(path: Path, content: bytes) -> None:
    try:
        with replacing(path, mode=PRIVATE) as stream:
            stream.write(content)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}. Is the disk full?") from None
