"""An audit entry has room for a purpose and a case, and unknown names are not recorded as they were typed."""

from passerby.domain.audit import UNKNOWN_NAME, AuditEntry, actor_of


def test_purpose_and_case_are_empty_where_an_act_needs_none() -> None:
    entry = AuditEntry(1, "ada", "camera.added", "square")
    assert (entry.purpose, entry.case) == ("", "")


def test_only_names_of_accounts_are_recorded() -> None:
    accounts = {"ada", "grace"}
    assert [actor_of(name, accounts) for name in ("ada", "grace")] == ["ada", "grace"]
    for typed in ("Ada", "ada ", "S3cret-passw0rd", "", "adа"):  # the last one with a Cyrillic letter
        assert actor_of(typed, accounts) == UNKNOWN_NAME
