"""A witness signs what continues what it saw before, and keeps both sides of what does not."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from passerby.audit import witness as witness_module
from passerby.audit.checkpoints import Checkpoint, opened
from passerby.audit.leaves import leaf_of
from passerby.audit.notes import NoteError, SigningKey, parsed_key
from passerby.audit.tiles import nodes_in, parsed_path
from passerby.audit.tree import root
from passerby.audit.witness import Step, Witness, WitnessFaultError
from passerby.domain.errors import PasserbyError
from tests.unit.audit.stored_log import ORIGIN, StoredLog, entry, rebuilt, stored_log

NOW_S = 1_800_000_000


class ServedLog:
    """What a hub serves of a log."""

    def __init__(self, log: StoredLog) -> None:
        self.log = log
        self.origin = ORIGIN
        self.private = Ed25519PrivateKey.generate()
        self.asked: list[str] = []

    @property
    def key(self) -> SigningKey:
        return SigningKey(self.origin, self.private)

    def __call__(self, path: str) -> bytes:
        self.asked.append(path)
        if path == "key":
            return f"{self.key.verifier}\n".encode()
        if path == "checkpoint":
            found = root(self.log.size, nodes_in(self.log.tiles))
            return Checkpoint(self.origin, self.log.size, found).signed(self.key).encode()
        place = parsed_path(path.removeprefix("tile/"))
        assert place is not None
        return self.log.tiles[place[0]][: 32 * place[1]]


@pytest.fixture
def served() -> ServedLog:
    return ServedLog(stored_log(300))


@pytest.fixture
def witness(tmp_path: Path, served: ServedLog) -> Witness:
    return Witness(tmp_path / "witness", "ngo.example/w", served, lambda: NOW_S)


def test_a_log_that_grows_is_signed_each_time(witness: Witness, served: ServedLog) -> None:
    first = witness.look()
    assert (first.step, first.before, first.checkpoint.size, first.key_is_new) == (Step.FIRST, 0, 300, True)
    assert witness.look().step is Step.SAME
    served.log = stored_log(5000)
    grown = witness.look()
    assert (grown.step, grown.before, grown.checkpoint.size, grown.key_is_new) == (Step.GROWN, 300, 5000, False)
    assert len([path for path in served.asked if path.startswith("tile/")]) <= 8
    found = opened(grown.file.read_bytes(), [served.key.verifier], [witness.key])
    assert found.witnesses == ("ngo.example/w",)
    assert found.signed_by[-1].time_s == NOW_S
    assert first.file.exists()


def test_what_was_rewritten_cut_off_or_replaced_is_not_signed(
    witness: Witness, served: ServedLog, tmp_path: Path
) -> None:
    witness.look()
    rows = {number: content or b"" for number, content in stored_log(400).rows.items()}
    rows[7] = leaf_of(entry(9999))
    rewritten = StoredLog(dict(rows), rebuilt(rows), 400)
    same_size = {number: rows[number] for number in range(300)}
    for log in (rewritten, StoredLog(dict(same_size), rebuilt(same_size), 300), stored_log(299)):
        served.log = log
        with pytest.raises(WitnessFaultError, match="together they prove it"):
            witness.look()
    served.log, served.origin = stored_log(400), "passerby/audit/other"
    with pytest.raises(NoteError, match="is of the log 'passerby/audit/other'"):
        witness.look()
    served.origin = ORIGIN
    evidence = tmp_path / "witness" / f"fault-{NOW_S}"
    assert opened(evidence.read_bytes(), [served.key.verifier]).checkpoint.size == 299
    assert opened((tmp_path / "witness" / "checkpoint").read_bytes(), [served.key.verifier]).checkpoint.size == 300
    assert witness.look().step is Step.GROWN


def test_a_new_log_is_another_one_also_under_its_own_key(witness: Witness, served: ServedLog) -> None:
    witness.look()
    served.origin = "passerby/audit/other"
    witness.trust(str(served.key.verifier))
    with pytest.raises(WitnessFaultError, match="another one now"):
        witness.look()


def test_another_key_is_not_believed(witness: Witness, served: ServedLog) -> None:
    witness.trust(str(SigningKey(ORIGIN, Ed25519PrivateKey.generate()).verifier))
    with pytest.raises(NoteError, match="not signed by the key"):
        witness.look()
    witness.trust(str(served.key.verifier))
    assert witness.look().key_is_new is False
    with pytest.raises(NoteError):
        witness.trust("nonsense")


def test_tiles_that_are_none_are_refused(tmp_path: Path, served: ServedLog) -> None:
    def fetch(path: str) -> bytes:
        return served(path)[:-1] if path.startswith("tile/") else served(path)

    witness = Witness(tmp_path / "w", "w", fetch, lambda: NOW_S)
    witness.look()
    served.log = stored_log(400)
    with pytest.raises(NoteError, match="bytes are needed"):
        witness.look()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, served: ServedLog) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PasserbyError, match="cannot be made"):
        Witness(tmp_path / "file" / "w", "w", served, lambda: NOW_S)


def test_the_key_of_a_witness_stays(tmp_path: Path, served: ServedLog) -> None:
    keys = {str(Witness(tmp_path / "w", "w", served, lambda: NOW_S).key) for _ in range(2)}
    assert len(keys) == 1
    assert parsed_key(keys.pop()).name == "w"


def test_a_log_that_is_another_one_at_each_look_fills_no_disk(
    served: ServedLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness_module, "MAX_FAULTS", 3)
    seconds = iter(range(NOW_S, NOW_S + 100))
    watching = Witness(tmp_path / "witness", "ngo.example/w", served, lambda: next(seconds))
    watching.look()
    for size in (299, 299, 299, *range(280, 290)):
        served.log = stored_log(size)
        with pytest.raises(WitnessFaultError, match="together they prove it"):
            watching.look()
    files = sorted(path.name for path in (tmp_path / "witness").glob("fault-*"))
    assert len(files) == 4
    assert files[-1] == "fault-newest"
    newest = (tmp_path / "witness" / "fault-newest").read_bytes()
    assert opened(newest, [served.key.verifier]).checkpoint.size == 289
