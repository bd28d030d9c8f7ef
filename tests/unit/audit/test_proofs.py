"""A proof is a text (C2SP tlog-proof) that is verified without the log."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from passerby.audit.checkpoints import Checkpoint
from passerby.audit.leaves import entry_of
from passerby.audit.notes import NoteError, SigningKey
from passerby.audit.proofs import parsed_proof, proof_text, verify_proof
from passerby.audit.tiles import nodes_in
from passerby.audit.tree import ProofError, inclusion_proof, leaf_hash, root
from passerby.domain.audit_reports import LeafProof
from tests.unit.audit.stored_log import ORIGIN, entry, stored_log

KEY = SigningKey(ORIGIN, Ed25519PrivateKey.generate())


def proof(index: int = 300, size: int = 600) -> LeafProof:
    log = stored_log(size)
    nodes = nodes_in(log.tiles)
    content = log.rows[index] or b""
    note = Checkpoint(ORIGIN, size, root(size, nodes)).signed(KEY)
    return LeafProof(index, content, leaf_hash(content), tuple(inclusion_proof(index, size, nodes)), note)


@pytest.mark.parametrize(("index", "size"), [(0, 1), (0, 600), (300, 600), (599, 600)])
def test_a_proof_is_read_again_and_verified(index: int, size: int) -> None:
    text = proof_text(proof(index, size))
    assert text.startswith("c2sp.org/tlog-proof@v1\nextra ")
    found = parsed_proof(text)
    assert found == proof(index, size)
    assert verify_proof(found, [KEY.verifier]).checkpoint.size == size
    assert entry_of(found.content or b"") == entry(index)


def test_another_entry_place_or_key_is_not_proved() -> None:
    sound = proof()
    other = stored_log(600).rows[301] or b""
    for wrong in (
        replace(sound, leaf_hash=leaf_hash(other)),
        replace(sound, index=301),
        replace(sound, path=sound.path[:-1]),
    ):
        with pytest.raises(ProofError):
            verify_proof(wrong, [KEY.verifier])
    with pytest.raises(NoteError):
        verify_proof(sound, [SigningKey(ORIGIN, Ed25519PrivateKey.generate()).verifier])


def test_what_is_erased_cannot_be_shown() -> None:
    with pytest.raises(NoteError, match="entry 300 is erased"):
        proof_text(replace(proof(), content=None))


@pytest.mark.parametrize(
    "text", ["", "c2sp.org/tlog-proof@v1\n", "c2sp.org/tlog-proof@v2\nindex 1\n\nnote", "x" * 300_000,
             "c2sp.org/tlog-proof@v1\nindex 01\n\nnote", "c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nnote",
             "c2sp.org/tlog-proof@v1\nextra A\nindex 1\n\nnote",
             "c2sp.org/tlog-proof@v1\nindex 1\n" + "A" * 44 + "\n\nnote"],
)  # fmt: skip
def test_what_is_no_proof_is_refused(text: str) -> None:
    with pytest.raises(NoteError, match="not a proof"):
        parsed_proof(text)
