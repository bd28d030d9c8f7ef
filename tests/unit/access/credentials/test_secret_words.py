"""What is encrypted is bound to its key, its account and its field; what is hashed is one of ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.access.credentials.secret_words import Cipher, hash_of_ours, hashed, new_id, new_secret

CIPHER = Cipher(b"k" * 32)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(max_size=9))
def test_only_the_same_key_account_and_field_read_it(text: str, account: str) -> None:
    kept = CIPHER.encrypted(text, account, "code")
    assert CIPHER.decrypted(kept, account, "code") == text
    assert CIPHER.decrypted(kept, account, "other") is None
    assert CIPHER.decrypted(kept, account + "x", "code") is None
    assert Cipher(b"z" * 32).decrypted(kept, account, "code") is None
    assert CIPHER.encrypted(text, account, "code") != kept


@given(st.text(max_size=60))
def test_nothing_else_can_be_read(text: str) -> None:
    assert CIPHER.decrypted(text, "ana", "code") is None
    assert CIPHER.decrypted("v1." + text, "ana", "code") is None


@pytest.mark.asvs("11.3.3")
def test_a_changed_letter_is_noticed() -> None:
    kept = CIPHER.encrypted("secret", "ana", "code")
    for at in range(3, len(kept)):
        changed = kept[:at] + ("A" if kept[at] != "A" else "B") + kept[at + 1 :]
        assert CIPHER.decrypted(changed, "ana", "code") in (None, "secret")  # padding bits carry nothing


@pytest.mark.asvs("6.5.2")
def test_marks_keep_accounts_apart() -> None:
    assert CIPHER.mark("code", "ana") == CIPHER.mark("code", "ana")
    assert len({CIPHER.mark("code", "ana"), CIPHER.mark("code", "bob"), Cipher(b"z" * 32).mark("code", "ana")}) == 3
    assert CIPHER.mark("bc", "a") != CIPHER.mark("c", "ab")


def test_a_short_key_is_refused_and_none_is_shown() -> None:
    with pytest.raises(ValueError, match="at least 32"):
        Cipher(b"short")
    assert repr(CIPHER) == "Cipher()"


@pytest.mark.asvs("7.2.3", "11.5.1")
def test_secrets() -> None:
    secret = new_secret()
    assert hash_of_ours(secret) == hashed(secret)
    assert len(hashed("\ud800")) == 64
    for wrong in ("", secret[:-1], secret + "x", "é" * 43, "a" * 10_000):
        assert hash_of_ours(wrong) is None
    assert new_id() != new_id()
