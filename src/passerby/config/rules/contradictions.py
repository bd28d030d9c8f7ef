"""Rules of one camera that contradict each other, or that are always raised together."""

from collections.abc import Iterator, Mapping
from itertools import combinations, permutations

from passerby.config.events.keys import AnyRuleKeys, CounterFlowKeys, WrongWayKeys
from passerby.config.events.rules import place_of
from passerby.config.events.thresholds import Threshold, given
from passerby.config.events.week import hours_of, meet
from passerby.config.site import LineKeys
from passerby.config.validation import Loc, excerpt
from passerby.config.values import way_of
from passerby.domain.event_rules import Severity


def contradictions(rules: Mapping[str, AnyRuleKeys], lines: Mapping[str, LineKeys]) -> Iterator[tuple[Loc, str]]:
    """Yields what contradicts another rule, each with where in `rules`.

    Args:
        rules: name -> rule; only those whose own keys are sound.
        lines: name -> line.
    """
    for one, other in permutations(rules, 2):
        lower, higher = rules[one], rules[other]
        threshold = _shared_threshold(lower, higher)
        if threshold is None or _rank(lower) >= _rank(higher) or _hold_s(lower) < _hold_s(higher):
            continue
        mine, its = getattr(lower, threshold.key), getattr(higher, threshold.key)
        if mine > its:
            yield (
                (one, threshold.key),
                f"it lies above that of {excerpt(other)} ({its:g}), which is {higher.severity} and so would come "
                f"before this {lower.severity}, got {mine:g}: take a lower one, or a lower severity there",
            )
    for one, other in combinations(rules, 2):
        if _against_each_other(rules[one], rules[other], lines):
            yield (
                (other, "allowed_way"),
                f"{excerpt(one)} allows the other way over the same line at the same time, so that one of both is "
                "broken whatever happens: give them other hours or profiles, or take one away",
            )


def twins(rules: Mapping[str, AnyRuleKeys]) -> Iterator[tuple[str, str]]:
    """Yields the names of two rules that are passed at the same moment, as they have one threshold and hold time."""
    for one, other in combinations(rules, 2):
        threshold = _shared_threshold(rules[one], rules[other])
        same_hold = _hold_s(rules[one]) == _hold_s(rules[other])
        if threshold and same_hold and len({getattr(rules[each], threshold.key) for each in (one, other)}) == 1:
            yield one, other


def _shared_threshold(one: AnyRuleKeys, other: AnyRuleKeys) -> Threshold | None:
    """The threshold, in one unit, of two rules that watch the same at the same place and time; else None."""
    same = _watched(one) == _watched(other)
    mine, its = given(one), given(other)
    return mine if same and mine == its and _at_one_time(one, other) else None


def _at_one_time(one: AnyRuleKeys, other: AnyRuleKeys) -> bool:
    hours = not one.hours or not other.hours or meet(hours_of(one.hours), hours_of(other.hours))
    profiles = not one.profiles or not other.profiles or set(one.profiles) & set(other.profiles)
    return bool(hours and profiles)


def _against_each_other(one: AnyRuleKeys, other: AnyRuleKeys, lines: Mapping[str, LineKeys]) -> bool:
    """Two rules of which one is broken by everything that the other allows."""
    line = lines.get(place_of(one))
    if one.kind != other.kind or place_of(one) != place_of(other) or line is None or not _at_one_time(one, other):
        return False
    if isinstance(one, CounterFlowKeys) and isinstance(other, CounterFlowKeys):
        # The two shares add up to 1, so one of them is always above its threshold where these do not.
        if one.above_share + other.above_share >= 1:
            return False
    elif not isinstance(one, WrongWayKeys):
        return False
    names = {"forward": line.forward, "backward": line.backward}
    ways = {way_of(_way(each), names) for each in (one, other)}
    shared = _count(one) == () or _count(other) == () or bool({*_count(one)} & {*_count(other)})
    return shared and ways == {"forward", "backward"}


def _watched(rule: AnyRuleKeys) -> tuple[object, ...]:
    return rule.kind, place_of(rule), _way(rule), _count(rule)


def _rank(rule: AnyRuleKeys) -> int:
    return Severity(rule.severity).rank


def _hold_s(rule: AnyRuleKeys) -> float:
    return float(getattr(rule, "hold_s", 0.0))


def _way(rule: AnyRuleKeys) -> str:
    return str(getattr(rule, "allowed_way", ""))


def _count(rule: AnyRuleKeys) -> tuple[str, ...]:
    return tuple(sorted(getattr(rule, "count", None) or ()))
