"""The proof that an entry is in a log as a text that is verified off-line: C2SP tlog-proof."""

import base64
import binascii
import re
from collections.abc import Sequence
from typing import Final

from passerby.audit.checkpoints import OpenedCheckpoint, opened
from passerby.audit.notes import MAX_NOTE_BYTES, NoteError, VerifierKey
from passerby.audit.tree import HASH_BYTES, leaf_hash, verify_inclusion
from passerby.domain.audit_reports import LeafProof

_TITLE: Final = "c2sp.org/tlog-proof@v1"
_FORM = re.compile(
    _TITLE + r"\n(?:extra (?P<extra>[A-Za-z0-9+/=]*)\n)?index (?P<index>0|[1-9]\d{0,17})\n"
    r"(?P<path>(?:[A-Za-z0-9+/=]{44}\n){0,64})\n(?P<checkpoint>.*)",
    re.ASCII | re.DOTALL,
)


def proof_text(proof: LeafProof) -> str:
    """Returns the text of a proof; its `extra` line holds the entry's salt and text, which the proof is about.

    Raises:
        NoteError: the entry is erased, so that there is nothing to prove.
    """
    if proof.content is None:
        raise NoteError(f"entry {proof.index} is erased: its hash is in the log, and what it said is gone")
    extra = base64.b64encode(proof.content).decode("ascii")
    path = "".join(base64.b64encode(each).decode("ascii") + "\n" for each in proof.path)
    return f"{_TITLE}\nextra {extra}\nindex {proof.index}\n{path}\n{proof.checkpoint}"


def parsed_proof(text: str) -> LeafProof:
    """Returns the proof of its text, nothing of it verified.

    Raises:
        NoteError: it is none.
    """
    found = _FORM.fullmatch(text) if len(text) <= 4 * MAX_NOTE_BYTES else None
    if found is None:
        raise NoteError(f"not a proof of an entry: its first line is {_TITLE}")
    try:
        path = tuple(base64.b64decode(line, validate=True) for line in found["path"].splitlines())
        content = base64.b64decode(found["extra"] or "", validate=True)
    except binascii.Error:
        raise NoteError("not a proof of an entry: a hash is not base64") from None
    if any(len(each) != HASH_BYTES for each in path):
        raise NoteError("not a proof of an entry: a hash has not 32 bytes")
    return LeafProof(int(found["index"]), content, leaf_hash(content), path, found["checkpoint"])


def verify_proof(
    proof: LeafProof, keys: Sequence[VerifierKey], witnesses: Sequence[VerifierKey] = ()
) -> OpenedCheckpoint:
    """Verifies that the entry is in the log, and returns the checkpoint under which it is.

    Raises:
        NoteError: the checkpoint is not signed by one of the keys.
        ProofError: the entry is not in that log at that place.
    """
    found = opened(proof.checkpoint, keys, witnesses)
    verify_inclusion(proof.leaf_hash, proof.index, found.checkpoint.size, proof.path, found.checkpoint.root)
    return found
