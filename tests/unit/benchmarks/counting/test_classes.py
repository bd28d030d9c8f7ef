"""How counted classes are paired with true ones."""

from benchmarks.counting.classes import MADE_UP, MISSED, measured, paired


def test_equal_classes_are_paired_first() -> None:
    assert paired({"car": 3, "truck": 1}, {"car": 2, "heavy_vehicle": 1}) == {
        ("car", "car"): 2, ("car", "heavy_vehicle"): 1, ("truck", MISSED): 1,
    }  # fmt: skip


def test_what_nobody_crossed_was_made_up() -> None:
    assert paired({}, {"bus": 2}) == {(MADE_UP, "bus"): 2}
    assert paired({}, {}) == {}


def test_few_are_not_measured() -> None:
    pairs = paired({"car": 20, "truck": 19}, {"car": 15, "truck": 19})
    assert measured(pairs) == {"car": 0.75, "truck": None}
