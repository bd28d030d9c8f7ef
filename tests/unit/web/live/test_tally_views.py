"""What a person who counts by hand was shown, by the service's own stamps."""

from passerby.web.live.tally_views import MAX_KEPT, TallyViews

S = 10**9


def shown(fps: float = 12.5, seconds: float = 60.0, gap_s: float = 0.0):
    """Views with one in which pictures come evenly, but for a gap in the middle."""
    views = TallyViews()
    view = views.begin("square", "ana")
    for number in range(int(fps * seconds)):
        time_ns = round((number / fps + (gap_s if number / fps > seconds / 2 else 0)) * S)
        view.add(time_ns, time_ns + S // 10, shown=True)
    return views, view


def test_pictures_without_a_gap_are_enough() -> None:
    views, view = shown()
    assert views.why_void(view.number, "square", "ana", 1 * S, 59 * S) == ""


def test_a_gap_voids_the_stretch_that_it_lies_in_alone() -> None:
    views, view = shown(gap_s=0.6)
    assert "a gap of more than 0.5 s" in views.why_void(view.number, "square", "ana", 1 * S, 59 * S)
    assert views.why_void(view.number, "square", "ana", 32 * S, 59 * S) == ""


def test_a_picture_that_went_out_late_or_was_masked_is_a_gap() -> None:
    for late_s, masked in ((0.6, False), (0.0, True)):
        views = TallyViews()
        view = views.begin("square", "ana")
        for number in range(200):
            late = late_s if number >= 100 else 0.0
            view.add(number * S // 10, round((number / 10 + late) * S), shown=not (masked and number == 100))
        assert views.why_void(view.number, "square", "ana", 1 * S, 19 * S) != ""


def test_too_few_pictures_a_second_void_it() -> None:
    views, view = shown(fps=5.0)
    assert (
        views.why_void(view.number, "square", "ana", 1 * S, 59 * S)
        == "There were 5.0 pictures a second; 10 are needed."
    )


def test_pictures_that_began_later_ended_sooner_or_were_of_another_are_none() -> None:
    views, view = shown()
    for start_s, end_s in ((-5, 50), (1, 70)):
        assert views.why_void(view.number, "square", "ana", start_s * S, end_s * S) != ""
    for number, camera, viewer in (
        ("0" * 32, "square", "ana"),
        (view.number, "gate", "ana"),
        (view.number, "square", "ben"),
    ):
        assert "knows nothing" in views.why_void(number, camera, viewer, 1 * S, 50 * S)


def test_old_views_are_dropped() -> None:
    views, view = shown(seconds=1.0)
    for _ in range(MAX_KEPT):
        views.begin("square", "ana")
    assert "knows nothing" in views.why_void(view.number, "square", "ana", 0, 1)
