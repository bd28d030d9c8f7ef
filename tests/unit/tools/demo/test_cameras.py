"""The demo's three cameras out of one, and the history that is made up for them and marked."""

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

from passerby.config.service import service_site
from passerby.domain.road_user import RoadUser
from testing.rtsp_camera.film import Film, Picture
from testing.source_tree import ROOT
from tools.demo.cameras import CAMERAS, FIRST_PORT, demo_site, shifted
from tools.demo.made_up import DAYS_BACK, HOURS, made_up

SITE = ROOT / "examples" / "demo.site.yaml"
TODAY = date(2026, 11, 30)
MIDNIGHT_S = int(datetime(2026, 11, 30, tzinfo=UTC).timestamp())
"""In London, in winter."""


def test_each_camera_runs_has_a_port_and_a_place_of_its_own_and_the_history_is_marked() -> None:
    site = service_site(demo_site(SITE, TODAY), "demo", Path(), {})
    assert site.warnings == ()
    assert site.plan.data == Path("data")
    plan = site.plan
    assert plan.made_up_before == TODAY
    assert [camera.name for camera in plan.running] == [one.name for one in CAMERAS]
    assert [camera.source.port for camera in plan.cameras] == [FIRST_PORT, FIRST_PORT + 1, FIRST_PORT + 2]
    places = {camera.registration.record.place.position for camera in plan.cameras if camera.registration.record}
    assert len(places) == len(CAMERAS)
    assert plan.cameras[1].groups == ("demo", "green")


def test_a_film_begins_elsewhere_and_goes_round() -> None:
    pictures = tuple(Picture(at / 10, at / 10, at % 5 == 0, (b"%d" % at,)) for at in range(20))
    film = Film("h264", (64, 36), pictures, 2.0, "", ())
    later = shifted(film, 0.4)
    assert [each.payloads[0] for each in later.pictures[:2]] == [b"10", b"11"]
    assert later.pictures[0].key
    times = [each.send_s for each in later.pictures]
    assert times == sorted(times)
    assert times[0] == 0.0
    assert times[-1] < film.length_s
    assert Counter(each.payloads for each in later.pictures) == Counter(each.payloads for each in film.pictures)


def test_made_up_days_are_always_the_same_and_none_is_today() -> None:
    plan = service_site(demo_site(SITE, TODAY), "demo", Path(), {}).plan
    rows = list(made_up(plan, TODAY))
    assert rows[:500] == [row for row, _ in zip(made_up(plan, TODAY), range(500), strict=False)]
    assert len({row.start_ns // (86_400 * 10**9) for row in rows}) == len(DAYS_BACK)
    assert max(row.start_ns for row in rows) < MIDNIGHT_S * 10**9
    lines = sum(len(camera.layout.lines) for camera in plan.cameras)
    walks = [row for row in rows if row.road_user is RoadUser.PEDESTRIAN]
    assert len(walks) == len(DAYS_BACK) * len(HOURS) * 60 * lines * 2
    assert sum(row.count for row in walks) > sum(row.count for row in rows) / 2
