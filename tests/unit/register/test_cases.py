"""Cases: only the privacy officer's key reads a letter, and only the reference an answer."""

import asyncio
import base64

import pytest

from passerby.domain.cases import CaseKind
from passerby.register.cases import (
    CaseKeyError,
    Letter,
    decrypted,
    decrypted_answer,
    encrypted,
    encrypted_answer,
    new_key_pair,
    new_reference,
    open_case,
    private_key,
    reference_hash,
)
from testing.web.fakes import FakeStore

PASSPHRASE = "a long passphrase"
PUBLIC, PEM = new_key_pair(PASSPHRASE)
LETTER = Letter("Зашто? <b>", "square", "ABCD-EFGH")


@pytest.mark.asvs("11.3.3")
def test_a_letter_comes_back_with_the_key_alone() -> None:
    box = encrypted(LETTER, PUBLIC)
    assert decrypted(box, private_key(PEM, PASSPHRASE)) == LETTER
    assert LETTER.text.encode() not in box
    assert encrypted(LETTER, PUBLIC) != box
    _, other = new_key_pair(PASSPHRASE)
    with pytest.raises(CaseKeyError):
        decrypted(box, private_key(other, PASSPHRASE))
    for place in (0, 40, len(box) - 1):
        with pytest.raises(CaseKeyError):
            decrypted(box[:place] + bytes([box[place] ^ 1]) + box[place + 1 :], private_key(PEM, PASSPHRASE))
    with pytest.raises(CaseKeyError):
        decrypted(b"", private_key(PEM, PASSPHRASE))


@pytest.mark.asvs("11.4.4")
def test_the_private_key_is_protected() -> None:
    assert b"ENCRYPTED" in PEM
    assert len(base64.b64decode(PUBLIC)) == 32
    for pem, passphrase in ((PEM, "another passphrase"), (b"no key", PASSPHRASE), (PEM, "")):
        with pytest.raises(CaseKeyError):
            private_key(pem, passphrase)
    with pytest.raises(CaseKeyError, match="12 letters"):
        new_key_pair("short")


def test_an_answer_is_read_by_its_reference_however_it_is_typed() -> None:
    answer = encrypted_answer("Јер", "ABCD-EFGH")
    assert decrypted_answer(answer, "abcd efgh") == "Јер"
    assert decrypted_answer(answer, "ABCD-EFGI") == ""
    assert reference_hash("abcd efgh ") == reference_hash("ABCD-EFGH")
    assert len({new_reference() for _ in range(100)}) == 100
    assert len(new_reference().replace("-", "")) == 16


def test_a_case_has_a_deadline_and_nothing_readable() -> None:
    store = FakeStore()
    case, reference = asyncio.run(open_case(store, CaseKind.OBJECTION, "text", "square", PUBLIC, 30, 5))
    assert case.due_ns - case.time_ns == 30 * 86_400 * 10**9
    assert case.reference_sha256 == reference_hash(reference)
    assert decrypted(case.box, private_key(PEM, PASSPHRASE)) == Letter("text", "square", reference)
    assert not case.overdue(case.due_ns)
    assert case.overdue(case.due_ns + 1)
