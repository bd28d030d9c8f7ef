"""The encrypted passwords of a data folder: read together with their keys, set, cleared, and encrypted anew.

A change is written down first (`stage_…`), then done (`finish`) or given up: `audited` puts the audit entry between.
"""

import asyncio
import fcntl
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from passerby.camera_secrets.errors import CameraSecretError
from passerby.camera_secrets.key_ring import KeyRing, SecretsKey, key_ring, own_as_folder, write_key_ring
from passerby.camera_secrets.staged import ROTATED, StagedChange
from passerby.camera_secrets.stored import (
    NO_PASSWORDS,
    EncryptedPassword,
    EncryptedPasswords,
    read_passwords,
    ties_of,
    write_passwords,
)
from passerby.domain.audit import AuditEntry
from passerby.domain.sources import CameraSource
from passerby.engine.service_folder import (
    CAMERA_PASSWORDS_FILE,
    PASSWORDS_LOCK_FILE,
    SECRETS_KEY_FILE,
    STAGED_PASSWORDS_FILE,
)
from passerby.files import PRIVATE

_TURNS, _TURN_S = 200, 0.05


@dataclass(frozen=True, slots=True)
class Rotation:
    """What was encrypted anew.

    Attributes:
        passwords: how many.
        key_id: the key that opens them from now on.
        place: where it lies.
        ours: the key lies in a file that passerby writes; the old one is gone from it.
    """

    passwords: int
    key_id: str
    place: Path
    ours: bool


class PasswordsAsRead:
    """The passwords as they were at one moment, for one plan."""

    def __init__(
        self, passwords: EncryptedPasswords, ring: KeyRing | None, fault: str, *, withheld: bool = False
    ) -> None:
        """Takes what was read.

        Args:
            passwords: all of them.
            ring: their keys; None where there are none to be had.
            fault: why not, or why the passwords cannot be read; empty where nothing is wrong.
            withheld: whether they open is found out, and they are not given: to a process that connects to no camera.
        """
        self._passwords, self._ring, self._fault, self._withheld = passwords, ring, fault, withheld

    def password(self, camera: str, source: CameraSource) -> str:
        """Returns the password of a camera as it is reached now; empty where none is stored for it, or it is withheld.

        Raises:
            CameraSecretError: it is stored, and cannot be opened.
        """
        row = self._passwords.of(camera, source)
        if row is None and not (self._fault and self._passwords is NO_PASSWORDS):
            return ""
        if row is None or self._ring is None:
            raise CameraSecretError(self._fault)
        password = row.password(camera, ties_of(source), self._ring)
        return "" if self._withheld else password


class CameraPasswords:
    """The encrypted passwords of one data folder, which several processes may use at a time."""

    def __init__(self, data: Path, environment: Mapping[str, str], clock: Callable[[], int] = time.time_ns) -> None:
        """Takes where they are.

        Args:
            data: the data folder.
            environment: where systemd names the folder of its credentials.
            clock: UTC nanoseconds now.
        """
        self.file, self.key_file = data / CAMERA_PASSWORDS_FILE, data / SECRETS_KEY_FILE
        self._staged_file, self._lock_file = data / STAGED_PASSWORDS_FILE, data / PASSWORDS_LOCK_FILE
        self._data, self._environment, self._clock = data, environment, clock

    def read(self, *, withheld: bool = False) -> PasswordsAsRead:
        """Returns them as they are now; what is wrong shows at the camera that needs it.

        Args:
            withheld: see `PasswordsAsRead`.
        """
        passwords, ring, fault = NO_PASSWORDS, None, ""
        if self.file.exists():
            with self._locked(fcntl.LOCK_SH):
                try:
                    passwords = read_passwords(self.file)
                    ring = key_ring(self.key_file, self._environment)
                except CameraSecretError as error:
                    fault = str(error)
        return PasswordsAsRead(passwords, ring, fault, withheld=withheld)

    def stored(self) -> EncryptedPasswords:
        """Returns all of them as they are stored.

        Raises:
            CameraSecretError: the file cannot be read.
        """
        return read_passwords(self.file)

    def needed_ring(self) -> KeyRing:
        """Returns the keys that there are.

        Raises:
            CameraSecretError: there are none, or they cannot be read.
        """
        return key_ring(self.key_file, self._environment)

    def ring(self) -> KeyRing | None:
        """Returns the keys to encrypt with; where nothing has been encrypted yet, a first one is made.

        None where the passwords' keys are not to be had here: as a credential, systemd gives them to the service alone.
        """
        try:
            return key_ring(self.key_file, self._environment, make=not self.file.exists())
        except CameraSecretError:
            return None

    def stage_set(self, camera: str, source: CameraSource, password: str, act: AuditEntry) -> None:
        """Encrypts a camera's password, and writes down what is to be done; the first makes the key.

        Raises:
            CameraSecretError: the key cannot be used, or the file cannot be written; all is as it was.
        """
        with self._locked(fcntl.LOCK_EX):
            passwords = read_passwords(self.file)
            ring = key_ring(self.key_file, self._environment, make=True)
            row = EncryptedPassword.of(camera, ties_of(source), password, ring, self._clock())
            StagedChange(act, passwords.with_row(row)).write(self._staged_file)

    def stage_clear(self, camera: str, act: AuditEntry) -> None:
        """Writes down that a camera's password is to go; needs no key.

        Raises:
            CameraSecretError: the file cannot be read or written.
        """
        with self._locked(fcntl.LOCK_EX):
            StagedChange(act, read_passwords(self.file).without(camera)).write(self._staged_file)

    def stage_rotation(self, act: AuditEntry) -> Rotation:
        """Makes a new key and writes down all passwords as it encrypts them.

        Where the keys are systemd's, it is the first of its lines. Whenever it is interrupted, the keys that lie there
        open everything: the new key is written beside the old ones first, and `finish` removes these at its end.

        Raises:
            CameraSecretError: a password cannot be opened, or a file cannot be written.
        """
        with self._locked(fcntl.LOCK_EX):
            passwords = read_passwords(self.file)
            ring = key_ring(self.key_file, self._environment, make=not passwords.rows)
            opened = {name: row.password(name, row.ties, ring) for name, row in passwords.rows.items()}
            if ring.ours:
                # Without the keys that interrupted rotations left: they would pile up until the file is refused.
                needed = {row.key_id for row in passwords.rows.values()}
                kept = tuple(key for key in ring.keys if key.key_id in needed)
                ring = write_key_ring(replace(ring, keys=(SecretsKey.new(), *kept)))
            elif passwords.rows and all(row.key_id == ring.newest.key_id for row in passwords.rows.values()):
                raise CameraSecretError(
                    f"{ring.place}: everything is encrypted with its first key already. Put a new key (`openssl rand "
                    "-base64 32`) into the first line of the credential, above the one that is there, then rotate"
                )
            renewed = {
                name: EncryptedPassword.of(name, row.ties, opened[name], ring, row.set_ns)
                for name, row in passwords.rows.items()
            }
            StagedChange(act, EncryptedPasswords(renewed)).write(self._staged_file)
        return Rotation(len(renewed), ring.newest.key_id, ring.place, ring.ours)

    @property
    def change_waits(self) -> bool:
        """A change is written down, and neither done nor given up."""
        return self._staged_file.exists()

    def staged(self) -> StagedChange | None:
        """Returns the change that is written down; None where there is none.

        Raises:
            CameraSecretError: its file cannot be read.
        """
        return StagedChange.read(self._staged_file)

    def finish(self) -> None:
        """Does what is written down; interrupted anywhere, it can be done again.

        Raises:
            CameraSecretError: a file cannot be written; it is still written down.
        """
        with self._locked(fcntl.LOCK_EX):
            change = self.staged()
            if change is None:
                return
            if change.passwords.rows or self.file.exists():
                write_passwords(self.file, change.passwords)
            if change.act.action == ROTATED:
                ring = key_ring(self.key_file, self._environment)
                if ring.ours and len(ring.keys) > 1:
                    write_key_ring(replace(ring, keys=ring.keys[:1]))
            self.give_up()

    def give_up(self) -> None:
        """Takes away what is written down, so that it is not done.

        Raises:
            CameraSecretError: it cannot be taken away.
        """
        try:
            self._staged_file.unlink(missing_ok=True)
        except OSError as error:
            raise CameraSecretError(f"{self._staged_file}: cannot be removed: {error.strerror}") from None

    @asynccontextmanager
    async def changing(self) -> AsyncIterator[None]:
        """Lets one process at a time change passwords, from writing down to the end; those who read do not wait for it.

        Raises:
            CameraSecretError: another one has not ended after ten seconds.
        """
        try:
            descriptor = os.open(self._lock_file, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
            own_as_folder(self._lock_file)
        except OSError as error:
            raise self._unopened(error) from None
        try:
            for _ in range(_TURNS):
                with suppress(BlockingIOError):
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                await asyncio.sleep(_TURN_S)
            else:
                raise CameraSecretError(f"{self._data}: another change of passwords has not ended. Try again later")
            yield
        finally:
            os.close(descriptor)

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        """Holds a lock on the folder itself: keys and passwords are read as they belong together."""
        try:
            descriptor = os.open(self._data, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise self._unopened(error) from None
        try:
            fcntl.flock(descriptor, how)
            yield
        finally:
            os.close(descriptor)

    def _unopened(self, error: OSError) -> CameraSecretError:
        return CameraSecretError(
            f"{self._data}: the data folder cannot be opened: {error.strerror}. Run this as the account that passerby "
            "runs as"
        )
