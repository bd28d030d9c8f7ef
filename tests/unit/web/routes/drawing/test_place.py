"""A still to draw on: an anonymous picture, for a purpose, written down first; and why there is none."""

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest

from passerby.domain.access import Purpose
from passerby.domain.preview import Preview
from passerby.web.routes.drawing import place
from testing.web.fakes import Service, preview
from tests.unit.web.routes.events.test_place_events import service

PATH = "/api/v1/cameras/square/place"
MASKED = replace(preview(), method="masked", why="the place is being learned")


def looking(role: str = "engineer") -> Service:
    made = service(role=role)
    purposes = made.app.state.hub.purposes
    purposes.hold("test", purposes.made(Purpose.MAINTENANCE, "new lines"))
    return made


def asked(made: Service, *pictures: Preview) -> httpx.Response:
    """The answer where these pictures come from the camera, one after the other."""

    async def scene() -> httpx.Response:
        asking = asyncio.create_task(made.ask("GET", PATH))
        for picture in pictures:
            while not asking.done() and not made.live.pictures.get("square"):
                await asyncio.sleep(0)
            for waiting in made.live.pictures.get("square", []):
                await waiting.put(picture)
        return await asking

    return asyncio.run(scene())


def test_the_first_picture_that_may_be_shown_is_written_down_and_sent() -> None:
    made = looking()
    answer = asked(made, MASKED, preview())
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.content == preview().jpeg.tobytes()
    entry = made.store.audit_rows[-1]
    assert (entry.actor, entry.action, entry.subject) == ("ana", "view.opened", "square")
    assert (entry.detail, entry.purpose, entry.case) == ("a still to draw on", Purpose.MAINTENANCE, "new lines")
    assert made.live.pictures["square"] == []
    assert made.app.state.hub.viewers.count == 0


@pytest.mark.parametrize(
    ("pictures", "why"), [((MASKED,), "the place is being learned"), ((), "no picture has come from it")]
)
def test_where_there_is_none_it_says_why(pictures: Any, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "FIRST_S", 0.2)
    monkeypatch.setattr(place, "WAITS_S", 0.2)
    made = looking()
    answer = asked(made, *pictures)
    assert (answer.status_code, answer.json()["code"]) == (409, "place-not-learned")
    assert why in answer.json()["detail"]
    assert made.store.audit_rows == []


def test_no_picture_without_a_purpose_or_a_note_of_it() -> None:
    made = service(role="engineer")
    assert asked(made).json()["code"] == "purpose-needed"
    made = looking()
    made.store.away = True
    answer = asked(made, preview())
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert asked(looking("operator")).status_code == 403
