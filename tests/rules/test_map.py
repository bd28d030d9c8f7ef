"""CONTRIBUTING's map of the rooms is the tree, in the order in which rooms may import."""

import re

from testing.source_tree import ROOT, project_settings, rooms

ROW = re.compile(r"^  (\w+)(/|\.py)\s+\S", re.MULTILINE)


def mapped() -> list[str]:
    """The rooms that CONTRIBUTING lists, in its order."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    return [name for name, _ in ROW.findall(text.partition("src/passerby/\n")[2].partition("```")[0])]


def test_the_map_names_every_room_and_no_other() -> None:
    assert len(mapped()) > 20
    assert sorted(mapped()) == sorted(rooms())


def test_the_map_keeps_the_order_of_the_import_rules() -> None:
    layers = next(
        contract["layers"]
        for contract in project_settings()["tool"]["importlinter"]["contracts"]
        if "layers" in contract
    )
    floor = {room.strip(" ()"): number for number, layer in enumerate(layers) for room in layer.split("|")}
    floors = [floor[room] for room in mapped() if room != "__main__"]
    assert floors == sorted(floors)
