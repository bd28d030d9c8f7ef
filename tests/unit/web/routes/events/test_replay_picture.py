"""A replay as it is shown: sound SVG without scripts, in which each moment has its figures and its time."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from passerby.domain.layout import Layout
from passerby.domain.replays import EmptyPlace
from passerby.web.routes.events.replay_picture import PAUSE_S, Opening, replay_picture
from testing.web.made import NOW_S, NS_PER_S, camera_plan, open_event
from testing.web.replays import boxes_of, event_replay

SVG = "{http://www.w3.org/2000/svg}"
EVENT = open_event("square", "crowded", NOW_S * NS_PER_S)
LAYOUT = camera_plan().layout
OPENING = Opening("ana", NOW_S * NS_PER_S, ZoneInfo("Europe/Berlin"))


def shown(event=EVENT, replay=None, layout: Layout = LAYOUT) -> ET.Element:
    content = replay_picture(event, event_replay(event) if replay is None else replay, layout, OPENING)
    return ET.fromstring(content)


def figures(group: ET.Element) -> list[str]:
    return [use.get("href", "")[1:] for use in group.findall(f"{SVG}use")]


def test_each_moment_has_its_figures_and_they_are_shown_one_after_the_other() -> None:
    svg = shown()
    groups = [group for group in svg.findall(f"{SVG}g") if group.find(f"{SVG}animate") is not None]
    walk = [["bus", "pedestrian"]] * 2 + [["bus", "bicycle", "pedestrian"]] + [["bus", "pedestrian"]] * 2
    assert [figures(group) for group in groups] == walk
    whole_s = 0.8 + PAUSE_S
    spans = []
    for group in groups:
        animate = group.find(f"{SVG}animate")
        assert animate is not None
        assert (animate.get("dur"), animate.get("repeatCount")) == (f"{whole_s:.3f}s", "indefinite")
        spans.append(
            (animate.get("values"), [float(part) * whole_s for part in str(animate.get("keyTimes")).split(";")])
        )
    assert spans[0] == ("inline;none", [0.0, pytest.approx(0.2, abs=1e-4)])
    assert spans[2] == ("none;inline;none", [0.0, pytest.approx(0.4, abs=1e-4), pytest.approx(0.6, abs=1e-4)])
    assert spans[4] == ("none;inline", [0.0, pytest.approx(0.8, abs=1e-4)])
    # Where nothing moves, as on paper, the moment of the raising is shown.
    assert [group.get("display") for group in groups] == ["none", "none", "inline", "none", "none"]


def test_it_says_when_where_and_why_and_who_opened_it() -> None:
    svg = shown()
    words = " ".join(text for text in svg.itertext())
    assert "crowded: 2.5 persons/m² in benches, 2 are the limit." in words
    assert "opened by ana, 2026-09-28 12:00" in words
    assert "0.4 s before the event" in words
    assert "0.2 s after the event was raised" in words
    assert "Even areas are not certain to be empty" in words
    assert len(svg.findall(f"{SVG}polygon")) == 2  # the zone, dark and bright
    assert svg.findall(f".//{SVG}image")[0].get("href", "").startswith("data:image/jpeg;base64,/9j/")
    assert svg.get("viewBox") == f"0 0 160 {svg.get('height')}"


@pytest.mark.parametrize(("place", "tag", "count"), [("west gate", "polyline", 2), ("", "polygon", 0), ("x", "g", 6)])
def test_the_line_or_zone_of_the_event_is_drawn_where_there_is_one(place: str, tag: str, count: int) -> None:
    assert len(shown(replace(EVENT, place=place)).findall(f"{SVG}{tag}")) == count


def test_no_text_is_taken_for_markup_and_there_is_no_script() -> None:
    nasty = '<script>alert("1")</script> & "x" </svg>'
    event = replace(open_event("square", nasty, EVENT.start_ns), why=nasty * 20, place=nasty)
    content = replay_picture(event, event_replay(event), LAYOUT, replace(OPENING, viewer=nasty)).decode()
    svg = ET.fromstring(content)
    assert nasty in " ".join(svg.itertext())
    assert "<script" not in content
    assert not re.search(r"\son\w+=|javascript:|http(?!://www\.w3\.org/2000/svg)", content)


def test_a_place_that_is_not_learned_and_moments_without_anybody_are_shown_too() -> None:
    nothing = event_replay(EVENT, boxes_of(), place=EmptyPlace((160, 120), np.empty(0, np.uint8), 0.0))
    svg = shown(replay=nothing)
    assert svg.findall(f".//{SVG}image") == svg.findall(f".//{SVG}use") == []


def test_what_was_not_watched_is_not_shown_as_if_it_stood() -> None:
    svg = shown(replay=event_replay(EVENT, time_ms=(-9000, -200, 0, 200, 400)))
    animate = svg.findall(f"{SVG}g/{SVG}animate")[0]
    whole_s = 9.4 + PAUSE_S
    assert float(str(animate.get("keyTimes")).split(";")[1]) * whole_s == pytest.approx(0.6, abs=1e-3)
