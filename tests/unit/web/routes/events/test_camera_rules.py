"""A camera's rules over HTTP: read, checked key by key, changed, and never over another person's change."""

import asyncio
from typing import Any

import httpx
import pytest

from passerby.domain.errors import OutputError
from testing.web.fakes import FakeConfigurations, Service

PATH = "/api/v1/cameras/square/rules"
TEXT = """\
cameras:
  square:
    source: {rtsp: "rtsp://10.0.0.7/stream", user: viewer, password: "********"}
    zones: {benches: {points: [[0.3, 0.3], [0.7, 0.3], [0.7, 0.6]]}}
    rules:
      crowded: {kind: overcrowding, zone: benches, above_people: 40}  # by the fire brigade
  gate: {source: {rtsp: "rtsp://10.0.0.8/x"}}
profiles: {market: {}}
"""
CROWDED: dict[str, Any] = {"kind": "overcrowding", "zone": "benches", "above_people": 40}
FULL = {"kind": "saturated", "zone": "benches", "silent": True}


def service(configurations: FakeConfigurations | None = None) -> Service:
    return Service(configurations=configurations or FakeConfigurations(TEXT))


def put(made: Service, rules: Any, if_match: str | None = None, path: str = PATH) -> httpx.Response:
    tag = made.get(PATH).headers["etag"] if if_match is None else if_match
    return made.put(path, json={"rules": rules}, headers={"If-Match": tag} if tag else {})


def test_rules_are_read_as_they_stand_in_the_file() -> None:
    answer = service().get(PATH)
    assert answer.json()["rules"] == {"crowded": CROWDED}
    assert answer.headers["etag"] == f'"{answer.json()["tag"]}"'
    assert service().get("/api/v1/cameras/gate/rules").json()["rules"] == {}


def test_a_change_keeps_comments_and_is_a_version() -> None:
    made = service()
    answer = put(made, {"crowded": {**CROWDED, "above_people": 50}, "full": FULL})
    assert answer.status_code == 200, answer.text
    assert list(answer.json()["rules"]) == ["crowded", "full"]
    assert answer.headers["etag"] == made.get(PATH).headers["etag"]
    newest = made.configurations.kept[-1]
    assert (newest.number, newest.author) == (2, "holder of the link")
    assert "above_people: 50}  # by the fire brigade" in newest.text
    assert put(made, {}).json()["rules"] == {}


def test_the_same_rules_are_not_changed_twice_unseen() -> None:
    made = service()
    tag = made.get(PATH).headers["etag"]
    assert put(made, {"full": FULL}, tag).status_code == 200
    refused = put(made, {}, tag)
    assert (refused.status_code, refused.json()["code"]) == (412, "changed-meanwhile")
    assert f"GET {PATH}" in refused.json()["do"]
    assert put(made, {}, "*").status_code == 200
    assert put(made, {}, "").status_code == 428
    assert put(made, {}, "W/x").status_code == 422


def test_a_change_elsewhere_in_the_file_is_no_conflict() -> None:
    made = service()
    tag = made.get(PATH).headers["etag"]
    assert put(made, {}, "*", "/api/v1/cameras/gate/rules").status_code == 200
    made.put("/api/v1/configuration", json={"text": TEXT + "# new\n"}, headers={"If-Match": "*"})
    assert put(made, {"full": FULL}, tag).status_code == 200
    assert made.configurations.kept[-1].text.endswith("# new\n")


def test_faults_name_the_rule_and_its_key() -> None:
    made = service()
    rules = {
        "crowded": {**CROWDED, "zone": "bench"},
        "full: up": {**FULL, "hours": [{"days": ["mo"]}]},
        "odd": {"kind": "mass_viewing"},
    }
    faults = made.post(f"{PATH}/validate", json={"rules": rules}).json()["faults"]
    found = {(fault["rule"], fault["key"]) for fault in faults}
    assert found == {("crowded", "zone"), ("full: up", "hours[0].days"), ("odd", "kind")}
    refused = put(made, rules)
    assert (refused.status_code, refused.json()["code"]) == (422, "bad-value")
    assert "body.rules.full: up.hours[0].days" in [fault["where"] for fault in refused.json()["faults"]]
    assert len(made.configurations.kept) == 1
    assert made.post(f"{PATH}/validate", json={"rules": {"crowded": CROWDED}}).json() == {"faults": []}


def test_what_an_alias_shares_is_no_fault_of_one_rule() -> None:
    made = service(FakeConfigurations("cameras:\n  square: &x {analysed_fps: 5}\n  gate: *x\n"))
    (fault,) = made.post(f"{PATH}/validate", json={"rules": {"full": FULL}}).json()["faults"]
    assert (fault["rule"], "without changing other parts" in fault["what"]) == ("", True)


def test_a_file_that_cannot_be_written() -> None:
    class Full(FakeConfigurations):
        async def apply(self, text: str, author: str, base: int | None) -> Any:
            raise OutputError("site.yaml: the disk is full")

    answer = put(service(Full(TEXT)), {"full": FULL})
    assert (answer.status_code, answer.json()["code"]) == (503, "not-written")


@pytest.mark.parametrize("path", [PATH, f"{PATH}/validate"])
def test_an_unknown_camera(path: str) -> None:
    method = "PUT" if path == PATH else "POST"
    answer = asyncio.run(
        service().ask(method, path.replace("square", "sqare"), json={"rules": {}}, headers={"If-Match": "*"})
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-camera")


def test_each_kind_says_what_it_is_written_with() -> None:
    rows = {row["kind"]: row for row in service().get("/api/v1/rule-kinds").json()["rows"]}
    assert "mass_viewing" not in rows
    crowded = rows["overcrowding"]
    assert (crowded["place"], crowded["place_needed"], crowded["trial"]) == ("zone", True, "past")
    assert [(each["key"], each["needs_ground"]) for each in crowded["thresholds"]] == [
        ("above_people", False), ("above_per_m2", True),
    ]  # fmt: skip
    assert crowded["keys"]["properties"]["hold_s"] == {
        "default": 10, "maximum": 3600, "minimum": 0, "title": "Hold S", "type": "number",
    }  # fmt: skip
    assert rows["speeds"]["thresholds"][0]["factor"] == pytest.approx(1 / 3.6)
    assert (rows["camera_state"]["place"], rows["near_misses"]["place_needed"]) == ("camera", False)
    assert [rows[kind]["trial"] for kind in ("queue", "obstacle")] == ["live", "silent"]
