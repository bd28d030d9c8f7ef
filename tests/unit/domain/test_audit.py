"""An audit entry has room for a purpose and a case."""

from passerby.domain.audit import AuditEntry


def test_purpose_and_case_are_empty_where_an_act_needs_none() -> None:
    entry = AuditEntry(1, "ada", "camera.added", "square")
    assert (entry.purpose, entry.case) == ("", "")
