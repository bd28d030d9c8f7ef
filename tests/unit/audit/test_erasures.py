"""An erased entry is named by a later one of its log, or it is a fault."""

import pytest

from passerby.audit.erasures import ERASED, Erasures, concerns, joined, named_in, names_erased, written
from passerby.audit.leaves import leaf_of
from passerby.domain.audit import AuditEntry
from tests.unit.audit.stored_log import ORIGIN, entry

LOG = "passerby/audit/0123456789abcdef"


def erasing(subject: str) -> bytes:
    return leaf_of(AuditEntry(9, "retention", ERASED, subject))


def faults(*rows: bytes | None, named: list[tuple[int, int]] | None = None) -> list[tuple[int | None, int | None]]:
    found = Erasures(LOG, named or [])
    found.look_at(list(enumerate(rows)))
    assert found.erased == rows.count(None)
    return [(one.first, one.last) for one in found.unnamed()]


def test_stretches_are_written_and_read_again() -> None:
    ranges = [(3, 3), (0, 1), (7, 9), (2, 2)]
    (subject,) = written(LOG, ranges)
    assert subject == f"{LOG}: 0-3, 7-9"
    assert named_in(AuditEntry(1, "a", ERASED, subject)) == (LOG, [(0, 3), (7, 9)])
    assert named_in(AuditEntry(1, "a", "a.b", subject))[1] == []
    many = [(number, number) for number in range(0, 2000, 2)]
    subjects = list(written(LOG, many))
    assert len(subjects) == 4
    assert joined(each for text in subjects for each in named_in(AuditEntry(1, "a", ERASED, text))[1]) == many


def test_what_no_entry_names_is_a_fault() -> None:
    plain = leaf_of(entry(1))
    assert faults(plain, None, None, plain) == [(1, 2)]
    assert faults(plain, None, None, erasing(f"{LOG}: 1")) == [(2, 2)]
    assert faults(plain, None, None, erasing(f"{LOG}: 0-2")) == []
    assert faults(None, None, named=[(0, 0)]) == [(1, 1)]


def test_an_entry_names_only_what_was_before_it_and_in_its_log() -> None:
    assert faults(erasing(f"{LOG}: 0-9"), None) == [(1, 1)]
    assert faults(None, erasing(f"{ORIGIN}: 0")) == [(0, 0)]
    assert faults(None, leaf_of(AuditEntry(1, "a", "other", f"{LOG}: 0", f'"action":"{ERASED}"'))) == [(0, 0)]
    assert faults(None, bytes(16) + b'{"action":"audit.erased"garbage') == [(0, 0)]


def test_erasing_entries_are_known_by_their_beginning() -> None:
    assert names_erased(erasing(f"{LOG}: 0"))
    assert not names_erased(leaf_of(entry(1, detail='{"action":"audit.erased"')))


@pytest.mark.parametrize(
    ("actor", "action", "subject", "detail", "theirs"),
    [
        ("ana", "view.opened", "square", "", True),
        ("ana by token 1f2e", "counts.exported", "square", "", True),
        ("ida", "grant.confirmed", "ana", "", True),
        ("ida", "token.made", "1f2e", "for ana: Grafana", True),
        ("ida", "token.made", "1f2e", "for ana.", True),
        ("eve", "event.handed_over", "9bd419a8", "ana", True),
        ("eve", "view.opened", "ana", "", False),
        ("anastasia", "log_in", "session 1", "", False),
        ("ida", "grant.confirmed", "ana.m", "", False),
        ("ida", "grant.confirmed", "dr-ana", "", False),
        ("anabytoken", "log_in", "session", "", False),
    ],
)
def test_which_entries_concern_an_account(actor: str, action: str, subject: str, detail: str, theirs: bool) -> None:
    assert concerns(AuditEntry(0, actor, action, subject, detail), "ana") is theirs
