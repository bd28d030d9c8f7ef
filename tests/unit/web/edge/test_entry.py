"""The one-time link, the cookie, and the key that signs it."""

import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.web.edge.entry import LINK_LIFE_S, SESSION_LIFE_S, Entry, kept_key
from testing.web.fakes import Clock

KEY = b"k" * 32


def token(entry: Entry) -> str:
    return entry.link("127.0.0.1", 8642).rpartition("/")[2]


def test_link_is_an_address() -> None:
    entry = Entry(KEY)
    assert entry.link("127.0.0.1", 8642).startswith("http://127.0.0.1:8642/open/")
    assert entry.link("::1", 80).startswith("http://[::1]:80/open/")
    # 256 bits in six-bit letters.
    assert len(token(entry)) == 43


def test_link_works_once() -> None:
    entry = Entry(KEY)
    one = token(entry)
    assert token(entry) == one
    cookie = entry.admit(one)
    assert cookie is not None
    assert entry.knows(cookie)
    assert entry.admit(one) is None
    assert token(entry) != one


def test_new_link_ends_the_one_before() -> None:
    entry = Entry(KEY)
    old = token(entry)
    entry.renew()
    assert entry.admit(old) is None
    assert entry.admit(token(entry)) is not None


def test_link_and_session_end() -> None:
    clock = Clock()
    entry = Entry(KEY, clock)
    old = token(entry)
    clock.now_s += LINK_LIFE_S
    assert entry.admit(old) is None
    cookie = entry.admit(token(entry))
    assert cookie is not None
    clock.now_s += SESSION_LIFE_S - 1
    assert entry.knows(cookie)
    clock.now_s += 1
    assert not entry.knows(cookie)


def test_wrong_token_does_not_use_the_link_up() -> None:
    entry = Entry(KEY)
    assert entry.admit("guessed") is None
    assert entry.admit("ü\ud800") is None
    assert entry.admit(token(entry)) is not None


def test_session_outlives_a_new_start_with_the_same_key_only() -> None:
    entry = Entry(KEY)
    cookie = entry.admit(token(entry))
    assert cookie is not None
    assert Entry(KEY).knows(cookie)
    assert not Entry().knows(cookie)
    assert Entry(KEY).cookie == entry.cookie != Entry().cookie


@settings(deadline=None)
@given(place=st.integers(0, 200), letter=st.characters())
def test_changed_cookie_is_not_known(place: int, letter: str) -> None:
    entry = Entry(KEY)
    cookie = entry.admit(token(entry))
    assert cookie is not None
    place %= len(cookie)
    changed = cookie[:place] + letter + cookie[place + 1 :]
    assert entry.knows(changed) == (changed == cookie)


@settings(deadline=None)
@given(st.text())
def test_any_text_is_no_cookie(text: str) -> None:
    assert not Entry(KEY).knows(text)


def test_entry_shows_no_secret() -> None:
    entry = Entry(KEY)
    assert token(entry) not in repr(entry)
    assert "k" * 8 not in repr(entry)


def test_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 32 bytes"):
        Entry(b"short")


def test_key_is_kept_in_a_file_for_nobody_else(tmp_path: Path) -> None:
    path = tmp_path / "session.key"
    key = kept_key(path)
    assert kept_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["session.key"]
    path.write_bytes(b"")
    assert len(kept_key(path)) == 32
