"""The page's own arithmetic, asked in the browser that it runs in."""

import pytest

pytestmark = pytest.mark.slow


def asked(look, module: str, expression: str):
    """The value of an expression over a module's exports."""
    return look().page.evaluate(f"import('/static/{module}.js').then((its) => {expression})")


def test_a_share_is_never_rounded_up_to_all_nor_down_to_nothing(look) -> None:
    shares = "[1, 0.9999, 0.93, 0.29, 0.004, 0, null].map(its.share)"
    assert asked(look, "words", shares) == ["100%", "99%", "93%", "29%", "less than 1%", "0%", "–"]


def test_measured_values_carry_their_units(look) -> None:
    values = "[[34.2, 's'], [150, 's'], [1.43, 'm/s'], [0.0213, 'm-2'], [4.31, '1'], [null, 's']]"
    shown = asked(look, "words", f"{values}.map((each) => its.measured(...each))")
    assert shown == ["34 s", "2.5 min", "1.4 m/s", "0.021 per m²", "4.3", "–"]


def test_times_are_shown_as_the_site_has_them_wherever_the_reader_is(look) -> None:
    times = (
        "[its.clock('2026-09-28T08:10:05+02:00'), its.since('2026-09-27T23:50:00+02:00', '2026-09-28T08:10:00+02:00')]"
    )
    page = look(timezone_id="Pacific/Auckland").page
    shown = page.evaluate(f"import('/static/words.js').then((its) => {times})")
    assert shown == ["08:10:05", "27 Sept, 23:50"]


def test_what_was_not_watched_adds_nothing_to_a_tally(look) -> None:
    rows = """[["pedestrian", 5, 0.9], ["car", null, 0.9], ["bicycle", null, 0]].map(([road_user, value, coverage]) =>
        ({ series: "west", quantity: "flow", direction: "forward", road_user, value, coverage }))"""
    tally = asked(look, "today", f"new its.Today({rows}).tally('west', 'flow', 'forward')")
    assert tally == {"total": 5, "users": [["pedestrian", 5], ["bicycle", None], ["car", None]]}
    assert asked(look, "today", f"new its.Today({rows}).tally('west', 'flow', 'backward').total") is None
    assert asked(look, "today", f"new its.Today({rows}).usualCoverage") == 0.9
    assert asked(look, "today", "new its.Today().usualCoverage") is None


@pytest.mark.parametrize(
    ("box", "inside"),
    [
        ([0.5, 0.1, 0.6, 0.4, "pedestrian"], 1),
        ([0.5, 0.1, 0.6, 0.4, "car"], 0),
        ([0.5, 0.4, 0.6, 0.9, "pedestrian"], 0),
        ([0.0, 0.1, 0.1, 0.4, "pedestrian"], 0),
    ],
)
def test_who_stands_in_a_zone_has_the_feet_in_it(look, box: list, inside: int) -> None:
    zone = "{ points: [[0.3, 0.3], [0.7, 0.3], [0.7, 0.6], [0.3, 0.6]], road_users: ['pedestrian'] }"
    assert asked(look, "today", f"its.standingIn({zone}, [{box}])") == inside


@pytest.mark.parametrize(
    ("points", "way"),
    [
        (
            [[0, 0.5], [1, 0.5]],
            [0, 1],
        ),  # somebody who walks to the right has the picture's lower half on the right hand
        ([[0.5, 0], [0.5, 1]], [-1, 0]),
    ],
)
def test_forward_leads_from_the_left_hand_to_the_right(look, points: list, way: list) -> None:
    assert asked(look, "overlay", f"its.forward({points}, 1.5)") == pytest.approx(way)


def test_a_message_is_taken_apart(look) -> None:
    made = """(() => {
      const json = new TextEncoder().encode(JSON.stringify({ why: "Grüße" }));
      const message = new Uint8Array(4 + json.length + 3);
      new DataView(message.buffer).setUint32(0, json.length);
      message.set(json, 4);
      return its.pictureOf(message.buffer);
    })()"""
    assert asked(look, "view", f"(({{ about, jpeg }}) => [about.why, jpeg.size, jpeg.type])({made})") == [
        "Grüße",
        3,
        "image/jpeg",
    ]
