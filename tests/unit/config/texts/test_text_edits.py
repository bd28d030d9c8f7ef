"""Single values changed in a site file's text: what was not asked for stays letter for letter, comments included."""

import pytest

from passerby.config.document import parse
from passerby.config.texts.text_edits import TextEditError, edited

TEXT = """\
# The market
cameras:
    square:   # north mast
        source: {rtsp: "rtsp://10.0.0.7/stream", user: viewer}   # since May
        rules:     # all of them
          # the crowd
          crowded: {kind: overcrowding, zone: benches, above_people: 40}   # by the fire brigade
          # cars
          cars:
            kind: vehicle_in_zone
            zone: benches    # really
            hours:
              - {from: "08:00"}
              # late
              - {from: "18:00"}
          # after
    gate:
      source:
        http: http://x"""
RULES = ("cameras", "square", "rules")
CROWDED = {"kind": "overcrowding", "zone": "benches", "above_people": 40}
CARS = {"kind": "vehicle_in_zone", "zone": "benches", "hours": [{"from": "08:00"}, {"from": "18:00"}]}


def test_nothing_changes_where_nothing_differs() -> None:
    assert edited(TEXT, {RULES: {"crowded": CROWDED, "cars": CARS}}) == TEXT


def test_one_number_changes_alone() -> None:
    changed = edited(TEXT, {RULES: {"crowded": {**CROWDED, "above_people": 55}, "cars": CARS}})
    assert changed == TEXT.replace("above_people: 40", "above_people: 55")


def test_items_of_a_list_change_and_go_by_themselves() -> None:
    changed = edited(TEXT, {(*RULES, "cars", "hours"): [{"from": "09:00", "days": ["mon"]}]})
    hours = (
        '            hours:\n              - {from: "09:00", days: [mon]}\n              # late\n          # after\n'
    )
    assert hours in changed
    assert "zone: benches    # really\n" in changed


def test_a_key_joins_a_mapping_on_one_line_and_a_block() -> None:
    changed = edited(TEXT, {(*RULES, "crowded", "silent"): True, (*RULES, "cars", "severity"): "critical"})
    assert "crowded: {kind: overcrowding, zone: benches, above_people: 40, silent: true}   # by the" in changed
    assert '              - {from: "18:00"}\n            severity: critical\n          # after\n' in changed


def test_a_new_rule_stands_on_one_line_or_in_a_block_with_its_list() -> None:
    new = {"no: way": {"kind": "saturated", "hours": [{"from": "08:00"}]}, "stau-1": {"kind": "saturated"}}
    changed = edited(TEXT, {(*RULES, name): rule for name, rule in new.items()})
    block = '          "no: way":\n            kind: saturated\n            hours:\n              - {from: "08:00"}\n'
    assert f"{block}          stau-1: {{kind: saturated}}\n          # after\n" in changed


def test_a_removed_rule_leaves_the_comments_of_others() -> None:
    changed = edited(TEXT, {(*RULES, "cars"): None})
    assert "really" not in changed
    assert changed.index("# cars") < changed.index("# after") < changed.index("gate:")


def test_the_last_rule_takes_its_key_along() -> None:
    assert "rules" not in edited(TEXT, {RULES: None})


def test_keys_on_the_way_are_added() -> None:
    changed = edited(TEXT, {("cameras", "gate", "register", "purposes"): ["crowd_safety"]})
    assert changed == f"{TEXT}\n      register: {{purposes: [crowd_safety]}}\n"


def test_mappings_on_the_way_go_with_their_last_key_unless_they_are_to_stay() -> None:
    text = "cameras:\n  a:\n    anonymise: {mode: mosaic}\nstore: {}\n"
    mode = ("cameras", "a", "anonymise", "mode")
    assert edited(text, {mode: None}, [("cameras", "a")]) == "cameras:\n  a: {}\nstore: {}\n"
    assert edited(text, {mode: None}) == "store: {}\n"


@pytest.mark.parametrize("word", ["yes", "No", "null", "1", "08:00", "a # b", "", " a", "- a", "é", "[", "*x", 'a"b\\'])
def test_a_text_stays_a_text(word: str) -> None:
    changed = edited(TEXT, {("cameras", "gate", "groups"): [word], ("cameras", "gate", word or "x"): word})
    gate = parse(changed).value["cameras"]["gate"]  # type: ignore[index]
    assert (gate["groups"], gate[word or "x"]) == ((word,), word)


@pytest.mark.parametrize(
    "shared",
    [
        "cameras:\n  a: &x\n    rules:\n      q: {kind: saturated}\n  b: *x\n",
        "cameras:\n  a: {rules: &x {q: {kind: saturated}}}\n  b: {rules: *x}\n",
    ],
)
def test_what_is_shared_by_an_alias_is_refused(shared: str) -> None:
    for camera in ("a", "b"):
        with pytest.raises(TextEditError, match="without changing other parts"):
            edited(shared, {("cameras", camera, "rules", "q", "kind"): "obstacle"})


def test_a_file_without_keys_is_refused() -> None:
    with pytest.raises(TextEditError, match="no keys"):
        edited("- a\n", {("cameras",): None})
