"""Changes of the cameras' encrypted passwords, each with its entry in the audit log."""

from passerby.camera_secrets.audited import AuditedPasswords
from passerby.camera_secrets.errors import CameraSecretError
from passerby.camera_secrets.keeper import CameraPasswords
from passerby.domain.service import CameraPlan, SitePlan
from passerby.domain.sources import PasswordPlace, PasswordState
from passerby.ports import PasswordNotTakenError, Store, StoreError


class PasswordChanges:
    """What the hub does with passwords that it does not use itself."""

    def __init__(self, store: Store, passwords: CameraPasswords) -> None:
        """Args: store: whose audit log gets the entries; passwords: of the data folder."""
        self._audited, self._passwords = AuditedPasswords(store, passwords), passwords

    @property
    def waits(self) -> bool:
        """A change was interrupted, so that `settle` is to be called."""
        return self._passwords.change_waits

    async def settle(self) -> None:
        """Does what an interruption left of a change, or gives it up; errors as of `AuditedPasswords`."""
        await self._audited.settle()

    def state(self, camera: CameraPlan) -> PasswordState:
        """Returns where a camera's password is kept, and never the password.

        Args:
            camera: as a process has it that connects to no camera: without its encrypted password.
        """
        source = camera.source
        if source.password:
            return PasswordState(PasswordPlace.OUTSIDE)
        try:
            row = self._passwords.stored().of(camera.name, source) if source.takes_stored_password else None
        except CameraSecretError as error:
            return PasswordState(PasswordPlace.ENCRYPTED, fault=str(error))
        if row is None:
            return PasswordState(PasswordPlace.NONE)
        return PasswordState(PasswordPlace.ENCRYPTED, row.set_ns, camera.fault)

    async def set(self, camera: CameraPlan, password: str, author: str) -> None:
        """Keeps a camera's password encrypted.

        Raises:
            PasswordNotTakenError: it has no user, or the site file has a password for it.
            CameraSecretError: it cannot be encrypted or written; what was there is as it was.
            StoreError: the audit log takes no entry; nothing was changed.
        """
        if not camera.source.takes_stored_password:
            raise PasswordNotTakenError(_why_not_taken(camera))
        await self._audited.set(camera.name, camera.source, password, author)

    async def clear(self, camera: CameraPlan, author: str) -> bool:
        """Removes a camera's encrypted password; returns whether there was one.

        Raises:
            CameraSecretError: it cannot be removed.
            StoreError: the audit log takes no entry; nothing was changed.
        """
        if self._passwords.stored().of(camera.name, camera.source) is None:
            return False
        await self._audited.clear(camera.name, author)
        return True

    async def drop_stray(self, plan: SitePlan) -> str:
        """Removes the passwords of cameras that are gone, or are reached at another host or as another user now.

        Returns:
            Why one that fits no camera any more is still there, empty where none is. It opens for no other host.
        """
        sources = {each.name: each.source for each in plan.cameras if each.source.takes_stored_password}
        try:
            for row in self._passwords.stored().stray(sources):
                await self._audited.drop(row.camera)
        except (CameraSecretError, StoreError) as error:
            return f"a camera's password that fits no camera any more stays: {error}"
        return ""


def _why_not_taken(camera: CameraPlan) -> str:
    """Returns why no encrypted password is kept for a camera, and what to do."""
    where, source = f"cameras.{camera.name}.source", camera.source
    if source.password:
        return (
            f"{where}: the site file has a password for it, or password_from. Take that key away and apply, then set "
            "the password here"
        )
    if source.networked:
        return f"{where}: a password needs a user beside it. Give the user, then set the password"
    return f"{where}: only a camera on the network has a password"
