"""The audit log is read in pages, in order; versions of the site file count up, one for each change."""

from passerby.domain.audit import AuditEntry
from passerby.domain.queries import EventQuery
from testing.store_keeper import Keeper


def entry(time_ns: int, action: str = "camera.added") -> AuditEntry:
    return AuditEntry(time_ns, "ada", action, "square")


def test_pages_of_the_audit_log_hold_each_entry_once(keeper: Keeper) -> None:
    store = keeper.open()
    times = [5, 1, 3, 3, 3, 9]
    for number, time_ns in enumerate(times):
        keeper.run(store.append_audit(entry(time_ns, f"action.{number}")))
    for limit in (1, 2, 3, 6, 7):
        found: list[AuditEntry] = []
        after, pages = None, 0
        while True:
            page = keeper.run(store.audit(EventQuery(1, 9, after=after, limit=limit)))
            assert len(page.rows) <= limit
            found += page.rows
            pages += 1
            if (after := page.after) is None:
                break
        assert [(each.time_ns, each.action[-1]) for each in found] == [(1, "1"), (3, "2"), (3, "3"), (3, "4"), (5, "0")]
        assert pages == -(-5 // limit)


def test_versions_count_up_and_the_same_text_is_no_new_one(keeper: Keeper) -> None:
    store = keeper.open()
    assert keeper.run(store.configuration()) is None
    for text, number in (("a: 1", 1), ("a: 1", 1), ("a: 2", 2), ("a: 1", 3)):
        assert keeper.run(store.add_configuration(text, "ada")).number == number
    assert [each.text for each in keeper.run(store.configurations())] == ["a: 1", "a: 2", "a: 1"]
    newest, second = keeper.run(store.configuration()), keeper.run(store.configuration(2))
    assert newest is not None
    assert second is not None
    assert (newest.number, second.text) == (3, "a: 2")
    assert keeper.run(store.configuration(4)) is None
    log = keeper.run(store.audit(EventQuery(0, 2**62))).rows
    assert [(each.actor, each.action, each.subject) for each in log] == [
        ("ada", "configuration.added", f"version {number}") for number in (1, 2, 3)
    ]
