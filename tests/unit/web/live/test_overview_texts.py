"""All cameras as JSON: written anew only where something has changed, for each who may see other things."""

import asyncio
import json
from dataclasses import replace
from typing import Any

from passerby.domain.health import CameraState
from passerby.domain.observations import Quantity
from passerby.web.live.overview import Overview
from passerby.web.live.overview_texts import MAX_KEPT, OverviewTexts, OverviewView
from passerby.web.live.today import Today
from testing.waiting import Clock
from testing.web.fakes import NOW_S, FakeLive, FakeStore, health_report, observation, site_plan

NAMES = ("square", "gate")


class Written:
    """Texts of an overview on a store and a live state that a test fills."""

    def __init__(self) -> None:
        self.live, self.site = FakeLive(), site_plan()
        store: Any = FakeStore()
        live: Any = self.live
        self.overview = Overview(live, Today(store, live, Clock(NOW_S), (Quantity.FLOW,)))
        self.texts = OverviewTexts(self.overview)

    def view(self, counted: tuple[str, ...] = NAMES, watched: tuple[str, ...] = NAMES) -> OverviewView:
        return OverviewView(self.site, NAMES, frozenset(counted), frozenset(watched))

    def answer(self, view: OverviewView) -> dict[str, Any]:
        asyncio.run(self.overview.look(self.site))
        answer: dict[str, Any] = json.loads(self.texts.answer(view, "now"))
        assert answer["time"] == "now"
        columns: dict[str, Any] = answer["cameras"]
        return columns


def test_what_has_changed_is_in_the_next_answer() -> None:
    written = Written()
    assert written.answer(written.view())["state"] == [None, None]
    written.live.reports["gate"] = health_report("gate", CameraState.DARK, why='It is "dark", ž.')
    written.live.open["square"] = (observation(NOW_S - 60, 2.0),)
    columns = written.answer(written.view())
    assert (columns["state"], columns["why"]) == ([None, "dark"], ["", 'It is "dark", ž.'])
    assert columns["crossings"] == {"pedestrian": [2, None]}


def test_each_gets_what_may_be_seen_and_no_more() -> None:
    written = Written()
    written.live.open = {name: (observation(NOW_S - 60, 2.0, camera=name),) for name in NAMES}
    everything = written.answer(written.view())
    assert everything["crossings"] == {"pedestrian": [2, 2]}
    less = written.answer(written.view(("gate",), ("square",)))
    assert less["crossings"] == {"pedestrian": [None, 2]}
    assert (less["coverage"][0], less["events"]["warning"]) == (None, [0, None])
    assert written.answer(written.view()) == everything


def test_an_event_names_some_cameras_on_one_line() -> None:
    written = Written()
    written.answer(written.view())
    head, data, *rest = written.texts.event(written.view(), ("gate",), "now").decode().split("\n")
    assert (head, rest) == ("event: cameras", ["", ""])
    assert json.loads(data.removeprefix("data: "))["cameras"]["name"] == ["gate"]


def test_what_many_want_is_written_once_and_little_is_kept() -> None:
    written = Written()
    written.answer(written.view())
    first = written.texts._of(written.view(), NAMES)
    assert written.texts._of(written.view(), NAMES) is first
    for number in range(2 * MAX_KEPT):
        other = replace(written.view(), site=replace(written.site, name=str(number)))
        written.texts.answer(other, "now")
    assert len(written.texts._columns) == len(written.texts._fixed) == MAX_KEPT
