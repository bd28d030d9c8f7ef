"""The file of a change that is written down: all passwords as they are to be, and the entry that the log is to hold."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from passerby.camera_secrets.errors import CameraSecretError
from passerby.camera_secrets.stored import EncryptedPasswords, read_content, write_content
from passerby.domain.audit import AuditEntry

ROTATED: Final = "camera.passwords-rotated"
"""The action of a new key: once all passwords are there that it opens, the older keys are taken away."""

_ACT = ("time_ns", "actor", "action", "subject", "detail")


@dataclass(frozen=True, slots=True)
class StagedChange:
    """A change that is written down whole, and not done yet.

    Attributes:
        act: the entry that the audit log gets; the change is done if, and only if, it is there.
        passwords: all passwords as they are to be.
    """

    act: AuditEntry
    passwords: EncryptedPasswords

    @classmethod
    def read(cls, file: Path) -> Self | None:
        """Returns the change that a file holds; None where there is no file.

        Raises:
            CameraSecretError: it cannot be read, or is damaged.
        """
        found = read_content(file)
        if found is None:
            return None
        content, passwords = found
        try:
            time_ns, *texts = [content["act"][name] for name in _ACT]
            act = AuditEntry(int(time_ns), *map(str, texts))
        except (ArithmeticError, KeyError, TypeError, ValueError):
            raise CameraSecretError(
                f"{file}: this is no change of passwords that this passerby wrote. Remove the file, then set the "
                "password anew"
            ) from None
        return cls(act, passwords)

    def write(self, file: Path) -> None:
        """Writes it in one step; only the file's owner can read it.

        Raises:
            CameraSecretError: it cannot be written; there is then no such file.
        """
        write_content(file, self.passwords, {"act": {name: getattr(self.act, name) for name in _ACT}})
