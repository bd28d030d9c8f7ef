"""A new region while it stands: what speaks for a thing, and what for a person or for light."""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from passerby.ingest.standing_things.regions import Appearance, Region
from passerby.ingest.standing_things.stays import Stay
from passerby.ingest.standing_things.views import Changes, Grid

LOOK_AGES_S: Final = (5.0, 8.0, 12.0, 16.0)
"""How long a region has been there when it is looked at closer, and then every `LOOK_EVERY_S`."""
LOOK_EVERY_S: Final = 30.0
KEPT_LOOKS: Final = 20
MIN_LOOKS: Final = 3
"""Closer looks before anything is called a thing: who is overlooked once is found in another."""

SMALL_SHARE: Final = 0.36
"""Of a person's height: what is smaller (0.6 m) is no person, unless a find is sure."""
PERSON: Final = 0.24
"""Mean confidence of closer looks from which a person may be there. People who were cut out of recordings and put
into others at 24 px and more, lying, sitting and standing, had 0.28 and more; of the things of 0.7 m and more 13 % had
as much as 0.24."""
PERSON_IN_SMALL: Final = 0.3
SURELY: Final = 0.4
"""The same of a single look."""
WHOLE_PICTURE: Final = 0.2
WHOLE_PICTURES: Final = 3
WHOLE_SHARE: Final = 0.3
"""Confidence of a find in the whole picture that counts; how many, and in which share of the samples, are a person."""
MIN_JUDGED_PX: Final = 24.0
"""Larger side, in the camera's pixels, from which a person would be found: people of 16 to 20 px
had as little as 0.16. What is smaller than this, and may be a person by its size, is no thing."""

INNER_MOVE: Final = 0.04
"""Share of a region that changes for itself when a person in it moves a hand or the head."""
MOVES: Final = 2
"""Such movements before it counts as living."""
QUIET_SHARE: Final = 0.02
FAR_PX: Final = 12
OUTER_SHARE: Final = 0.5
"""Where around a region as much changes as this, against inside, someone or something passes in front."""
RESHAPED_SHARE: Final = 0.1
RESHAPED_S: Final = 8.0
"""Part of a region that looks otherwise than it did, and for how long after it came: a person has shifted."""

NEAR_S: Final = 5.0
"""A person who stays near for so long is with it: a pram, a wheelchair, a suitcase with its owner."""
ALONE_S: Final = 20.0
"""Left alone for so long it stays alone, whoever stops beside it later."""

LARGE_SHARE: Final = 1.4
"""Of a person's height: what is larger (2.4 m) is no person, whoever stayed there before."""


class Against(StrEnum):
    """Why a region is not called a thing."""

    LOW = "too small to be in the way"
    LOST = "came where a person was lost from sight"
    MOVES = "moves for itself"
    LIGHT = "may be light"
    PERSON = "may be a person"
    HIDDEN = "not looked at closely enough"
    SMALL = "too small to tell from a person"
    STAY = "came where people had stayed"
    PART = "may be a part of what lies beside it"


@dataclass(slots=True, eq=False)
class Candidate:
    """A new region, followed from sample to sample.

    Attributes:
        region: as it was seen last.
        born_s: when it was first seen to be still.
        came_s: when it came.
        seen_s: when it was last seen.
        found: mean confidence of a person, of each closer look.
        seen_as_person: finds of a person in the whole picture.
        looked_s: when the last was.
        moves: movements within it.
        shaped_s: when it took the shape that it has.
        stay: who stayed at its place shortly before it came: it may be one of them, under a blanket.
        lost_here: a person was lost from sight here when it came.
        attended_s: when a person was last with it.
        visible, samples: samples in which it was seen whole, and all of them.
        near: since when each track that is near now has been near.
        as_thing: whether it looked like a thing, of the newest samples.
        dull: samples in a row in which it did not.
    """

    region: Region
    born_s: float
    came_s: float
    seen_s: float
    found: list[float] = field(default_factory=list)
    seen_as_person: int = 0
    looked_s: float = 0.0
    moves: int = 0
    shaped_s: float = field(init=False)
    stay: Stay = field(default_factory=Stay)
    lost_here: bool = False
    attended_s: float = 0.0
    visible: int = 0
    samples: int = 0
    dull: int = 0
    near: dict[int, float] = field(default_factory=dict)
    as_thing: deque[bool] = field(default_factory=lambda: deque(maxlen=5))

    def __post_init__(self) -> None:
        self.shaped_s = self.born_s

    @property
    def since_s(self) -> float:
        """Since when it has stood there unattended."""
        return max(self.came_s, self.attended_s)

    def take_appearance(self, appearance: Appearance) -> None:
        """Takes what it looks like in this sample."""
        self.as_thing.append(appearance.thing)
        self.dull = 0 if appearance.thing else self.dull + 1

    def take_changes(self, changes: Changes, since_s: npt.NDArray[np.float64], covered: Grid) -> bool:
        """Takes one sample's changes; returns whether it was seen whole, and nothing passed in front.

        Args:
            changes: what is new, and what moves.
            since_s: float64 (H, W), since when each pixel has been as it is.
            covered: where the detector has found road users.
        """
        self.samples += 1
        left, top, right, bottom = self.region.box
        side = max(right - left, bottom - top)
        part = self.region.around(max(FAR_PX, side))
        mask, moving, hidden = self.region.mask[part], changes.moving[part], covered[part]
        beside = ~_grown(mask, 1)
        near = _grown(mask, max(2, (side + 2) // 3)) & beside
        inner = float(moving[mask].mean())
        outer, far = (float((moving | hidden)[ring].mean()) if ring.any() else 0.0 for ring in (near, beside))
        if hidden[mask].any() or outer > max(QUIET_SHARE, OUTER_SHARE * inner):
            return False
        whole = inner < INNER_MOVE
        self.visible += whole
        if far > QUIET_SHARE:  # what goes past throws shadows and light on it
            return whole
        reshaped = float((since_s[part][mask] > self.shaped_s + RESHAPED_S).mean()) >= RESHAPED_SHARE
        if reshaped:
            self.shaped_s = float(since_s[part][mask].max())
        self.moves += reshaped or not whole
        return whole

    def look_due(self, now_s: float) -> bool:
        """Returns whether it is time for a closer look; what is light, or surely a person, needs none."""
        if not self._looks_like_thing or max(self.found, default=0.0) >= SURELY:
            return False
        if len(self.found) < len(LOOK_AGES_S):
            return now_s - self.born_s >= LOOK_AGES_S[len(self.found)] and now_s - self.looked_s >= 2.0
        return now_s - self.looked_s >= LOOK_EVERY_S

    def take_found(self, person: float, now_s: float) -> None:
        """Takes how surely a closer look has found a person, 0-1."""
        self.looked_s = now_s
        self.found = [*self.found[1 - KEPT_LOOKS :], person]

    def take_whole_picture(self, confidence: float) -> None:
        """Takes the surest find of a person or a rider at it in the whole picture, 0-1."""
        self.seen_as_person += confidence >= WHOLE_PICTURE

    def take_near(self, ids: list[int], now_s: float) -> None:
        """Takes the people who are near at this moment."""
        self.near = {each: self.near.get(each, now_s) for each in ids}
        alone = now_s - max(self.born_s, self.attended_s) > ALONE_S
        if not alone and any(now_s - since_s >= NEAR_S for since_s in self.near.values()):
            self.attended_s = now_s

    @property
    def suspect(self) -> bool:
        """It may be a person, who is then more than this region, in several pieces."""
        return self.lost_here or self.moves >= MOVES or self._may_be_person(small=False)

    def against(self, side_px: float, person_px: float | None, *, blur_px: float = 0.0) -> Against | None:
        """Returns what speaks against a thing, None where all speaks for it: when in doubt it is none.

        Args:
            side_px: its larger side in the camera's pixels.
            person_px: how tall a person is there; None where it is not known.
            blur_px: by how much more blur makes it wide than it is.
        """
        small = person_px is not None and side_px - blur_px < SMALL_SHARE * person_px
        large = person_px is not None and side_px > LARGE_SHARE * person_px
        reasons = {
            Against.LOST: self.lost_here,
            Against.MOVES: self.moves >= MOVES,
            Against.LIGHT: not self._looks_like_thing,
            Against.PERSON: self._may_be_person(small=small),
            Against.HIDDEN: len(self.found) < MIN_LOOKS,
            Against.SMALL: not small and side_px < MIN_JUDGED_PX,
            Against.STAY: (self.stay.unknown or bool(self.stay.near)) and not small and not large,
        }
        return next((reason for reason, holds in reasons.items() if holds), None)

    @property
    def _looks_like_thing(self) -> bool:
        return sum(self.as_thing) > len(self.as_thing) / 2

    def _may_be_person(self, *, small: bool) -> bool:
        mean = sum(self.found) / max(len(self.found), 1)
        return (
            mean >= (PERSON_IN_SMALL if small else PERSON)
            or max(self.found, default=0.0) >= SURELY
            or self.seen_as_person >= max(WHOLE_PICTURES, WHOLE_SHARE * self.samples)
        )


def _grown(mask: Grid, reach_px: int) -> Grid:
    """Returns a mask with so much more on each side."""
    side = 2 * reach_px + 1
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((side, side), np.uint8)) > 0, np.bool_)
