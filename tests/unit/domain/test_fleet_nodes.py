"""What is reported of a node: only what a person has to do something about."""

from dataclasses import replace

import pytest

from passerby.domain.fleet import FleetNode, NodeState, is_connected, trouble_of
from passerby.units import DAY_S, NS_PER_S
from testing.waiting import TUESDAY_S

NOW_NS = TUESDAY_S * NS_PER_S
NODE = FleetNode(
    "pole-7",
    "ab12",
    NodeState.JOINED,
    "",
    NOW_NS,
    NOW_NS,
    NOW_NS,
    NOW_NS + 150 * DAY_S * NS_PER_S,
    counter=1,
    clock_off_s=59.0,
)


def test_nothing_is_wrong_with_a_node_whose_clock_is_off_by_less_than_a_minute() -> None:
    assert trouble_of(NODE, NOW_NS) == ""


@pytest.mark.parametrize(
    ("node", "words"),
    [
        (replace(NODE, state=NodeState.REVOKED), "revoked 2026-09-29 00:00 UTC"),
        (replace(NODE, state=NodeState.CLONED), "two machines have its key"),
        (replace(NODE, certificate_end_ns=NOW_NS), "has ended: invite it again"),
        (replace(NODE, certificate_end_ns=NOW_NS + 29 * DAY_S * NS_PER_S), "ends soon"),
        (replace(NODE, clock_off_s=-3700.0), "its clock is 1 h 01 min behind"),
        (replace(NODE, clock_off_s=75.0), "its clock is 1 min 15 s ahead"),
    ],
)
def test_what_is_wrong_is_said(node: FleetNode, words: str) -> None:
    assert words in trouble_of(node, NOW_NS)


def test_a_node_is_connected_while_the_hub_has_seen_it_of_late() -> None:
    assert is_connected(NODE, NOW_NS + 119 * NS_PER_S)
    assert not is_connected(NODE, NOW_NS + 120 * NS_PER_S)
    assert not is_connected(replace(NODE, state=NodeState.REVOKED), NOW_NS)
    assert not is_connected(replace(NODE, counter=0), NOW_NS), "it has only joined"
