"""How soon a camera's next frame is to be looked at: by what is followed, how fast it is, and what it comes near to."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.expected_boxes import ExpectedBoxes
from passerby.geometry.boxes import pairwise_iou

Segments = npt.NDArray[np.float32]
"""float32 (S, 4), lines and edges of zones: x and y of both ends, 0-1 of the picture."""


@dataclass(frozen=True, slots=True)
class RateSettings:
    """How far things may go between two looks, and how long a look is put off.

    Attributes:
        near: largest step between two looks of who comes near a line or a zone's edge, in shares of its longer side.
        far: the same of all others, who need only be followed.
        ahead_s: near is who can be there in so long.
        longest_s: between two looks at someone who is followed.
        soon_s: the same of those near a line or zone, and where two boxes touch: small steps keep these two apart.
        new_s: the same of a track that is not sure yet, of which no speed is known.
        calm_s: between two looks while nothing is followed: a car may be in view for a second and a half.
        whole_looks_s: as much as so many whole looks take is looked at in a second at most: a camera's share.
    """

    near: float = 0.3
    far: float = 0.5
    ahead_s: float = 1.5
    longest_s: float = 0.4
    soon_s: float = 0.33
    new_s: float = 0.2
    calm_s: float = 0.25
    whole_looks_s: float = 5.0


SETTINGS: Final = RateSettings()


def wanted_s(
    expected: ExpectedBoxes, borders: Segments, size_px: tuple[int, int], settings: RateSettings = SETTINGS
) -> float:
    """Returns after how many seconds the next frame is to be looked at, by what is followed.

    Args:
        expected: all that is followed.
        borders: what is counted at.
        size_px: width and height of the frame.
        settings: the limits.
    """
    if not len(expected):
        return settings.calm_s
    box = expected.xyxy_px
    side_px = np.maximum((box[:, 2:] - box[:, :2]).max(1), 1.0)
    # Of what its speed may be off by nothing is added: a new track has soon been seen twice.
    speed_px_s = np.hypot(*expected.speed_px_s.T)
    touching = pairwise_iou(box, box)
    np.fill_diagonal(touching, 0.0)
    near, touched = np.zeros(len(box), np.bool_), touching.max(1) > 0
    if len(borders):
        feet = np.column_stack([(box[:, 0] + box[:, 2]) / 2, box[:, 3]])
        away_px = distances_px(feet, borders * np.array([*size_px, *size_px], np.float32)).min(1)
        near = away_px < settings.ahead_s * speed_px_s
    step_px = np.where(near, settings.near, settings.far) * side_px
    limit_s = np.where(near | touched, settings.soon_s, settings.longest_s)
    # An unconfirmed track that was not found again is looked at no oftener than others: most of them are no road users.
    limit_s = np.where(expected.confirmed | (expected.unseen_s > 0), limit_s, settings.new_s)
    wanted = np.minimum(step_px / np.maximum(speed_px_s, 1e-3), limit_s)
    # Who is hidden is waited for: looking oftener does not show them.
    seen = expected.unseen_s <= settings.longest_s
    return float(wanted[seen].min(initial=settings.longest_s))


def distances_px(points: npt.NDArray[np.float32], segments: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Returns how far points are from segments: float32 (N, S).

    Args:
        points: float32 (N, 2).
        segments: float32 (S, 4).
    """
    begin, along = segments[None, :, :2], (segments[:, 2:] - segments[:, :2])[None]
    offset = points[:, None] - begin
    share = (offset * along).sum(2) / np.maximum((along**2).sum(2), 1e-6)
    nearest = offset - np.clip(share, 0.0, 1.0)[..., None] * along
    return np.asarray(np.hypot(nearest[..., 0], nearest[..., 1]), np.float32)


def borders_of(lines: list[npt.NDArray[np.float32]], areas: list[npt.NDArray[np.float32]]) -> Segments:
    """Returns the segments of lines and of the edges of areas.

    Args:
        lines: float32 (2, 2) each, 0-1 of the picture.
        areas: polygons, float32 (P, 2) each.
    """
    edges = [np.concatenate([line[0], line[1]]) for line in lines]
    for area in areas:
        edges += [np.concatenate([a, b]) for a, b in zip(area, np.roll(area, -1, axis=0), strict=True)]
    return np.array(edges, np.float32).reshape(-1, 4)
