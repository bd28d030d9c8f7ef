"""Files that are there whole or not at all."""

import contextlib
import errno
import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from passerby.domain.errors import OutputError

PRIVATE = 0o600
"""Permissions of a file that only its owner can read and write."""

_ADVICE = {
    errno.ENOSPC: "Free some space or choose another disk.",
    errno.EDQUOT: "Free some of your quota or choose another disk.",
    errno.EFBIG: "Raise the limit on file sizes (ulimit -f) or choose another place.",
    errno.ENOENT: "Make the folder first, or choose one that exists.",
    errno.ENOTDIR: "A part of the path is a file; choose a folder that exists.",
    errno.EACCES: "Ask for the right to write there, or choose another folder.",
    errno.EPERM: "Ask for the right to write there, or choose another folder.",
    errno.EROFS: "The disk is mounted read-only; choose another place.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
}


@contextlib.contextmanager
def locked_file(path: Path, *, wait: bool = False) -> Iterator[None]:
    """Holds the lock of a file, which is made where it is missing; it ends with the process, however that ends.

    Args:
        path: the file; only its owner can read a new one.
        wait: wait until no other process holds it.

    Raises:
        BlockingIOError: another process holds it, and this one does not wait.
        OSError: the file can be neither opened nor made.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def partial_file(
    path: Path, *, mode: int | None = None, keep_owner: bool = False, follow: bool = True, durable: bool = True
) -> Iterator[Path]:
    """Makes a new file beside `path`, which takes the name of `path` when the block ends without an error.

    A reader sees the old file or the new one, never a half. After an error or an interrupt `path` is as it was and the
    new file is gone. Meanwhile only its owner can read the new file, unless `mode` is None and `path` is new.

    Args:
        path: the file to replace or to make.
        mode: its permissions; None keeps those of the file that is there, and gives a new one the user's default.
        keep_owner: the file keeps its owner and group, as far as this account may set them.
        follow: a symbolic link stays, and the file that it points to is replaced; otherwise the link is replaced.
        durable: flush the content and the new name to the disk first, so that they outlast a power cut.

    Yields:
        The new file's path; it exists and is empty.

    Raises:
        OSError: it could not be written.
        ValueError: the path holds a null character.
    """
    target = Path(os.path.realpath(path)) if follow else path
    before = _status_of(target)
    # A name of fixed length: the target's own plus a suffix might be longer than the disk allows.
    partial = target.parent / f".passerby-{secrets.token_hex(8)}.part"
    # 0o666 is narrowed by the user's umask, as with any new file.
    public = mode is None and before is None
    os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if public else PRIVATE))
    try:
        yield partial
        with partial.open("rb") as stream:
            if keep_owner and before is not None:
                _keep_owner(stream.fileno(), before)
            chosen = stat.S_IMODE(before.st_mode) if mode is None and before is not None else mode
            if chosen is not None:
                os.fchmod(stream.fileno(), chosen)
            if durable:
                os.fsync(stream.fileno())
        partial.replace(target)
    except BaseException:  # an interrupt too must not leave the partial file behind
        with contextlib.suppress(OSError):
            partial.unlink()
        raise
    if durable:
        _sync_folder(target.parent)


@contextlib.contextmanager
def replacing(
    path: Path, *, mode: int | None = None, keep_owner: bool = False, follow: bool = True, durable: bool = True
) -> Iterator[BinaryIO]:
    """Opens a stream to a new file that takes the name of `path` when the block ends without an error.

    The options and errors are those of `partial_file`.
    """
    with (
        partial_file(path, mode=mode, keep_owner=keep_owner, follow=follow, durable=durable) as partial,
        partial.open("wb") as stream,
    ):
        yield stream


def write_whole(path: Path, content: bytes) -> None:
    """Writes `content` to `path` in one step: a reader sees the old file or the new one, never a half.

    An existing file's permissions are kept; a symbolic link stays and the file it points to is replaced. Devices and
    pipes, such as /dev/stdout, are written to directly, for nothing of them can stay behind.

    Args:
        path: the file to write.
        content: all of it.

    Raises:
        OutputError: it could not be written; `path` is then as it was before.
    """
    try:
        target = Path(os.path.realpath(path))
        before = _status_of(target)
        if before is not None and stat.S_ISDIR(before.st_mode):
            raise OutputError(f"{path}: cannot write a file here, got a folder. Name a file inside it.")
        if before is not None and not stat.S_ISREG(before.st_mode):
            target.write_bytes(content)
            return
        with replacing(path) as stream:
            stream.write(content)
    except (OSError, ValueError) as error:
        raise OutputError(_not_written(path, error)) from error


def write_private(path: Path, text: str, *, lasting: bool = False) -> None:
    """Writes a small file of our own in one step, which only its owner can read.

    Args:
        path: the file.
        text: all of it.
        lasting: it is flushed to the disk, and stays its owner's where root writes it. Most such files are written each
            second, and hold for one run of the service only.

    Raises:
        OutputError: it cannot be written.
    """
    try:
        with replacing(path, mode=PRIVATE, keep_owner=lasting, follow=False, durable=lasting) as stream:
            stream.write(text.encode("utf-8"))
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}. Is the disk full?") from None


def _status_of(target: Path) -> os.stat_result | None:
    try:
        return target.stat()
    except FileNotFoundError:
        return None


def _keep_owner(descriptor: int, before: os.stat_result) -> None:
    """Gives the file its old owner and group: only root can do both, others keep at least the group if they can."""
    now = os.fstat(descriptor)
    if (now.st_uid, now.st_gid) == (before.st_uid, before.st_gid):
        return
    for owner in (before.st_uid, -1):
        with contextlib.suppress(OSError):
            os.fchown(descriptor, owner, before.st_gid)
            return


def _sync_folder(folder: Path) -> None:
    """Makes the new name last through a power cut; some file systems cannot, and the file is whole all the same."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _not_written(path: Path, error: OSError | ValueError) -> str:
    got = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    number = error.errno if isinstance(error, OSError) else None
    advice = _ADVICE.get(number or 0, "Choose another place to write to.")
    return f"{str(path)!r}: the file could not be written whole, got: {got}. Nothing was left behind. {advice}"
