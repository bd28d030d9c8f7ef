"""The tiles of the map over HTTP: whole, by ranges, and when the file is no more what it was."""

from dataclasses import replace
from pathlib import Path

import pytest

from testing.pictures.map_tiles import pmtiles, write_pmtiles
from testing.web.fakes import Service

WHOLE = pmtiles()


@pytest.fixture
def service(tmp_path: Path) -> Service:
    service = Service()
    path = write_pmtiles(tmp_path / "city.pmtiles")
    service.configurations.plan = replace(service.configurations.plan, map_file=path)
    return service


def path_of(service: Service) -> Path:
    path = service.configurations.plan.map_file
    assert path is not None
    return path


def test_the_whole_file_and_its_head(service: Service) -> None:
    answer, head = service.get("/api/v1/map"), service.request("HEAD", "/api/v1/map")
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (
        200,
        WHOLE,
        "application/vnd.pmtiles",
    )
    assert (head.status_code, head.content) == (200, b"")
    for name in ("etag", "content-length", "accept-ranges", "content-type"):
        assert head.headers[name] == answer.headers[name]
    assert service.get("/api/v1/version").json()["site"]["map"] is True


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-126", 0, 126), ("bytes=127-", 127, len(WHOLE) - 1), ("bytes=100-99999999", 100, len(WHOLE) - 1)],
)
def test_a_range_of_bytes(service: Service, asked: str, first: int, last: int) -> None:
    answer = service.get("/api/v1/map", headers={"Range": asked})
    assert (answer.status_code, answer.content) == (206, WHOLE[first : last + 1])
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(WHOLE)}"
    head = service.request("HEAD", "/api/v1/map", headers={"Range": asked})
    assert (head.status_code, head.content, head.headers["content-length"]) == (206, b"", str(last + 1 - first))


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("asked", ["bytes=999999-", "bytes=9-3", "bytes=-5", "bytes=0-1,3-4", "lines=0-1", "bytes=a-b"])
def test_other_ranges_are_refused_with_the_size(service: Service, asked: str, again: bool) -> None:
    still = {"If-Range": service.get("/api/v1/map").headers["etag"]} if again else {}
    answer = service.get("/api/v1/map", headers={"Range": asked} | still)
    assert (answer.status_code, answer.json()["code"]) == (416, "no-such-range")
    assert answer.headers["content-range"] == f"bytes */{len(WHOLE)}"


def test_a_range_of_another_file_than_before_is_answered_with_all_of_it(service: Service) -> None:
    etag = service.get("/api/v1/map").headers["etag"]
    headers = {"Range": "bytes=0-6", "If-Range": etag}
    assert service.get("/api/v1/map", headers=headers).content == b"PMTiles"
    write_pmtiles(path_of(service), attribution="another survey, with a longer name")
    answer = service.get("/api/v1/map", headers=headers)
    assert (answer.status_code, answer.content) == (200, path_of(service).read_bytes())
    assert answer.headers["etag"] != etag
    assert service.get("/api/v1/map", headers=headers | {"Range": "bytes=a-b"}).status_code == 200


def test_a_site_without_a_map_says_how_to_have_one() -> None:
    answer = Service().get("/api/v1/map")
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-map")
    assert "site.map" in answer.json()["do"]


def test_a_file_that_was_taken_away_or_replaced_is_not_served(service: Service) -> None:
    path_of(service).write_bytes(b"a letter that is no map" * 20)
    answer = service.get("/api/v1/map")
    assert (answer.status_code, answer.json()["code"]) == (503, "map-not-readable")
    assert "letter" not in answer.text
    path_of(service).unlink()
    answer = service.get("/api/v1/map", headers={"Range": "bytes=0-3"})
    assert (answer.status_code, answer.json()["detail"]) == (
        503,
        "The file of the map cannot be used: there is no such file.",
    )


@pytest.mark.parametrize("path", ["/api/v1/map/city.pmtiles", "/api/v1/map/../version", "/api/v1/map/%2e%2e/%2e%2e"])
def test_no_other_file_can_be_named(service: Service, path: str) -> None:
    assert b"PMTiles" not in service.get(path).content


@pytest.mark.parametrize("name", ["path", "file", "map"])
def test_no_parameter_names_a_file(service: Service, name: str) -> None:
    assert service.get(f"/api/v1/map?{name}=/etc/passwd").status_code == 422
