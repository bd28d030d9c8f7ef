"""A witness: keeps the checkpoints of a log elsewhere, and signs that each continues the one before.

What it needs of the log is public: the checkpoint and some tiles of hashes. It sees no entry.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from passerby.audit.checkpoints import Checkpoint, checkpoint_of, opened
from passerby.audit.keys import private_key
from passerby.audit.notes import Algorithm, NoteError, SigningKey, VerifierKey, parsed_key, parsed_note
from passerby.audit.tiles import Tile, nodes_in, tiles_for
from passerby.audit.tree import HASH_BYTES, Nodes, ProofError, consistency_proof, verify_consistency
from passerby.domain.errors import OutputError, PasserbyError
from passerby.files import replacing

CHECKPOINT_PATH: Final = "checkpoint"
KEY_PATH: Final = "key"
TILE_PATH: Final = "tile/"

MAX_FAULTS: Final = 100
"""Files of wrong checkpoints that are kept; a log that is another one at each look must not fill the disk."""

Fetch = Callable[[str], bytes]
"""Path below the log's address -> content; raises a PasserbyError where there is none."""


class WitnessFaultError(PasserbyError):
    """A log that is not what it was: the two checkpoints that show it are kept."""


class Step(StrEnum):
    """How a log has gone on."""

    FIRST = "first"
    SAME = "same"
    GROWN = "grown"


@dataclass(frozen=True, slots=True)
class Observed:
    """What a witness found, and signed.

    Attributes:
        step: how the log has gone on since the last look.
        checkpoint: what the log signed.
        before: entries at the last look, 0 at the first.
        file: where it is kept, with the witness's signature.
        key_is_new: the log's key was taken as it was served, for none was known.
    """

    step: Step
    checkpoint: Checkpoint
    before: int
    file: Path
    key_is_new: bool


class Witness:
    """Looks after one log.

    Args:
        folder: where checkpoints and keys are kept; on another machine than the log's.
        name: of the witness, for its signature; no spaces and no plus sign.
        fetch: gets what the log serves.
        clock: UTC seconds now.
    """

    def __init__(self, folder: Path, name: str, fetch: Fetch, clock: Callable[[], int]) -> None:
        self._folder, self._fetch, self._clock = folder, fetch, clock
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{folder}: the folder cannot be made: {error.strerror}. Choose another place") from None
        self._own = SigningKey(name, private_key(folder / "witness.key", {}), Algorithm.COSIGNATURE)

    @property
    def key(self) -> VerifierKey:
        """The witness's public key."""
        return self._own.verifier

    def trust(self, key: str) -> None:
        """Keeps the log's public key, over one that was kept.

        Raises:
            NoteError: it is none.
        """
        self._write(self._folder / "log.key", f"{parsed_key(key)}\n")

    def look(self) -> Observed:
        """Fetches the newest checkpoint, and keeps it with the witness's signature if it continues the last one.

        Raises:
            WitnessFaultError: it does not continue the last one; both are kept.
            NoteError: it is none, or not signed by the log's key.
            PasserbyError: the log does not answer.
        """
        key, is_new = self._log_key()
        note = self._fetch(CHECKPOINT_PATH).decode("utf-8", "replace")
        found = opened(note, [key]).checkpoint
        kept = self._kept()
        before = 0 if kept is None else kept.size
        if kept is not None:
            self._check(kept, found, note)
        if is_new:
            self.trust(str(key))
        step = Step.FIRST if kept is None else Step.SAME if found.size == before else Step.GROWN
        cosigned = note + self._own.line(parsed_note(note).text, self._clock())
        file = self._folder / f"checkpoint-{found.size:012d}"
        self._write(file, cosigned)
        self._write(self._folder / "checkpoint", cosigned)
        return Observed(step, found, before, file, is_new)

    def _log_key(self) -> tuple[VerifierKey, bool]:
        """The log's key, and whether it is taken as served."""
        try:
            return parsed_key((self._folder / "log.key").read_text("utf-8")), False
        except FileNotFoundError:
            return parsed_key(self._fetch(KEY_PATH).decode("utf-8", "replace")), True

    def _kept(self) -> Checkpoint | None:
        try:
            return checkpoint_of(parsed_note((self._folder / "checkpoint").read_bytes()).text)
        except FileNotFoundError:
            return None

    def _check(self, kept: Checkpoint, found: Checkpoint, note: str) -> None:
        if found.origin != kept.origin:
            why = f"the log is another one now: {found.origin} instead of {kept.origin}"
        elif found.size < kept.size:
            why = f"the log has {found.size} entries, and had {kept.size}: it was cut off, or an old one was put back"
        else:
            try:
                self._check_continues(kept, found)
                return
            except (ProofError, KeyError):
                why = f"the log of {found.size} entries does not begin with the {kept.size} that were signed before"
        evidence = self._evidence(note)
        raise WitnessFaultError(
            f"{why}. The checkpoint is kept as {evidence}, the one before as {self._folder / 'checkpoint'}: together "
            "they prove it, for both are signed. Ask who runs the log; after a restore its first entry names that"
        )

    def _evidence(self, note: str) -> Path:
        """Keeps a checkpoint that is wrong: the same one once, and of very many the first and the newest."""
        known = sorted(self._folder.glob("fault-*"))
        for file in known:
            if file.read_bytes() == note.encode("utf-8"):
                return file
        name = f"fault-{self._clock()}" if len(known) < MAX_FAULTS else "fault-newest"
        self._write(self._folder / name, note)
        return self._folder / name

    def _check_continues(self, kept: Checkpoint, found: Checkpoint) -> None:
        def make(nodes: Nodes) -> list[bytes]:
            return consistency_proof(kept.size, found.size, nodes)

        tiles = {tile: self._tile(tile, found.size) for tile in tiles_for(make)}
        verify_consistency(kept.size, found.size, make(nodes_in(tiles)), kept.root, found.root)

    def _tile(self, tile: Tile, size: int) -> bytes:
        width = tile.width(size)
        content = self._fetch(TILE_PATH + tile.path(width))
        if len(content) != width * HASH_BYTES:
            raise NoteError(f"tile {tile.path(width)}: {width * HASH_BYTES} bytes are needed, got {len(content)}")
        return content

    def _write(self, file: Path, text: str) -> None:
        try:
            with replacing(file, mode=0o644) as stream:
                stream.write(text.encode("utf-8"))
        except OSError as error:
            raise OutputError(f"{file}: cannot be written: {error.strerror}. Is the disk full?") from None
