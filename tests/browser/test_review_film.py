"""A review film plays in a browser, in each of its forms."""

from datetime import UTC
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route

from passerby.domain.layout import Layout
from passerby.domain.review import FilmEnd, FilmSpan
from passerby.messages.sandbox_orders import CountPlan
from passerby.recordings.review_film import ReviewFilm
from testing.pictures.film_moments import START_NS, film_moment
from testing.reports import line, market_square
from tests.browser.conftest import PATIENCE_MS

pytestmark = pytest.mark.slow

GATE = line("gate", [[0.5, 0.05], [0.5, 0.95]], "to the station", "to the square")
PLAYED = """async (form) => {
  const film = document.createElement("video");
  film.muted = true;
  const answer = await fetch(`http://film.test/film.${form}`);
  film.src = URL.createObjectURL(await answer.blob());
  await new Promise((done, failed) => {
    film.oncanplaythrough = done;
    film.onerror = () => failed(new Error(film.error.message));
  });
  film.currentTime = 1.0;
  await new Promise((done) => { film.onseeked = done; });
  return [film.duration, film.videoWidth, film.videoHeight, film.currentTime];
}"""


@pytest.mark.parametrize(("form", "kind"), [("mp4", "video/mp4"), ("webm", "video/webm")])
def test_it_plays(form: str, kind: str, chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / f"film.{form}"
    plan = CountPlan(Path("a.mp4"), "north", Layout((GATE,), (), (), None), start_ns=START_NS, film=FilmSpan())
    with ReviewFilm(path, plan, site="Market square", zone=UTC) as film:
        for number in range(15):
            film.take(film_moment(number / 10))
        film.take(FilmEnd(()))
        film.finish(market_square())
    page = chromium.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.route("http://film.test/**", lambda route: _served(route, path, kind))
    page.goto("http://film.test/")
    duration_s, width_px, height_px, at_s = page.evaluate(PLAYED, form)
    page.close()
    assert (width_px, height_px) == (1280, 720)
    assert duration_s == pytest.approx(1.5 + 2.1, abs=0.15)
    assert at_s == pytest.approx(1.0, abs=0.1)


def _served(route: Route, path: Path, kind: str) -> None:
    if path.name not in route.request.url:
        route.fulfill(body="<!doctype html><title>film</title>", content_type="text/html")
        return
    route.fulfill(path=path, content_type=kind)
