"""Checkpoints: the size and the root of a log at one moment, as a signed note (C2SP tlog-checkpoint)."""

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from passerby.audit.notes import (
    Algorithm,
    Note,
    NoteError,
    SignedBy,
    SigningKey,
    VerifierKey,
    parsed_note,
    signed_note,
)
from passerby.audit.tree import HASH_BYTES
from passerby.text import whole_number


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The first `size` leaves of a log.

    Attributes:
        origin: names the log, and is the name of its key.
        size: leaves.
        root: 32 bytes over them.
        extensions: further lines, which mean nothing here.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The note's text."""
        root = base64.b64encode(self.root).decode("ascii")
        return "".join(f"{line}\n" for line in (self.origin, str(self.size), root, *self.extensions))

    def signed(self, *keys: SigningKey, time_s: int = 0) -> str:
        """Returns the note, signed by each key; `time_s` is the UTC second that a witness signs it at."""
        return signed_note(self.text, *keys, time_s=time_s)


def checkpoint_of(text: str) -> Checkpoint:
    """Returns the checkpoint of a note's text.

    Raises:
        NoteError: it is none.
    """
    lines = text.removesuffix("\n").split("\n")
    try:
        origin, size_text, root_text, *extensions = lines
        size, root = whole_number(size_text), base64.b64decode(root_text, validate=True)
        found = Checkpoint(origin, size or 0, root, tuple(extensions))
        if not origin or size is None or len(root) != HASH_BYTES or "" in extensions or found.text != text:
            raise ValueError
    except (ValueError, binascii.Error):
        raise NoteError("not a checkpoint: a log's name, its size and its root are needed, a line each") from None
    return found


@dataclass(frozen=True, slots=True)
class OpenedCheckpoint:
    """A checkpoint with those who are known to have signed it.

    Attributes:
        checkpoint: what is signed.
        note: the whole note.
        signed_by: keys whose signatures were verified.
    """

    checkpoint: Checkpoint
    note: Note
    signed_by: tuple[SignedBy, ...]

    @property
    def witnesses(self) -> tuple[str, ...]:
        """Names of the witnesses among them."""
        return tuple(one.key.name for one in self.signed_by if one.key.algorithm is Algorithm.COSIGNATURE)


def opened(
    content: str | bytes, keys: Sequence[VerifierKey], witnesses: Iterable[VerifierKey] = ()
) -> OpenedCheckpoint:
    """Returns a checkpoint that its log has signed.

    Args:
        content: the signed note.
        keys: of the log; one of them has to have signed.
        witnesses: whose cosignatures are verified where there are any.

    Raises:
        NoteError: it is no checkpoint, is of another log, is signed by none of the keys, or a signature is wrong.
    """
    note = parsed_note(content)
    checkpoint = checkpoint_of(note.text)
    own = [key for key in keys if key.name == checkpoint.origin and key.algorithm is Algorithm.SIGNATURE]
    if not own:
        names = ", ".join(key.name for key in keys)
        raise NoteError(f"the checkpoint is of the log {checkpoint.origin[:200]!a}, and the key of {names or 'none'}")
    signed_by = note.signed_by((*own, *witnesses))
    if not any(one.key in own for one in signed_by):
        raise NoteError(f"the checkpoint is not signed by the key of {checkpoint.origin}")
    return OpenedCheckpoint(checkpoint, note, signed_by)
