"""A leaf is salt and canonical JSON, its time has nanoseconds, and the entry can be read back from it."""

import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.audit.leaves import entry_of, leaf_of, leaf_time, time_of_leaf
from passerby.audit.tree import leaf_hash
from passerby.domain.audit import AuditEntry

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)


def test_the_bytes_that_are_hashed() -> None:
    entry = AuditEntry(1_795_945_477_123_456_789, "ada", "live.opened", "square-north", "", "event_safety", "2026/41")
    salt = bytes(range(16))
    content = leaf_of(entry, salt)
    assert content == salt + (
        b'{"action":"live.opened","actor":"ada","case":"2026/41","detail":"","purpose":"event_safety",'
        b'"subject":"square-north","time":"2026-11-29T09:44:37.123456789Z"}'
    )
    assert leaf_hash(content) == sha256(b"\0" + content).digest()
    # The database takes the time from where the text has it.
    assert content[len(content) - 32 : -2] == b"2026-11-29T09:44:37.123456789Z"


@given(st.integers(0, 2**63 - 1), st.lists(TEXT, min_size=6, max_size=6))
def test_an_entry_reads_back(time_ns: int, texts: list[str]) -> None:
    entry = AuditEntry(time_ns, *texts)
    assert entry_of(leaf_of(entry)) == entry
    assert len(leaf_time(time_ns)) == 30
    assert time_of_leaf(leaf_time(time_ns)) == time_ns


def test_two_entries_alike_have_different_hashes() -> None:
    entry = AuditEntry(1, "ada", "a.b", "c")
    assert leaf_of(entry) != leaf_of(entry)


def test_a_text_has_an_end() -> None:
    with pytest.raises(ValueError, match="at most 10000 letters, got 10001"):
        leaf_of(AuditEntry(1, "ada", "a.b", "c", "x" * 10_001))


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "nonsense", "[" * 100_000, '{"time":"2026-11-29T09:44:37.123456789Z"}', json.dumps(
        {"action": 1, "actor": "", "case": "", "detail": "", "purpose": "", "subject": "",
         "time": "2026-11-29T09:44:37.123456789Z"})],
)  # fmt: skip
def test_what_is_no_entry_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="holds no entry that can be read"):
        entry_of(bytes(16) + text.encode())


@pytest.mark.parametrize("text", ["", "2026-11-29T09:44:37.12345678Z", "2026-13-29T09:44:37.123456789Z", "x" * 30])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        time_of_leaf(text)
