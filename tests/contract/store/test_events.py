"""Events stand as they were reported last; decisions are added with their audit entries, and go with their events."""

import itertools
from dataclasses import replace
from typing import Any

import pytest

from passerby.domain.audit import AuditEntry
from passerby.domain.decisions import Decision, DecisionKind, Judgement, RuleRecord, standing_of
from passerby.domain.event_rules import ProfileSwitch, RuleKind, Severity
from passerby.domain.place_events import MAX_SAMPLES, EventState, PlaceEvent, Sample
from passerby.domain.queries import EventQuery, PlaceEventQuery
from passerby.ports import AuditBrokenError, Store, StoreError, TooManyDecisionsError
from passerby.store.events import place_events as place_events_module
from testing.store_keeper import MONDAY_S, NS_PER_S, Keeper
from testing.web.made import closed, open_event, place_event

START_NS = MONDAY_S * NS_PER_S
ALL = PlaceEventQuery(START_NS, START_NS + 3600 * NS_PER_S)
OPEN = open_event(
    "north", "crowd", START_NS, value=None, confidence=0.75, coverage=0.5, at_least=True,
    samples=tuple(Sample(START_NS + number, None if number % 7 == 0 else number / 3) for number in range(MAX_SAMPLES)),
)  # fmt: skip


def listed(*events: PlaceEvent) -> tuple[PlaceEvent, ...]:
    """As lists have them: without samples."""
    return tuple(replace(one, samples=()) for one in events)


def paged(keeper: Keeper, store: Store, **wanted: Any) -> tuple[PlaceEvent, ...]:
    """Everything, read two rows at a time."""
    pages: list[tuple[PlaceEvent, ...]] = []
    after = None
    while not pages or after is not None:
        page = keeper.run(store.events(replace(ALL, limit=2, after=after, **wanted)))
        pages.append(page.rows)
        after = page.after
    return tuple(itertools.chain(*pages))


def decided(keeper: Keeper, store: Store, event: PlaceEvent, kind: DecisionKind, who: str = "ana", **more: Any) -> bool:
    time_ns = more.pop("time_ns", START_NS + 5)
    decision = Decision(event.event_id, time_ns, who, kind, **more)
    entry = AuditEntry(time_ns, who, f"event.{kind.value}", event.event_id)
    return keeper.run(store.add_decisions([(decision, entry)]))


def acts(keeper: Keeper, store: Store) -> list[str]:
    rows = keeper.run(store.audit(EventQuery(0, 2**62))).rows
    return [entry.action for entry in rows if entry.action.startswith("event.")]


def test_an_event_comes_out_as_it_went_in(keeper: Keeper) -> None:
    store = keeper.open()
    keeper.run(store.store_events([OPEN]))
    assert keeper.run(store.event(OPEN.event_id)) == OPEN
    assert paged(keeper, store) == listed(OPEN)
    assert keeper.run(store.event("0" * 32)) is None


def test_a_later_report_replaces_the_earlier_one_in_whatever_order_they_come(keeper: Keeper) -> None:
    store = keeper.open()
    reports = [OPEN, replace(OPEN, updated_ns=OPEN.updated_ns + 1, peak=9.0), closed(OPEN)]
    for order in itertools.permutations(range(3)):
        other = [replace(one, event_id=f"{order[0]}{order[1]}{one.event_id[2:]}") for one in reports]
        for place in order:
            keeper.run(store.store_events([other[place]]))
        assert keeper.run(store.event(other[0].event_id)) == other[2]
    keeper.run(store.store_events([closed(OPEN), OPEN, OPEN]))
    assert keeper.run(store.event(OPEN.event_id)) == closed(OPEN)


def test_pages_hold_each_event_once_by_its_start(keeper: Keeper) -> None:
    store = keeper.open()
    some = [place_event(camera, "crowd", START_NS + number) for number in (3, 1, 2) for camera in ("n", "s")]
    keeper.run(store.store_events(some))
    keeper.run(store.store_events(some[:3]))
    found = paged(keeper, store)
    assert sorted(found, key=repr) == sorted(listed(*some), key=repr)
    assert [one.start_ns for one in found] == sorted(one.start_ns for one in some)
    for after in ("", "x.y", "5", "5.", "-5.a", f"{2**63}.a"):
        with pytest.raises(ValueError, match="after"):
            keeper.run(store.events(replace(ALL, after=after)))


def test_what_went_on_in_a_time_is_found_whenever_it_began(keeper: Keeper) -> None:
    store = keeper.open()
    before, day_ns = START_NS - 86_400 * NS_PER_S, 86_400 * NS_PER_S
    old_open, old_over = open_event("a", "old", before), closed(open_event("b", "old", before))
    reaching, later = closed(open_event("c", "old", before), 86_401), place_event("d", "new", ALL.end_ns)
    keeper.run(store.store_events([old_open, old_over, reaching, later]))
    assert {one.camera for one in paged(keeper, store)} == {"a", "c"}
    assert len(keeper.run(store.events(PlaceEventQuery(before, START_NS + 2 * day_ns))).rows) == 4


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"cameras": ("b", "none")}, "b"),
        ({"rules": ("crowd",)}, "ab"),
        ({"kinds": (RuleKind.QUEUE, RuleKind.SPEEDS)}, "c"),
        ({"states": (EventState.OPEN,)}, "b"),
        ({"severities": (Severity.CRITICAL,)}, "c"),
        ({"rules": ("crowd",), "states": (EventState.CLOSED,)}, "a"),
    ],
)
def test_events_are_filtered(keeper: Keeper, wanted: dict[str, Any], found: str) -> None:
    store = keeper.open()
    keeper.run(
        store.store_events(
            [
                place_event("a", "crowd", START_NS),
                open_event("b", "crowd", START_NS),
                place_event("c", "jam", START_NS, kind=RuleKind.QUEUE, severity=Severity.CRITICAL),
            ]
        )
    )
    assert "".join(sorted(one.camera for one in paged(keeper, store, **wanted))) == found


@pytest.mark.parametrize(
    "changes",
    [
        {"peak": float("nan")}, {"threshold": float("inf")}, {"value": float("nan")}, {"why": "a\0b"},
        {"samples": (Sample(START_NS, float("inf")),)},
    ],
)  # fmt: skip
def test_an_event_that_says_nothing_is_refused_with_its_batch(keeper: Keeper, changes: dict[str, Any]) -> None:
    store = keeper.open()
    with pytest.raises(StoreError, match="event crowd of north"):
        keeper.run(store.store_events([place_event("a", "crowd", START_NS), replace(OPEN, **changes)]))
    assert paged(keeper, store) == ()


def test_decisions_add_up_to_what_holds(keeper: Keeper) -> None:
    store = keeper.open()
    keeper.run(store.store_events([OPEN]))
    assert decided(keeper, store, OPEN, DecisionKind.ACKNOWLEDGED)
    assert decided(keeper, store, OPEN, DecisionKind.HANDED_OVER, to="ben", note="Dođi, molim.")
    assert decided(keeper, store, OPEN, DecisionKind.SNOOZED, "ben", until_ns=START_NS + 9)
    assert decided(keeper, store, OPEN, DecisionKind.JUDGED, "ben", verdict=Judgement.FALSE)
    assert decided(keeper, store, OPEN, DecisionKind.JUDGED, "ana", verdict=Judgement.UNSURE)
    for who in ("ben", "ana", "ben"):
        assert decided(keeper, store, OPEN, DecisionKind.REVIEWED, who)
    found = keeper.run(store.decisions([OPEN.event_id, "0" * 32]))
    assert [one.note for one in found if one.note] == ["Dođi, molim."]
    standing = standing_of(found)
    assert (standing.acknowledged_by, standing.assigned_to, standing.snoozed_until_ns) == ("ana", "ben", START_NS + 9)
    assert (standing.verdict, standing.reviewed_by) == (Judgement.UNSURE, ("ben", "ana"))
    assert len(found) == 7
    assert acts(keeper, store) == [f"event.{one.kind.value}" for one in found]


def test_there_is_an_end_of_decisions_about_one_event(keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place_events_module, "MAX_DECISIONS", 3)
    store = keeper.open()
    keeper.run(store.store_events([OPEN]))
    for who in ("ana", "ben", "eva"):
        assert decided(keeper, store, OPEN, DecisionKind.REVIEWED, who)
    with pytest.raises(TooManyDecisionsError, match="3 decisions"):
        decided(keeper, store, OPEN, DecisionKind.ACKNOWLEDGED)
    assert decided(keeper, store, OPEN, DecisionKind.REVIEWED, "ana")  # what is there already
    assert len(acts(keeper, store)) == 3


def test_a_group_is_found_by_any_of_its_events_and_comes_whole(keeper: Keeper) -> None:
    store = keeper.open()
    first = open_event("a", "crowd", START_NS)
    second = place_event("a", "dense", START_NS + 5, severity=Severity.CRITICAL, group_id=first.event_id)
    earlier = place_event("b", "jam", START_NS - 5, severity=Severity.CRITICAL)
    tried = place_event("a", "new rule", START_NS + 7, silent=True)
    keeper.run(store.store_events([tried, second, earlier, first]))
    critical = keeper.run(store.event_groups(replace(ALL, start_ns=0, severities=(Severity.CRITICAL,)))).rows
    assert [(group.group_id, group.events) for group in critical] == [
        (earlier.event_id, listed(earlier)), (first.event_id, listed(first, second)),
    ]  # fmt: skip
    assert (critical[1].main.rule, critical[1].state) == ("dense", EventState.OPEN)
    one_by_one: list[str] = []
    after = None
    while not one_by_one or after is not None:
        page = keeper.run(store.event_groups(replace(ALL, start_ns=0, silent=False, limit=1, after=after)))
        one_by_one += [group.group_id for group in page.rows]
        after = page.after
    assert one_by_one == [earlier.event_id, first.event_id]
    assert [one.rule for one in paged(keeper, store, silent=True)] == ["new rule"]
    assert [one.rule for one in paged(keeper, store, groups=(first.event_id,))] == ["crowd", "dense"]


def test_what_is_decided_about_a_group_is_decided_about_all_of_it_or_none(keeper: Keeper) -> None:
    store = keeper.open()
    some = [place_event("a", "crowd", START_NS + number) for number in range(3)]
    keeper.run(store.store_events(some[:2]))

    def acknowledge(events: list[PlaceEvent]) -> bool:
        kind = DecisionKind.ACKNOWLEDGED
        pairs = [
            (Decision(one.event_id, START_NS, "ana", kind), AuditEntry(START_NS, "ana", "event.acknowledged", one.rule))
            for one in events
        ]
        return keeper.run(store.add_decisions(pairs))

    assert not acknowledge(some)
    assert (acts(keeper, store), keeper.run(store.decisions([one.event_id for one in some]))) == ([], ())
    assert acknowledge(some[:2])
    assert len(acts(keeper, store)) == len(keeper.run(store.decisions([one.event_id for one in some]))) == 2


def test_a_report_after_a_decision_leaves_it(keeper: Keeper) -> None:
    store = keeper.open()
    keeper.run(store.store_events([OPEN]))
    decided(keeper, store, OPEN, DecisionKind.ACKNOWLEDGED)
    keeper.run(store.store_events([closed(OPEN)]))
    assert [one.kind for one in keeper.run(store.decisions([OPEN.event_id]))] == [DecisionKind.ACKNOWLEDGED]


def test_nothing_is_decided_about_an_event_that_is_not_there(keeper: Keeper) -> None:
    store = keeper.open()
    assert not decided(keeper, store, OPEN, DecisionKind.ACKNOWLEDGED)
    assert acts(keeper, store) == []


def test_a_decision_that_cannot_be_audited_is_none(keeper: Keeper) -> None:
    store = keeper.open()
    keeper.run(store.store_events([OPEN]))
    keeper.execute("UPDATE audit_logs SET fault = 'broken by a test'")
    with pytest.raises(AuditBrokenError):
        decided(keeper, store, OPEN, DecisionKind.ACKNOWLEDGED)
    assert keeper.run(store.decisions([OPEN.event_id])) == ()


def test_the_newest_verdict_of_each_event_counts_for_its_rule(keeper: Keeper) -> None:
    store = keeper.open()
    some = [place_event("a", "crowd", START_NS + number) for number in range(5)]
    other = place_event("b", "crowd", START_NS)
    elsewhen = place_event("a", "crowd", ALL.end_ns)
    keeper.run(store.store_events([*some, other, elsewhen]))
    for event, verdicts in zip(some, ("tf", "t", "t", "u", ""), strict=True):
        for letter in verdicts:
            verdict = {"t": Judgement.TRUE, "f": Judgement.FALSE, "u": Judgement.UNSURE}[letter]
            decided(keeper, store, event, DecisionKind.JUDGED, verdict=verdict)
    decided(keeper, store, elsewhen, DecisionKind.JUDGED, verdict=Judgement.FALSE)
    kind = RuleKind.OVERCROWDING
    wanted = (
        RuleRecord("a", "crowd", kind, 5, 2, 1, 1, alarms=5, false_alarms=1, first_ns=START_NS),
        RuleRecord("b", "crowd", kind, 1, alarms=1, first_ns=START_NS),
    )
    assert keeper.run(store.rule_records(ALL)) == wanted
    assert keeper.run(store.rule_records(replace(ALL, cameras=("b",)))) == wanted[1:]


def test_a_verdict_that_is_taken_back_does_not_count_for_its_rule(keeper: Keeper) -> None:
    store = keeper.open()
    keeper.run(store.store_events([OPEN]))
    for verdict in (Judgement.FALSE, Judgement.TRUE):
        decided(keeper, store, OPEN, DecisionKind.JUDGED, verdict=verdict)
    counts = []
    for held in (Judgement.FALSE, None):
        decided(keeper, store, OPEN, DecisionKind.TAKEN_BACK, of=DecisionKind.JUDGED, verdict=held)
        (record,) = keeper.run(store.rule_records(ALL))
        counts.append((record.true, record.false))
    assert counts == [(0, 1), (0, 0)]
    assert standing_of(keeper.run(store.decisions([OPEN.event_id]))).verdict is None


def test_a_mark_that_is_taken_back_can_be_made_again(keeper: Keeper) -> None:
    store = keeper.open()
    keeper.run(store.store_events([OPEN]))
    for _ in range(2):
        decided(keeper, store, OPEN, DecisionKind.REVIEWED)
        decided(keeper, store, OPEN, DecisionKind.TAKEN_BACK, of=DecisionKind.REVIEWED)
    decided(keeper, store, OPEN, DecisionKind.REVIEWED)
    found = keeper.run(store.decisions([OPEN.event_id]))
    assert (len(found), standing_of(found).reviewed_by) == (5, ("ana",))


def test_an_alarm_is_a_group_that_was_raised_in_the_time_and_counts_for_its_first_rule(keeper: Keeper) -> None:
    store = keeper.open()
    first = open_event("a", "crowd", START_NS + 9)
    second = place_event("a", "dense", START_NS + 10, group_id=first.event_id)
    earlier = open_event("a", "crowd", START_NS - 3600 * NS_PER_S)
    tried = place_event("a", "new rule", START_NS + 7, silent=True)
    keeper.run(store.store_events([first, second, earlier, tried]))
    for event in (first, second, tried):
        decided(keeper, store, event, DecisionKind.JUDGED, verdict=Judgement.FALSE)
    found = {one.rule: one for one in keeper.run(store.rule_records(ALL))}
    figures = {name: (one.events, one.alarms, one.false_alarms, one.silent) for name, one in found.items()}
    assert figures == {"crowd": (2, 1, 1, 0), "dense": (1, 0, 0, 0), "new rule": (1, 0, 0, 1)}
    assert [one.first_ns for one in found.values()] == [first.raised_ns, None, None]


def test_the_newest_switch_of_profiles_is_kept_with_its_audit_entry(keeper: Keeper) -> None:
    store = keeper.open()
    assert keeper.run(store.profile_switch()) is None
    switches = [ProfileSwitch(frozenset({"đak", "night"}), START_NS), ProfileSwitch(frozenset(), 0)]
    for switch in switches:
        keeper.run(store.switch_profiles(switch, "ana", AuditEntry(START_NS, "ana", "event.switched", "")))
        assert keeper.run(store.profile_switch()) == (switch, "ana")
    assert acts(keeper, store) == ["event.switched"] * 2
    keeper.execute("UPDATE audit_logs SET fault = 'broken by a test'")
    with pytest.raises(AuditBrokenError):
        keeper.run(store.switch_profiles(switches[0], "ben", AuditEntry(START_NS, "ben", "event.switched", "")))
    assert keeper.run(store.profile_switch()) == (switches[1], "ana")


def test_a_removed_account_is_not_named_in_what_it_decided(keeper: Keeper) -> None:
    store = keeper.open()
    keeper.run(store.store_events([OPEN]))
    decided(keeper, store, OPEN, DecisionKind.HANDED_OVER, "ana", to="ben")
    decided(keeper, store, OPEN, DecisionKind.REVIEWED, "ben")
    entry = AuditEntry(START_NS, "ben", "profiles.switched", "")
    keeper.run(store.switch_profiles(ProfileSwitch(frozenset(), 1), "ben", entry))
    for name in ("ben", "eva"):
        keeper.execute(f"INSERT INTO accounts VALUES ('{name}', '{name}', '{name}', 0, 1, NULL, NULL)")
    assert keeper.run(store.access.remove_account("ben", AuditEntry(START_NS, "eva", "account.removed", "ben")))
    found = keeper.run(store.profile_switch())
    assert found is not None
    assert found[1].startswith("removed account ")
    handed, reviewed = keeper.run(store.decisions([OPEN.event_id]))
    assert (handed.account, reviewed.account) == ("ana", handed.to)
    assert handed.to.startswith("removed account ")


def test_alerts_of_the_version_before_become_closed_events(keeper: Keeper) -> None:
    keeper.open()
    keeper.close()
    keeper.execute(
        "DROP TABLE place_events",
        "DROP TABLE event_decisions",  # and the versions after this one are run again, too
        "DROP TABLE notices",
        "DROP TABLE notified_events",
        "CREATE TABLE alerts (alert_id INTEGER PRIMARY KEY, time_ns BIGINT, camera TEXT, rule TEXT, place TEXT, "
        "value DOUBLE PRECISION, threshold DOUBLE PRECISION, unit TEXT, why TEXT)",
        f"INSERT INTO alerts VALUES (1, {START_NS}, 'n', 'mass-viewing', 'live view', 13, 12, '1/h', 'One looked.'), "
        f"(2, {START_NS}, 'n', 'crowd', 'a', 5, 4, 'm-2', 'Dense.'), "
        f"(3, {START_NS}, 'n', 'crowd', 'b', 5, 4, 'm-2', '')",
        "INSERT INTO deletion_runs (kind, time_ns, cutoff_ns, deleted) VALUES ('alerts', 1, 1, 7)",
    )
    keeper.migrate_again("place_events")
    keeper.migrate_again("event_groups")
    keeper.migrate_again("notices")
    store = keeper.open()
    found = {(one.kind, one.place): one for one in paged(keeper, store)}
    assert set(found) == {(RuleKind.MASS_VIEWING, ""), (RuleKind.OVERCROWDING, "a"), (RuleKind.OVERCROWDING, "b")}
    one = found[RuleKind.MASS_VIEWING, ""]
    assert (one.rule, one.value, one.threshold, one.unit, one.why) == ("mass-viewing", 13, 12, "/h", "One looked.")
    assert (one.state, one.start_ns, one.end_ns) == (EventState.CLOSED, START_NS, START_NS)
    whole = keeper.run(store.event(one.event_id))
    assert whole is not None
    assert whole.samples == (Sample(START_NS, 13),)
    assert [(run.kind.value, run.deleted) for run in keeper.run(store.deletion_runs())] == [("events", 7)]
