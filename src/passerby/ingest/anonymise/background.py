"""The empty picture of a view, learned a sample at a time, and the evidence for every pixel of it."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from passerby.ingest.anonymise.canvas import Mask, as_mask
from passerby.ingest.raw import Picture

SAME_COLOUR = 20
"""Largest difference of any colour channel between samples of one unchanged thing: 3 sigma of what H.264 at 1 Mbit/s
and sensor noise leave of an empty pavement (Town Centre: 6.1)."""

FULL = 60
"""Samples at which counts are halved, so that the last minute or so decides, not last week."""

LEARNING_RATE = 0.1
"""How far one more sample moves the learned colour; follows the sun in seconds, averages noise away."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What must be known of a pixel before it may be shown.

    Attributes:
        samples: how often it was seen free of any possible road user and with the same colour.
        occupied_share: largest share of the samples of this very colour that may have been under a possible road
            user. A person who sits still is found again at the same pixels with the same colours, however weakly;
            ground that people walk over shows its own colour mostly when they are gone.
        other_share: largest share of the free samples that may have shown another colour.
    """

    samples: int = 12
    occupied_share: float = 0.25
    other_share: float = 0.25


class Background:
    """One colour a pixel, with the evidence for it.

    A sample of a pixel is free if no possible road user was near it. Only free samples teach colours. A sample that
    shows the learned colour in the middle of a possible road user counts against that colour: it may be the user's.
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        """Starts with nothing learned.

        Args:
            shape: rows and columns of the picture.
        """
        self._mean = np.zeros((*shape, 3), np.float32)
        self._colour: Picture | None = None
        self._agreed = np.zeros(shape, np.uint8)
        self._occupied = np.zeros(shape, np.uint8)
        self._other = np.zeros(shape, np.uint8)
        self.samples = 0

    @property
    def colour(self) -> Picture:
        """uint8 (H, W, 3): what was learned; black where nothing was. New memory after every sample."""
        if self._colour is None:
            self._colour = np.asarray(cv2.convertScaleAbs(self._mean), np.uint8)
        return self._colour

    @property
    def known(self) -> Mask:
        """Where any colour was learned at all, however unsure."""
        return as_mask(self._agreed > 0)

    def learn(self, picture: Picture, free: Mask, occupied: Mask) -> Mask:
        """Learns from one more sample.

        Args:
            picture: uint8 (H, W, 3).
            free: where no road user can be.
            occupied: the middles of possible road users.

        Returns:
            Where the learned colour was given up for another.
        """
        self.samples += 1
        difference = cv2.absdiff(picture, self.colour)
        blue, green, red = cv2.split(difference)
        same = as_mask(np.asarray(cv2.max(cv2.max(blue, green), red)) <= SAME_COLOUR)
        known = self.known
        agreed = cv2.bitwise_and(cv2.bitwise_and(same, free), known)
        other = cv2.bitwise_and(cv2.bitwise_not(same), free)
        confirmed = cv2.bitwise_and(cv2.bitwise_and(same, occupied), known)
        cv2.accumulateWeighted(picture, self._mean, LEARNING_RATE, agreed)
        self._colour = None
        for count, mask in ((self._agreed, agreed), (self._other, other), (self._occupied, confirmed)):
            count += np.asarray(mask, np.uint8) & 1
        outvoted = cv2.compare(self._other, self._agreed, cv2.CMP_GT)
        renewed = np.asarray(cv2.bitwise_and(free, cv2.bitwise_or(outvoted, cv2.bitwise_not(known))), np.uint8)
        self._renew(picture, renewed)
        self._age()
        return renewed

    def _renew(self, picture: Picture, renewed: Mask) -> None:
        if not cv2.countNonZero(renewed):
            return
        cv2.accumulateWeighted(picture, self._mean, 1.0, renewed)
        for count in (self._agreed, self._other, self._occupied):
            count &= ~renewed
        self._agreed |= renewed & 1

    def _age(self) -> None:
        full = np.maximum(np.maximum(self._agreed, self._other), self._occupied) >= FULL
        if full.any():
            for count in (self._agreed, self._other, self._occupied):
                count >>= full

    def distrust(self, suspect: Mask) -> None:
        """Counts what is known of these pixels as seen under a road user: one may have been learned here."""
        self._occupied[suspect > 0] = FULL - 1
        self._agreed[suspect > 0] = np.minimum(self._agreed[suspect > 0], FULL // 4)

    def trusted(self, trust: Trust) -> Mask:
        """Returns where the evidence is enough, pixel by pixel."""
        enough = as_mask(self._agreed >= trust.samples)
        seldom_occupied = cv2.compare(self._occupied, _max_count(self._agreed, trust.occupied_share), cv2.CMP_LE)
        seldom_other = cv2.compare(self._other, _max_count(self._agreed, trust.other_share), cv2.CMP_LE)
        return np.asarray(cv2.bitwise_and(cv2.bitwise_and(enough, seldom_occupied), seldom_other), np.uint8)


def _max_count(agreed: npt.NDArray[np.uint8], share: float) -> npt.NDArray[np.uint8]:
    """Returns the count that is at most `share` of itself and `agreed` together, pixel by pixel."""
    table = np.minimum(np.arange(256) * (share / (1 - share)), 255).astype(np.uint8)
    return np.asarray(cv2.LUT(agreed, table), np.uint8)


def certain(trusted: Mask, cell_px: int) -> Mask:
    """Returns where a whole neighbourhood is trusted, so that nothing as large as a person can lie there in pieces.

    A person who was learned by mistake has fidgeting edges that are not trusted: the inside between those edges is
    narrower than a person and goes too. Single pixels of noise do not matter.

    Args:
        trusted: pixel by pixel.
        cell_px: side of a coarse cell, wider than a head.
    """
    margin = cv2.getStructuringElement(cv2.MORPH_RECT, (5, 5))
    island = cv2.getStructuringElement(cv2.MORPH_RECT, (cell_px + 1, cell_px + 1))
    whole = cv2.morphologyEx(trusted, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    whole = cv2.erode(whole, margin)
    return np.asarray(cv2.morphologyEx(whole, cv2.MORPH_OPEN, island), np.uint8)


def share(mask: npt.NDArray[np.uint8]) -> float:
    """Returns the part of a mask that is set, 0-1."""
    return float(cv2.countNonZero(mask)) / mask.size
