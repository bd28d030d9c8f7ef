"""The map keeps north up, distances true, and every camera inside."""

import asyncio
import re
from dataclasses import replace

import pytest

from passerby.domain.configurations import ConfigurationVersion
from passerby.domain.register import Place, Registration, Wording
from passerby.register.catalogue import catalogue
from passerby.register.pages.map import MapPlace, camera_map, place_map
from passerby.register.published.publication import read_document
from testing.trial_service.site_register import camera_record
from testing.web.fakes import FakeStore, camera_plan, publication, site_plan


def drawn(*positions: tuple[float, float]) -> str | None:
    cameras = []
    for number, (latitude, longitude) in enumerate(positions):
        view = tuple((latitude + up, longitude + east) for up, east in ((0.0, 0.0), (1e-4, 0.0), (1e-4, 1e-4)))
        record = replace(camera_record(), place=Place(Wording({"": "x"}), (latitude, longitude), view))
        cameras.append(replace(camera_plan(f"c{number}"), registration=Registration(record)))
    store = FakeStore()
    plan = replace(site_plan(), cameras=tuple(cameras))
    asyncio.run(publication(store).publish(plan, ConfigurationVersion(1, 0, "a", "b")))
    found = read_document(store.registers[-1]).cameras
    return camera_map([(number, each, f"{each.camera}.html") for number, each in enumerate(found, 1)], catalogue("en"))


def circles(svg: str | None) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r'<circle cx="([\d.-]+)" cy="([\d.-]+)"', svg or "")]


@pytest.mark.parametrize("latitude", [-33.9, 0.5, 44.8, 69.6])
def test_north_is_up_east_is_right_and_equal_distances_are_equal(latitude: float) -> None:
    import math

    step = 0.001
    east = step / math.cos(math.radians(latitude))
    (x0, y0), (x1, y1), (x2, y2) = circles(drawn((latitude, 20.0), (latitude + step, 20.0), (latitude, 20.0 + east)))
    assert (x1, y2) == (pytest.approx(x0, abs=0.2), pytest.approx(y0, abs=0.2))
    assert y1 < y0
    assert x2 > x0
    assert y0 - y1 == pytest.approx(x2 - x0, rel=0.01)
    assert all(0 < x < 640 and 0 < y < 400 for x, y in ((x0, y0), (x1, y1), (x2, y2)))


def test_one_camera_and_none() -> None:
    assert len(circles(drawn((44.8, 20.46)))) == 1
    assert "20 m" in (drawn((44.8, 20.46)) or "")
    assert camera_map([], catalogue("en")) is None


def test_a_map_of_places_alone_leads_to_each() -> None:
    places = [MapPlace(1, "Square", 20.46, 44.8, "#place-1"), MapPlace(2, "Quay", 20.47, 44.8, "#place-2")]
    svg = place_map(places, "Places", catalogue("en"))
    (x0, y0), (x1, y1) = circles(svg)
    assert x0 < x1
    assert y0 == y1
    assert 'aria-label="2: Quay"' in (svg or "")
    assert "polygon" not in (svg or "")
    assert place_map([], "Places", catalogue("en")) is None
