"""Checkpoints have the form of C2SP tlog-checkpoint, and count only with the log's own signature."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from passerby.audit.checkpoints import Checkpoint, checkpoint_of, opened
from passerby.audit.notes import Algorithm, NoteError, SigningKey, signed_note

EXAMPLE = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


def test_the_example_of_the_specification() -> None:
    found = checkpoint_of(EXAMPLE)
    assert (found.origin, found.size, found.root.hex()[:8]) == ("example.com/behind-the-sofa", 20852163, "0ac5186a")
    assert found.text == EXAMPLE
    assert checkpoint_of(EXAMPLE + "extension\n").extensions == ("extension",)


@pytest.mark.parametrize(
    "text",
    [
        "", "a\n", "a\n1\n", "\n1\n" + EXAMPLE.split("\n")[2] + "\n", EXAMPLE.replace("20852163", "020852163"),
        EXAMPLE.replace("20852163", "-1"), EXAMPLE.replace("20852163", "1 "), EXAMPLE.replace("q2I=", ""),
        EXAMPLE + "\n", EXAMPLE[:-1], EXAMPLE.replace("CsUY", "AAAACsUY"), EXAMPLE.replace("20852163", "9" * 40),
    ],
)  # fmt: skip
def test_other_texts_are_none(text: str) -> None:
    with pytest.raises(NoteError):
        checkpoint_of(text)


def test_it_counts_only_with_the_log_s_signature() -> None:
    log, other, witness = (SigningKey(name, Ed25519PrivateKey.generate()) for name in ("log", "log", "witness"))
    witness = SigningKey("witness", witness.private, Algorithm.COSIGNATURE)
    checkpoint = Checkpoint("log", 3, bytes(32))
    found = opened(checkpoint.signed(log, witness, time_s=5), [log.verifier], [witness.verifier])
    assert (found.checkpoint, found.witnesses) == (checkpoint, ("witness",))
    assert opened(checkpoint.signed(log), [other.verifier, log.verifier], [witness.verifier]).witnesses == ()
    for note, keys in (
        (checkpoint.signed(other), [log.verifier]),
        (checkpoint.signed(witness, time_s=5), [log.verifier]),
        (signed_note(Checkpoint("other", 3, bytes(32)).text, log), [log.verifier]),
        (checkpoint.signed(log), []),
    ):
        with pytest.raises(NoteError):
            opened(note, keys, [witness.verifier])
