"""The audit log only grows, and the site file's versions can be gone back to."""

import asyncio

import pytest

from passerby.domain.audit import AuditEntry
from passerby.domain.queries import EventQuery
from passerby.ports import StoreError
from testing.store_keeper import MONDAY_S, NS_PER_S

EVER = EventQuery(0, (MONDAY_S + 10 * 86_400) * NS_PER_S)


def test_audit_entries_in_their_order(keeper):
    store = keeper.open()
    entries = [AuditEntry(MONDAY_S * NS_PER_S + number, "ada", "camera.added", f"{number}", "é") for number in (1, 2)]
    for entry in reversed(entries):
        keeper.run(store.append_audit(entry))
    assert keeper.run(store.audit(EVER)).rows == tuple(entries)
    first = keeper.run(store.audit(EventQuery(EVER.start_ns, EVER.end_ns, limit=1)))
    assert first.rows == (entries[0],)
    assert keeper.run(store.audit(EventQuery(EVER.start_ns, EVER.end_ns, limit=1, after=first.after))).rows == (
        entries[1],
    )


def test_the_same_act_twice_is_two_entries(keeper):
    store = keeper.open()
    entry = AuditEntry(MONDAY_S * NS_PER_S, "ada", "picture.seen", "cam")
    keeper.run(store.append_audit(entry))
    keeper.run(store.append_audit(entry))
    assert keeper.run(store.audit(EVER)).rows == (entry, entry)


def test_there_is_no_configuration_at_first(keeper):
    store = keeper.open()
    assert keeper.run(store.configuration()) is None
    assert keeper.run(store.configurations()) == ()


def test_versions_are_numbered_kept_whole_and_audited(keeper):
    store = keeper.open()
    texts = ["cameras: []  # none yet\n", "cameras: [é]\r\n", "cameras: []  # none yet\n"]
    versions = [keeper.run(store.add_configuration(text, "ada")) for text in texts]
    assert [(version.number, version.text) for version in versions] == list(enumerate(texts, start=1))
    assert keeper.run(store.configurations()) == tuple(versions)
    assert keeper.run(store.configuration()) == versions[2]
    assert keeper.run(store.configuration(2)) == versions[1]
    assert keeper.run(store.configuration(4)) is None
    assert [(entry.action, entry.subject) for entry in keeper.run(store.audit(EVER)).rows] == [
        ("configuration.added", f"version {number}") for number in (1, 2, 3)
    ]


def test_the_same_text_again_is_no_new_version(keeper):
    store = keeper.open()
    first = keeper.run(store.add_configuration("a: 1", "ada"))
    keeper.clock.now_s += 60
    assert keeper.run(store.add_configuration("a: 1", "bob")) == first
    assert len(keeper.run(store.audit(EVER)).rows) == 1


def test_two_who_add_at_once_get_two_numbers(keeper):
    store = keeper.open()

    async def both() -> None:
        await asyncio.gather(*(store.add_configuration(f"a: {number}", "ada") for number in range(6)))

    keeper.run(both())
    assert [version.number for version in keeper.run(store.configurations())] == [1, 2, 3, 4, 5, 6]


def test_a_text_that_cannot_be_stored_is_refused_whole(keeper):
    store = keeper.open()
    with pytest.raises(StoreError, match="configuration"):
        keeper.run(store.add_configuration("a: \0", "ada"))
    with pytest.raises(StoreError, match="audit"):
        keeper.run(store.append_audit(AuditEntry(1, "ada", "a.b", "\udfff")))
    assert keeper.run(store.configurations()) == ()
    assert keeper.run(store.audit(EVER)).rows == ()
