"""What the active hub leaves for the next one in the database: the site file, encrypted, and the cameras' passwords."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from passerby.camera_secrets.errors import CameraSecretError
from passerby.camera_secrets.key_ring import key_ring
from passerby.camera_secrets.whole_file import decrypted_text, encrypted_text
from passerby.config.texts.site_storage import applied_file, published_copy, text_of, write_site
from passerby.domain.errors import OutputError, SiteFileError
from passerby.engine.service_folder import CAMERA_PASSWORDS_FILE, SECRETS_KEY_FILE
from passerby.files import PRIVATE
from passerby.ports import StoreError
from passerby.store.databases.claim import Claim
from passerby.telemetry.logs import get_log

SITE: Final = "hub_site_file"
PASSWORDS: Final = "hub_camera_passwords"  # nosec B105 - the name of a row
EDITED: Final = ".before-takeover"
"""Ending of the name under which a site file is kept that was edited on the hub that waited."""


class SiteCopies:
    """Writes what a hub runs into the database, and takes over what another one ran.

    Args:
        site: the site file.
        data: the data folder.
        environment: where systemd names its credentials.
        claim: this hub's, taken.
    """

    def __init__(self, site: Path, data: Path, environment: Mapping[str, str], claim: Claim) -> None:
        self._site, self._data, self._environment, self._claim = site, data, environment, claim
        self._written: tuple[str, str] = ("", "")
        self._fault = ""

    async def write(self) -> None:
        """Writes what runs now, where it differs from what was written; a fault is logged once."""
        try:
            now = await asyncio.to_thread(self._now)
            if now == self._written:
                return
            ring = await asyncio.to_thread(key_ring, self._data / SECRETS_KEY_FILE, self._environment, make=True)
            await self._claim.put(SITE, encrypted_text(now[0], ring))
            await self._claim.put(PASSWORDS, now[1])
        except (CameraSecretError, SiteFileError, StoreError) as fault:
            if str(fault) != self._fault:
                get_log().error("the second hub does not get the site file; tried again", why=str(fault))
            self._fault = str(fault)
        else:
            self._written, self._fault = now, ""

    async def take_in(self) -> bool:
        """Takes over the site file and the passwords of the hub that was active before; returns whether either differs.

        Raises:
            StoreError: the database does not answer.
            CameraSecretError: this hub has not the key that opens the site file.
            OutputError: one of them cannot be written.
        """
        found, passwords = await self._claim.setting(SITE), await self._claim.setting(PASSWORDS)
        if not found:
            return False
        return await asyncio.to_thread(self._take_in, found, passwords)

    def _now(self) -> tuple[str, str]:
        """Returns the site file that runs, and the encrypted passwords."""
        return published_copy(self._data)[0], _text(self._data / CAMERA_PASSWORDS_FILE)

    def _take_in(self, found: str, passwords: str) -> bool:
        ring = key_ring(self._data / SECRETS_KEY_FILE, self._environment)
        text = decrypted_text(found, ring, "the site file of the hub that was active before")
        own, own_passwords = _site(self._site), _text(self._data / CAMERA_PASSWORDS_FILE)
        if own not in ("", text, _site(applied_file(self._data))):
            kept = self._site.with_name(self._site.name + EDITED)
            write_site(kept, own, mode=PRIVATE)
            get_log().warning(
                "the site file of this hub was another one; it is kept, and that of the hub before runs", kept=str(kept)
            )
        if own != text:
            write_site(self._site, text)
        if own_passwords != passwords and passwords:
            write_site(self._data / CAMERA_PASSWORDS_FILE, passwords, mode=PRIVATE)
        return own != text or (own_passwords != passwords and bool(passwords))


def _site(path: Path) -> str:
    try:
        return text_of(path)
    except SiteFileError:
        return ""


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        raise OutputError(f"{path}: cannot be read: {error}. Run this as the account that passerby runs as") from None
