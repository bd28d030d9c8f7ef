"""Fits a ground plane to point pairs or to known distances, with the error of the fit."""

from functools import lru_cache
from itertools import combinations, islice

import numpy as np
import numpy.typing as npt

from passerby.domain.errors import CalibrationError
from passerby.domain.layout import GroundPlane
from passerby.geometry.homography import apply_homography, direct_linear_transform
from passerby.geometry.tilted_camera import TiltedCamera

_THINNEST = 1e-3  # width over length of a set of points below which it is a line for our purpose
_FIXED_BY = 4  # pairs: eight numbers for the eight unknowns of a homography
_MAX_FOURS = 1000  # more than the 715 fours of 13 points, and still a fraction of a second
_OUTLIER_FACTOR = 4.0
_MIN_DISTANCES = 4  # three unknowns (focal length, height, tilt) and one to check them by
_THREES = np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]])  # of four points, each left out once
_FOCALS = (0.6, 0.9, 1.3, 2.0, 3.0, 5.0)  # in picture heights: from wide to tele
_TILTS_DEG = (8.0, 15.0, 25.0, 40.0, 60.0, 80.0)


def fit_point_pairs(points01: npt.NDArray[np.floating], xy_m: npt.NDArray[np.floating]) -> GroundPlane:
    """Returns a ground plane from points whose position on the ground is known.

    Normalised direct linear transform over sets of four pairs, the set that most others agree with is kept (a blunder
    in a pair is outvoted from six pairs on), then least squares on the ground over all that agree. `rmse_m` is over all
    pairs, blunders included, so that one is seen. Four pairs fit exactly, so their `rmse_m` is None.

    Args:
        points01: floating (P, 2), P >= 4, x and y as 0-1 of the picture.
        xy_m: floating (P, 2), the same points on the ground, in metres.

    Raises:
        CalibrationError: too few points, points on one line, or no ground plane that has all of them before the camera.
    """
    picture, ground = np.asarray(points01, np.float64), np.asarray(xy_m, np.float64)
    if picture.shape != ground.shape or picture.ndim != 2 or picture.shape[1:] != (2,):
        raise CalibrationError(f"ground points: pairs of x, y are needed, got {picture.shape} and {ground.shape}")
    if len(picture) < _FIXED_BY:
        raise CalibrationError(f"ground points: 4 or more are needed, got {len(picture)}. Add points.")
    if not (np.isfinite(picture).all() and np.isfinite(ground).all()):
        raise CalibrationError("ground points: every coordinate must be a finite number")
    for name, points in (("in the picture", picture), ("on the ground", ground)):
        if _thinness(points) < _THINNEST:
            raise CalibrationError(
                f"ground points: {name} they lie on one line or in one spot. Choose points that span an area."
            )
    # The coordinates of a map lie thousands of kilometres from their origin; the fit is made around the points' middle.
    middle = ground.mean(axis=0)
    matrix = _fitted(picture, ground - middle)
    placed = apply_homography(matrix, picture) + middle
    back = np.array([[1.0, 0.0, middle[0]], [0.0, 1.0, middle[1]], [0.0, 0.0, 1.0]])
    rmse_m = None if len(picture) == _FIXED_BY else _rms(np.linalg.norm(placed - ground, axis=1))
    return GroundPlane(back @ matrix, rmse_m, _hull(picture))


def fit_distances(ends01: npt.NDArray[np.floating], lengths_m: npt.NDArray[np.floating], aspect: float) -> GroundPlane:
    """A ground plane from known distances between points on the ground, by a camera model.

    The camera is taken to stand upright (no roll), with square pixels and its axis in the middle of the picture;
    unknown are its focal length, height and tilt, which are fitted to the logarithms of the lengths by least squares
    from a fixed grid of starts. Ground x is to the camera's right, y straight ahead, both from its foot.

    Args:
        ends01: floating (D, 2, 2), D >= 4 pairs of points, x and y as 0-1 of the picture; some near, some far, and not
            all in one direction.
        lengths_m: floating (D,), how far apart the two points of each pair are, in metres.
        aspect: the picture's width over its height.

    Returns:
        the plane; `rmse_m` is that of the lengths.

    Raises:
        CalibrationError: too few distances, or distances that leave focal length, height or tilt open.
    """
    ends, lengths = np.asarray(ends01, np.float64), np.asarray(lengths_m, np.float64)
    _check_distances(ends, lengths, aspect)
    heights = (ends - 0.5) * (aspect, 1.0)

    def misfit(unknowns: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return TiltedCamera.of(unknowns).log_lengths(heights) - np.log(lengths)

    starts = [
        start
        for focal in _FOCALS
        for tilt_deg in _TILTS_DEG
        if (start := TiltedCamera.start(focal, np.deg2rad(tilt_deg), heights, lengths)) is not None
    ]
    if not starts:
        raise CalibrationError(
            "ground distances: no camera sees all of these points on the ground. Are some in the sky?"
        )
    # SciPy takes half a second to load, and most runs calibrate nothing.
    from scipy.optimize import least_squares

    fits = [least_squares(misfit, start, method="trf", x_scale="jac", max_nfev=200) for start in starts]
    best = min(fits, key=lambda fit: float(fit.cost))
    camera = TiltedCamera.of(best.x)
    if not camera.sees(heights) or not camera.plausible or _open_direction(best.jac):
        raise CalibrationError(
            "ground distances: they leave the camera's focal length, height or tilt open. "
            "Measure near and far ones, along and across the view."
        )
    shift = np.array([[aspect, 0.0, -aspect / 2], [0.0, 1.0, -0.5], [0.0, 0.0, 1.0]])
    matrix = _facing(camera.homography @ shift, ends.reshape(-1, 2))
    errors_m = np.exp(camera.log_lengths(heights)) - lengths
    return GroundPlane(matrix, _rms(errors_m), _hull(ends.reshape(-1, 2)))


def _check_distances(ends: npt.NDArray[np.float64], lengths: npt.NDArray[np.float64], aspect: float) -> None:
    if ends.ndim != 3 or ends.shape[1:] != (2, 2) or lengths.shape != ends.shape[:1]:
        raise CalibrationError(f"ground distances: two ends for each length, got {ends.shape} and {lengths.shape}")
    if len(lengths) < _MIN_DISTANCES:
        raise CalibrationError(f"ground distances: {_MIN_DISTANCES} or more are needed, got {len(lengths)}")
    if not (np.isfinite(ends).all() and np.isfinite(lengths).all() and np.isfinite(aspect)):
        raise CalibrationError("ground distances: every number must be finite")
    if not (lengths > 0).all() or aspect <= 0:
        raise CalibrationError("ground distances: lengths must be more than 0 m")
    if (np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1) < 1e-6).any():
        raise CalibrationError("ground distances: a distance needs two different points")
    if _thinness(ends.reshape(-1, 2)) < _THINNEST:
        raise CalibrationError("ground distances: all points lie on one line. Choose points that span an area.")


def _fitted(picture: npt.NDArray[np.float64], ground: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The homography of least squares on the ground over the pairs that agree."""
    return _fitted_once(picture.tobytes(), ground.tobytes()).copy()


@lru_cache(maxsize=64)
def _fitted_once(picture_bytes: bytes, ground_bytes: bytes) -> npt.NDArray[np.float64]:
    """The same of float64 (N, 2) each as bytes: one reading of a site file asks for it three times."""
    picture, ground = (np.frombuffer(each, np.float64).reshape(-1, 2) for each in (picture_bytes, ground_bytes))
    agreeing = _agreeing_pairs(picture, ground)
    start = direct_linear_transform(picture[agreeing], ground[agreeing])
    return _facing(_refined(start, picture[agreeing], ground[agreeing]), picture[agreeing])


def _agreeing_pairs(picture: npt.NDArray[np.float64], ground: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    """The pairs that agree with the best four: least quantile of squares (Rousseeuw 1984), in a fixed order."""
    count = len(picture)
    everyone = np.arange(count)
    if count <= 5:
        direct_linear_transform(picture, ground)
        return everyone
    rank = max(5, int(np.ceil(0.7 * count))) - 1
    best: npt.NDArray[np.float64] | None = None
    for four in islice(_spread_fours(count), _MAX_FOURS):
        rows = np.array(four)
        if min(_thinness_of_threes(picture[rows]), _thinness_of_threes(ground[rows])) < _THINNEST:
            continue
        try:
            matrix = direct_linear_transform(picture[rows], ground[rows])
            misses = np.linalg.norm(apply_homography(matrix, picture) - ground, axis=1)
        except CalibrationError:
            continue
        if best is None or np.sort(misses)[rank] < np.sort(best)[rank]:
            best = misses
    if best is None:
        raise CalibrationError("ground points: no four of them span an area. Choose points that do.")
    # A thousandth of the area's size is finer than a person clicks, so exact points are never taken as blunders.
    limit = max(_OUTLIER_FACTOR * float(np.sort(best)[rank]), 1e-3 * float(np.ptp(ground, axis=0).max()))
    return everyone[best <= limit]


def _spread_fours(count: int) -> "combinations[tuple[int, ...]] | list[tuple[int, ...]]":
    """Sets of four of `count`: all of them while they are few, else a fixed choice spread over all."""
    if count <= 13:
        return combinations(range(count), 4)
    chooser = np.random.default_rng(count)  # fixed seed: the same points always give the same plane
    return [tuple(sorted(chooser.choice(count, 4, replace=False).tolist())) for _ in range(_MAX_FOURS)]


def _refined(
    matrix: npt.NDArray[np.float64], picture: npt.NDArray[np.float64], ground: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Levenberg-Marquardt on the distance on the ground, from the algebraic solution."""
    if len(picture) == _FIXED_BY:
        return matrix
    start = matrix / np.linalg.norm(matrix)
    held = int(np.argmax(np.abs(start)))  # the scale is free: the largest entry stays as it is
    moving = np.delete(np.arange(9), held)

    def whole(entries: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        flat = start.ravel().copy()
        flat[moving] = entries
        return flat.reshape(3, 3)

    def misses(entries: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        homogeneous = np.column_stack([picture, np.ones(len(picture))]) @ whole(entries).T
        weight = np.where(np.abs(homogeneous[:, 2]) < 1e-12, 1e-12, homogeneous[:, 2])
        return np.asarray((homogeneous[:, :2] / weight[:, None] - ground).ravel(), np.float64)

    # SciPy takes half a second to load, and most runs calibrate nothing.
    from scipy.optimize import least_squares

    fit = least_squares(misses, start.ravel()[moving], method="lm", x_scale="jac", max_nfev=2000)
    return whole(np.asarray(fit.x, np.float64))


def _facing(matrix: npt.NDArray[np.float64], picture: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The same homography, scaled so that its weights are positive, and 1 on average, over the given points."""
    weights = np.column_stack([picture, np.ones(len(picture))]) @ matrix[2]
    if not (np.isfinite(matrix).all() and ((weights > 0).all() or (weights < 0).all())):
        raise CalibrationError(
            "ground points: the horizon would run between them. Is one in the sky, or are two of them swapped?"
        )
    return np.asarray(matrix / weights.mean(), np.float64)


def _open_direction(jacobian: npt.NDArray[np.float64]) -> bool:
    """Some change of the unknowns by as much as itself leaves every length as it is, within a thousandth."""
    return bool(np.linalg.svd(jacobian, compute_uv=False)[-1] < 1e-3 * np.sqrt(len(jacobian)))


def _thinness(points: npt.NDArray[np.float64]) -> float:
    """Width over length of a set of points, 0 on a line or in a spot."""
    spreads = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)
    return float(spreads[1] / spreads[0]) if spreads[0] > 1e-9 else 0.0


def _thinness_of_threes(four: npt.NDArray[np.float64]) -> float:
    threes = four[_THREES]
    spreads = np.linalg.svd(threes - threes.mean(axis=1, keepdims=True), compute_uv=False)
    return float(np.where(spreads[:, 0] > 1e-9, spreads[:, 1] / np.maximum(spreads[:, 0], 1e-9), 0.0).min())


def _hull(picture: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    # SciPy takes half a second to load, and most runs calibrate nothing.
    from scipy.spatial import ConvexHull, QhullError

    try:
        corners = np.asarray(ConvexHull(picture).vertices, np.intp)
    except QhullError as error:
        raise CalibrationError("ground points: they span no area in the picture") from error
    return picture[corners].astype(np.float32)


def _rms(errors_m: npt.NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(errors_m**2)))
