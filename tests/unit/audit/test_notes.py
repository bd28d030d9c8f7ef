"""Signed notes and cosignatures are those of C2SP; the values are Go's and transparency-dev's."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from passerby.audit.notes import Algorithm, NoteError, SigningKey, VerifierKey, parsed_key, parsed_note, signed_note

SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
WITNESS_KEY = "vec.example/cosigv10+c12688da+BLMSTPoQj0PojM8eKiPf9xUT8g6b0OuMyvYb5sSu9JH5"
WITNESSED = base64.b64decode(
    "dmVjLmV4YW1wbGUvY29zaWd2MTAKNDIKQ3NVWWFwR0dQbzRka01nSUFVcW9tL1hhamo3aDJmQjJNUEEzajJqeHEyST0KCuKAlCB2ZWMuZXhhbXBsZS9j"
    "b3NpZ3YxMCB3U2FJMmdBQUFBQnFiTDVRM0hqYlRDSmVxTWczdG1wZFlHQWcwNWlqVGk3azBweXJlSlNVTG10djNnK3lYSCtHL0tvODdKRytRa0xGNmFm"
    "OStHVlZObEVJZ2Y2VDBidzB3UXlNRHc9PQo="
)


@pytest.mark.asvs("11.6.1")
def test_the_published_note_is_made_and_verified() -> None:
    key = SigningKey("PeterNeumann", Ed25519PrivateKey.from_private_bytes(SEED))
    assert str(key.verifier) == KEY
    assert signed_note(TEXT, key) == TEXT + "\n" + LINE
    note = parsed_note(TEXT + "\n" + LINE)
    assert note.text == TEXT
    assert [one.key.name for one in note.signed_by([parsed_key(KEY)])] == ["PeterNeumann"]
    with pytest.raises(NoteError, match="not by its key"):
        parsed_note(TEXT.replace("cryptography", "cryptographY") + "\n" + LINE).signed_by([parsed_key(KEY)])


def test_the_published_cosignature_is_verified() -> None:
    (found,) = parsed_note(WITNESSED).signed_by([parsed_key(WITNESS_KEY)])
    assert found.key.algorithm is Algorithm.COSIGNATURE
    with pytest.raises(NoteError):
        parsed_note(WITNESSED.replace(b"\n42\n", b"\n43\n")).signed_by([parsed_key(WITNESS_KEY)])


def test_the_example_of_tlog_cosignature_has_its_time() -> None:
    line = "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"  # noqa: E501
    (signature,) = parsed_note("text\n\n" + line).signatures
    assert int.from_bytes(signature.content[:8], "big") == 1679315147
    assert len(signature.content) == 8 + 64


def test_a_witness_signs_the_time_too() -> None:
    key = SigningKey("witness.example/w1", Ed25519PrivateKey.generate(), Algorithm.COSIGNATURE)
    note = signed_note("log\n1\nroot\n", key, time_s=1_800_000_000)
    (found,) = parsed_note(note).signed_by([key.verifier])
    assert found.time_s == 1_800_000_000
    # The same key and name for the other algorithm is another key.
    plain = SigningKey(key.name, key.private)
    assert plain.verifier.key_id != key.verifier.key_id
    assert parsed_note(note).signed_by([plain.verifier]) == ()


def test_unknown_signatures_are_passed_over_and_repeated_ones_count_once() -> None:
    key, other = (SigningKey(name, Ed25519PrivateKey.generate()) for name in ("log", "other"))
    note = parsed_note(signed_note("a\n\nb\n", other, key, key))
    assert note.text == "a\n\nb\n"
    assert [one.key.name for one in note.signed_by([key.verifier])] == ["log"]
    assert note.signed_by([SigningKey("log", Ed25519PrivateKey.generate()).verifier]) == ()


def test_no_text_of_a_key_shows_what_is_private() -> None:
    key = SigningKey("log", Ed25519PrivateKey.from_private_bytes(SEED))
    assert SEED.hex() not in repr(key)
    assert "private" not in repr(key)


@pytest.mark.parametrize(
    "content",
    [
        "", "text\n", TEXT, TEXT + "\n", TEXT + LINE, TEXT + "\n" + LINE[:-1], TEXT + "\n" + LINE.replace("— ", "- "),
        TEXT + "\n— Peter Neumann AAAAAAA=\n", TEXT + "\n— Peter+ x08go/ZJ\n", TEXT + "\n— Peter\n",
        TEXT + "\n— Peter x08g\n", TEXT + "\n— Peter !!!!\n", "a\tb\n\n" + LINE, b"\xff\n\n" + LINE.encode(),
        TEXT + "\n" + LINE * 101, "a" * 70_000 + "\n\n" + LINE, TEXT + "\n" + LINE.replace("\n", " x\n"),
    ],
)  # fmt: skip
def test_what_is_no_note_is_refused(content: str | bytes) -> None:
    with pytest.raises(NoteError):
        parsed_note(content)


@pytest.mark.parametrize(
    "text", ["", "a+b", "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", KEY[:-4], KEY + "AAAA",
             KEY.replace("+AR", "+Ax"), " +c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "a++", "a+b+="],
)  # fmt: skip
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        parsed_key(text)


def test_a_name_has_no_space_and_no_plus() -> None:
    for name in ("", "a b", "a+b", "a\u2003b"):
        with pytest.raises(NoteError):
            VerifierKey(name, Algorithm.SIGNATURE, bytes(32))
    with pytest.raises(NoteError):
        signed_note("no newline", SigningKey("log", Ed25519PrivateKey.generate()))
