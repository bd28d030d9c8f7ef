"""The published registers and the cases of the public, on both databases."""

from dataclasses import replace

import pytest

from passerby.domain.cases import Case, CaseKind
from passerby.domain.queries import EventQuery
from passerby.domain.register import RegisterVersion
from passerby.domain.retention import Kind, Retention
from passerby.ports import StoreError
from passerby.units import DAY_S, NS_PER_S
from testing.store_keeper import MONDAY_S

NOW_NS = MONDAY_S * NS_PER_S


def version(number: int) -> RegisterVersion:
    return RegisterVersion(number, NOW_NS + number, "a" * 64, f'{{"number": {number}, "title": "Трг"}}')


def case(reference: str) -> Case:
    return Case(0, reference * 64, CaseKind.OBJECTION, NOW_NS, NOW_NS + 30 * DAY_S * NS_PER_S, b"\0box\xff")


def audited(keeper, store):
    rows = keeper.run(store.audit(EventQuery(0, NOW_NS * 2))).rows
    return [(row.actor, row.action, row.subject) for row in rows]


def test_versions_follow_one_another_and_are_audited(keeper):
    store = keeper.open()
    assert keeper.run(store.register_version()) is None
    for number in (1, 2):
        keeper.run(store.add_register(version(number)))
    assert keeper.run(store.register_version()) == version(2)
    assert keeper.run(store.register_version(1)) == version(1)
    assert keeper.run(store.register_version(3)) is None
    assert keeper.run(store.register_versions()) == (version(1), version(2))
    assert keeper.run(store.register_heads()) == tuple(replace(version(number), text="") for number in (1, 2))
    assert audited(keeper, store) == [
        ("passerby", "register.published", "version 1"), ("passerby", "register.published", "version 2"),
    ]  # fmt: skip


@pytest.mark.parametrize("number", [1, 3])
def test_a_version_that_does_not_follow_is_refused(keeper, number):
    store = keeper.open()
    keeper.run(store.add_register(version(1)))
    with pytest.raises(StoreError, match="cannot follow version 1"):
        keeper.run(store.add_register(version(number)))
    assert keeper.run(store.register_versions()) == (version(1),)
    assert len(audited(keeper, store)) == 1


def test_a_case_is_answered_once_and_the_public_is_no_one_in_the_audit(keeper):
    store = keeper.open()
    first, second = (keeper.run(store.add_case(case(letter))) for letter in "ab")
    assert (first.number, second.number) == (1, 2)
    assert keeper.run(store.case_of("b" * 64)) == second
    assert keeper.run(store.case_of("c" * 64)) is None
    assert keeper.run(store.answer_case(1, b"\0answer", "ada"))
    assert not keeper.run(store.answer_case(1, b"another", "ada"))
    assert not keeper.run(store.answer_case(9, b"another", "ada"))
    answered = keeper.run(store.case_of("a" * 64))
    assert (answered.answer, answered.answered_ns) == (b"\0answer", keeper.clock())
    assert keeper.run(store.cases(open_only=True)) == (second,)
    assert [each.number for each in keeper.run(store.cases())] == [1, 2]
    assert audited(keeper, store)[0] == ("the public", "case.opened", "case 1")
    assert audited(keeper, store)[-1] == ("ada", "case.answered", "case 1")


def test_a_reference_belongs_to_one_case(keeper):
    store = keeper.open()
    keeper.run(store.add_case(case("a")))
    with pytest.raises(StoreError):
        keeper.run(store.add_case(case("a")))


def test_an_answered_case_is_deleted_after_its_own_limit_and_an_open_one_is_kept(keeper):
    store = keeper.open(retention=Retention({Kind.CASES: 5, Kind.AUDIT: 400}))
    for letter in "ab":
        keeper.run(store.add_case(case(letter)))
    keeper.run(store.answer_case(1, b"answer", "ada"))
    answered_s = keeper.clock.now_s
    for days, kept in ((4, [1, 2]), (6, [2]), (10, [2])):
        keeper.clock.now_s = answered_s + days * DAY_S
        keeper.run(store.enforce_retention())
        assert [each.number for each in keeper.run(store.cases())] == kept
    lines = {line.kind: line for line in keeper.run(store.retention_report())}
    assert lines[Kind.CASES].kept
