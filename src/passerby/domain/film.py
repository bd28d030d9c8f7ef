"""How a film is anonymised, and the figures of what was done."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from passerby.domain.isolation import NOT_ISOLATED, Isolation


class Mode(StrEnum):
    """How the picture is made; `redrawn` holds no live pixel at all."""

    REDRAWN = "redrawn"
    MOSAIC = "mosaic"


@dataclass(frozen=True, slots=True)
class Concealment:
    """How much of the labelled people the anonymised pictures hide.

    Attributes:
        boxes: how many boxes were measured.
        boxes_covered: the part of them, 0-1, of which at least 95 % is covered.
        area_covered: the part of all their area, 0-1, that is covered.
        worst_covered: the covered share, 0-1, of the worst box.
    """

    boxes: int
    boxes_covered: float
    area_covered: float
    worst_covered: float


@dataclass(frozen=True, slots=True)
class FilmReport:
    """The figures of one anonymised film.

    Attributes:
        frames: pictures written.
        masked: reason in words -> pictures masked wholly.
        sharp_share: the part of the picture, 0-1, shown sharp from the learned background; of the last scene.
        scenes: backgrounds learned, one a scene.
        learn_ms: CPU milliseconds an analysed picture for learning and inspecting, detection not included.
        draw_ms: CPU milliseconds a picture for drawing.
        heads, bodies: concealment of the labelled boxes, None where no labels were given.
        isolation: how far the process that saw the pixels was locked in.
        losses: what the film lacks of its recording, one sentence each; empty where nothing was lost.
    """

    frames: int
    masked: Mapping[str, int]
    sharp_share: float
    scenes: int
    learn_ms: float
    draw_ms: float
    heads: Concealment | None
    bodies: Concealment | None
    isolation: Isolation = NOT_ISOLATED
    losses: tuple[str, ...] = ()
