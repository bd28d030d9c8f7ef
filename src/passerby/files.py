"""Files that are there whole or not at all."""

import contextlib
import errno
import os
import secrets
import stat
from pathlib import Path

from passerby.domain.errors import OutputError

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


def write_whole(path: Path, content: bytes) -> None:
    """Puts `content` at `path` in one step: a reader sees the old file or the new one, never a half.

    The bytes go to a new file beside the target, are flushed to the disk, and take the target's name last. An existing
    file's permissions are kept; a symbolic link stays and the file it points to is replaced. Devices and pipes, such as
    /dev/stdout, are written to directly, for nothing of them can stay behind.

    Args:
        path: the file to write.
        content: all of it.

    Raises:
        OutputError: it could not be written; `path` is then as it was before.
    """
    try:
        target = Path(os.path.realpath(path))
        mode = _mode_of(target)
        if mode is not None and stat.S_ISDIR(mode):
            raise OutputError(f"{path}: cannot write a file here, got a folder. Name a file inside it.")
        if mode is not None and not stat.S_ISREG(mode):
            target.write_bytes(content)
        else:
            _replace(target, content, mode)
    except (OSError, ValueError) as error:
        raise OutputError(_fault(path, error)) from error


def _mode_of(target: Path) -> int | None:
    try:
        return target.stat().st_mode
    except FileNotFoundError:
        return None


def _replace(target: Path, content: bytes, mode: int | None) -> None:
    # A name of fixed length: the target's own plus a suffix might be longer than the disk allows.
    partial = target.parent / f".passerby-{secrets.token_hex(8)}.part"
    # 0o666 is narrowed by the user's umask, as with any new file.
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as sink:
            sink.write(content)
            sink.flush()
            if mode is not None:
                partial.chmod(stat.S_IMODE(mode))
            os.fsync(sink.fileno())
        partial.replace(target)
    except BaseException:  # an interrupt too must not leave the partial file behind
        with contextlib.suppress(OSError):
            partial.unlink()
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Makes the new name last through a power cut; some file systems cannot, and the file is whole all the same."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _fault(path: Path, error: OSError | ValueError) -> str:
    got = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    number = error.errno if isinstance(error, OSError) else None
    advice = _ADVICE.get(number or 0, "Choose another place to write to.")
    return f"{str(path)!r}: the file could not be written whole, got: {got}. Nothing was left behind. {advice}"


def write_private(path: Path, text: str) -> None:
    """Writes a small file of our own so that readers see the old one or the new one, and nobody else can read it.

    Raises:
        OutputError: it cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.chmod(0o600)
        beside.replace(path)
    except OSError as fault:
        raise OutputError(f"{path}: cannot be written: {fault.strerror}. Is the disk full?") from None
