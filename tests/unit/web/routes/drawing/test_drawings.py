"""What is drawn at a camera over HTTP: read, checked, saved with its comments, and never overwritten unseen."""

import asyncio
from typing import Any

import pytest

from testing.web.configurations import FakeConfigurations
from testing.web.fakes import SITE, Service
from tests.unit.web.routes.events.test_place_events import service

PATH = "/api/v1/cameras/square/drawing"
GATE = {"points": [[0.27, 0.36], [0.25, 0.48]], "forward": "out", "backward": "in"}
BENCHES = {"points": [[0.3, 0.3], [0.7, 0.3], [0.7, 0.6]]}


def drawing(role: str = "engineer") -> Service:
    return service(role=role)


def put(made: Service, body: dict[str, Any], tag: str = "*") -> Any:
    return made.put(PATH, json=body, headers={"If-Match": tag if tag == "*" else f'"{tag}"'})


def test_it_is_saved_as_a_new_version_and_nothing_else_of_the_file_changes() -> None:
    made = drawing()
    before = made.get(PATH)
    assert before.json() == {
        "lines": {}, "zones": {}, "movements": {}, "masks": [], "look_closer": [], "ground": None,
        "tag": before.json()["tag"],
    }  # fmt: skip
    assert before.headers["etag"] == f'"{before.json()["tag"]}"'
    saved = put(made, {"lines": {"west gate": GATE}}, before.json()["tag"])
    assert saved.status_code == 200, saved.text
    assert saved.json()["lines"] == {"west gate": GATE}
    assert saved.headers["etag"] == f'"{saved.json()["tag"]}"' != before.headers["etag"]
    newest = made.configurations.kept[-1]
    assert (newest.number, newest.author) == (2, "ana")
    drawn = "    lines:\n      west gate: {points: [[0.27, 0.36], [0.25, 0.48]], forward: out, backward: in}\n"
    assert newest.text == SITE.replace("  gate:\n", drawn + "  gate:\n")
    assert made.get(PATH).json() == saved.json()


def test_saving_what_is_there_makes_no_version() -> None:
    made = drawing()
    put(made, {"zones": {"benches": BENCHES}})
    assert put(made, {"zones": {"benches": BENCHES}}).status_code == 200
    assert len(made.configurations.kept) == 2


def test_the_second_of_two_people_gets_the_difference_and_overwrites_nothing() -> None:
    made = drawing()
    tag = made.get(PATH).json()["tag"]
    first = put(made, {"lines": {"west gate": GATE}, "zones": {"benches": BENCHES}}, tag).json()
    moved = {**GATE, "points": [[0.2, 0.36], [0.25, 0.48]]}
    refused = put(made, {"lines": {"west gate": moved}, "masks": [BENCHES["points"]]}, tag)
    assert refused.status_code == 412
    assert refused.headers["etag"] == f'"{first["tag"]}"'
    assert refused.headers["content-type"] == "application/problem+json"
    problem = refused.json()
    assert (problem["code"], problem["author"], problem["current"]) == ("changed-meanwhile", "ana", first)
    assert problem["differences"] == [
        {"where": "lines.west gate", "yours": moved, "theirs": GATE},
        {"where": "zones.benches", "yours": None, "theirs": BENCHES},
        {"where": "masks", "yours": [BENCHES["points"]], "theirs": None},
    ]
    assert made.get(PATH).json() == first
    assert put(made, {"lines": {"west gate": moved}}, first["tag"]).status_code == 200


def test_a_change_of_another_camera_is_no_conflict() -> None:
    made = drawing()
    tag = made.get(PATH).json()["tag"]
    made.configurations.kept.append(made.configurations.kept[0])
    asyncio.run(made.configurations.apply(SITE.replace("# north mast", "# south mast"), "bob", None))
    assert put(made, {"lines": {"west gate": GATE}}, tag).status_code == 200
    assert "# south mast" in made.configurations.kept[-1].text


def test_it_says_whose_change_it_would_be() -> None:
    made = drawing()
    assert made.put(PATH, json={}).json()["code"] == "base-needed"
    assert put(made, {}, "not a tag").status_code == 422


@pytest.mark.parametrize(
    ("body", "where", "what"),
    [
        ({"zones": {"benches": {"points": [[0, 0], [1, 1]]}}}, "zones.benches.points", "a zone needs 3 points, got 2"),
        ({"lines": {"a": {"points": [[0, 0], [2, 0]]}}}, "lines.a.points[1]", "x must lie between 0 and 1"),
        ({"lines": {"a.b": {"points": [[0, 0], [0, 0]]}}}, "lines.'a.b'.points", "the line has no length"),
        ({"masks": [[[0, 0], [1, 1], [1, 0], [0, 1]]]}, "masks[0]", "the polygon crosses itself"),
        ({"ground": {"points": []}}, "ground.points", "the ground needs 4 points, got 0"),
        (
            {"movements": {"m": {"from": {"line": "a", "way": "x"}, "to": {}}}},
            "movements.m.from.line",
            "is no line of this camera",
        ),
        ({"lines": {"a": GATE}, "zones": {"a": BENCHES}}, "zones.a", ""),
    ],
)
def test_what_is_wrong_is_said_where_it_is_and_not_saved(body: dict[str, Any], where: str, what: str) -> None:
    made = drawing()
    checked = made.post(f"{PATH}/check", json=body).json()["faults"]
    assert (checked[0]["where"], what in checked[0]["what"]) == (where, True), checked
    refused = put(made, body)
    assert refused.status_code == 422
    assert refused.json()["faults"][0]["where"] == f"body.{where}"
    assert len(made.configurations.kept) == 1


def test_notes_say_what_is_probably_not_meant() -> None:
    same = {**GATE, "forward": "out", "backward": "out"}
    checked = drawing().post(f"{PATH}/check", json={"lines": {"west gate": same}}).json()
    assert checked["faults"] == []
    assert checked["notes"] == ["line west gate: both ways are called out; its two counts cannot be distinguished"]


def test_the_history_names_who_changed_the_drawing_and_when() -> None:
    made = drawing()
    put(made, {"lines": {"west gate": GATE}})
    asyncio.run(made.configurations.apply(made.configurations.kept[-1].text + "# end\n", "bob", None))
    put(made, {"zones": {"benches": BENCHES}})
    rows = made.get(f"{PATH}/versions").json()["rows"]
    assert [(row["number"], row["author"], list(row["drawing"]["lines"])) for row in rows] == [
        (4, "ana", []), (2, "ana", ["west gate"]), (1, "file", []),
    ]  # fmt: skip
    assert rows[0]["drawing"] == made.get(PATH).json()


def test_a_file_that_somebody_has_edited_by_hand_is_not_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    from passerby.ports import ConfigurationConflictError, ConfigurationRefusedError

    made = drawing()

    async def edited(self: FakeConfigurations, *_: Any) -> None:
        raise ConfigurationConflictError("the file was edited by hand")

    monkeypatch.setattr(FakeConfigurations, "apply", edited)
    refused = put(made, {"lines": {"west gate": GATE}})
    assert (refused.status_code, refused.json()["code"]) == (409, "changed-meanwhile")

    async def faulty(self: FakeConfigurations, *_: Any) -> None:
        raise ConfigurationRefusedError(("site.yaml:3 cameras.gate: broken",))

    monkeypatch.setattr(FakeConfigurations, "apply", faulty)
    assert "cameras.gate: broken" in put(made, {"lines": {"west gate": GATE}}).json()["detail"]


def test_who_may_not_draw_may_not() -> None:
    for role in ("operator", "analyst", "officer"):
        assert put(drawing(role), {}).status_code == 403
