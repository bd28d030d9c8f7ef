"""The data folder of a service: where it is, the names of its files, and what they show of a running service."""

import json
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from passerby.domain.audit_reports import KeptCheckpoint
from passerby.domain.errors import PasserbyError

HUB_SOCKET = "hub.sock"
PID_FILE = "passerby.pid"
LOCK_FILE = "lock"
LINK_FILE = "link"
STATUS_FILE = "status.json"
ACCESS_KEY_FILE = "access.key"
"""Encrypts the secrets of one-time codes; codes can be made with it and the database, and not without it."""
AUDIT_KEY_FILE = "audit.key"
REGISTER_KEY_FILE = "register.key"
PUSH_KEY_FILE = "push.key"
"""By which push services know the service; made when a recipient of the site file has web push."""
SECRETS_KEY_FILE = "secrets.key"
"""Opens the encrypted passwords of cameras; it is in no backup."""
OPEN_DATA_FOLDER = "open"
"""The public months that have closed, as files; made anew from the store where they are missing."""
REPLAY_KEY_FILE = "replay.key"
"""Opens the encrypted replays of events; it is in no backup, and neither are they."""
CAMERA_PASSWORDS_FILE = "camera-passwords.json"
STAGED_PASSWORDS_FILE = "camera-passwords.next.json"
"""All passwords as a change leaves them, until its entry is in the audit log and they are in the file above."""
PASSWORDS_LOCK_FILE = "camera-passwords.lock"
AUDIT_CHECKPOINT_FILE = "audit.checkpoint"

MAX_PATH_LETTERS = 90
"""Longest path of a service folder: a Unix socket's path has room for 107 letters."""

PRIVATE_UMASK = 0o077
"""The umask of every process of a service: no other account reads what it writes."""

FRESH_S = 5.0
"""The supervisor writes its status each second; one this old was written by a service that no longer runs."""

MAX_STATUS_BYTES = 16 * 1024 * 1024
_UNFIT = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class ServiceFolder:
    """Everything that a service writes, by name.

    Attributes:
        path: the folder.
    """

    path: Path

    @property
    def status(self) -> Path:
        """The file of the status that the supervisor writes each second."""
        return self.path / STATUS_FILE

    @property
    def process_id(self) -> Path:
        """The file of the supervisor's process number."""
        return self.path / PID_FILE

    @property
    def link(self) -> Path:
        """The file of the newest one-time link."""
        return self.path / LINK_FILE

    @property
    def audit_key(self) -> Path:
        """The file of the private key that checkpoints of the audit log are signed with."""
        return self.path / AUDIT_KEY_FILE

    @property
    def audit_checkpoint(self) -> Path:
        """The file of the checkpoint of the audit log that was signed last."""
        return self.path / AUDIT_CHECKPOINT_FILE

    def last_checkpoint(self) -> KeptCheckpoint | None:
        """Returns the checkpoint of the audit log that was signed last; None where there is none."""
        try:
            note = self.audit_checkpoint.read_text("utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            # Not taken for none: the log would be believed without being compared with it.
            why = error.strerror if isinstance(error, OSError) else "it is no text"
            raise PasserbyError(
                f"{self.audit_checkpoint}: the last checkpoint of the audit log cannot be read: {why}. Give it to the "
                "account that passerby runs as"
            ) from None
        return KeptCheckpoint(str(self.audit_checkpoint), note, elsewhere=False)

    @property
    def database(self) -> Path:
        """The SQLite file of a site that names no other store."""
        return self.path / "passerby.sqlite"

    def store_url(self, named: str | None) -> str:
        """Returns the database's URL: the one that the site names, or the folder's own file."""
        return named or f"sqlite:///{self.database.absolute()}"

    def existing_store_url(self, named: str | None) -> str:
        """Returns the database's URL.

        Args:
            named: the one that the site names.

        Raises:
            PasserbyError: it is an SQLite file that is not there; opening it would make one.
        """
        url = self.store_url(named)
        path = url.removeprefix("sqlite:///")
        if path != url and not Path(path).is_file():
            raise PasserbyError(
                f"{path}: there is no database here yet. Has passerby run with this site file? If its data folder is "
                "elsewhere, name it with --data"
            )
        return url


def service_folder(
    site_name: str, named: Path | None, given: Path | None, environment: Mapping[str, str] | None = None
) -> ServiceFolder:
    """Returns the data folder of a site.

    The first of these that is known: the command line's, the site file's, systemd's STATE_DIRECTORY, and one of the
    site's own in the user's folder for application files (on Linux $XDG_DATA_HOME or ~/.local/share).

    Args:
        site_name: the site's name, of which the default folder gets its own.
        named: what the site file names, already counted from its folder.
        given: what the command line names; it comes first.
        environment: where systemd names the folder that it has made; the process's own by default.

    >>> service_folder("Market square", None, None, {}).path.name
    'market-square'
    """
    known = os.environ if environment is None else environment
    if given is not None or named is not None:
        return ServiceFolder((given or named or Path()).expanduser().absolute())
    if made := known.get("STATE_DIRECTORY"):
        return ServiceFolder(Path(made.partition(":")[0]))
    return ServiceFolder(user_data_path("passerby") / (_UNFIT.sub("-", site_name.lower()).strip("-") or "site"))


def read_status(folder: ServiceFolder) -> Mapping[str, Any] | None:
    """Returns the status that the supervisor wrote last; None where there is none.

    Raises:
        PasserbyError: the file cannot be read.
    """
    try:
        with folder.status.open("rb") as stream:
            content = stream.read(MAX_STATUS_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PasserbyError(
            f"{folder.status}: cannot be read: {error.strerror}. Run this as the account that passerby runs as"
        ) from None
    try:
        status = json.loads(content)
    except (ValueError, RecursionError):
        raise PasserbyError(f"{folder.status}: this is no status that passerby wrote. Start passerby again") from None
    return status if isinstance(status, dict) else None


def status_age_s(status: Mapping[str, Any] | None, now_s: float | None = None) -> float | None:
    """Returns the age of a status; None where there is none, or it holds no time."""
    written_ns = (status or {}).get("time_ns")
    if isinstance(written_ns, bool) or not isinstance(written_ns, (int, float)):
        return None
    return max(0.0, (time.time() if now_s is None else now_s) - written_ns / 1e9)


def supervisor(folder: ServiceFolder) -> int | None:
    """Returns the process number of the supervisor that runs on this folder; None where none does."""
    try:
        number = int(folder.process_id.read_text(encoding="ascii").strip())
        # The number may belong to another program by now: only its command line shows that it is ours.
        words = Path(f"/proc/{number}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return number if b"passerby" in words and number > 1 else None


def is_running(folder: ServiceFolder) -> bool:
    """Returns whether a service runs on this folder."""
    age_s = status_age_s(read_status(folder))
    return supervisor(folder) is not None or (age_s is not None and age_s < FRESH_S)
