import numpy as np
import pytest

from passerby.domain.arrays import read_only_column


def test_a_sealed_column_is_a_read_only_copy():
    mine = np.arange(4, dtype=np.float32)
    column = read_only_column("speeds", mine, np.float32, (4,))
    mine[0] = 9
    assert column[0] == 0
    with pytest.raises(ValueError, match="read-only"):
        column[0] = 1


@pytest.mark.parametrize(
    ("array", "shape", "error", "says"),
    [
        (np.zeros(3), (3,), TypeError, "points: dtype float32 is needed, got float64"),
        (np.zeros(3, np.float32), (4,), ValueError, r"points: shape \(4,\) is needed, got \(3,\)"),
        (np.zeros((3, 2), np.float32), (None,), ValueError, "points: shape"),
        (np.array([0, np.nan], np.float32), (None,), ValueError, "points: values must be finite"),
        (np.array([np.inf], np.float32), (1,), ValueError, "points: values must be finite"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(array, shape, error, says):
    with pytest.raises(error, match=says):
        read_only_column("points", array, np.float32, shape)
