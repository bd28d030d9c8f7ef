"""A place with cards in its margins: what the pictures of a count and of a drawing have in common."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from passerby.report.pictures.cards import Card, CardWriter, Detail
from passerby.report.pictures.margins import Margins, stand
from passerby.report.pictures.palette import Palette
from passerby.report.pictures.scene import Box, Point, Shape, Stroke
from passerby.report.pictures.typeface import Typeface

_ROOM, _EDGE, _GAP = 236.0, 12.0, 8.0
"""The widest card, what is left free beside cards, and between two; in 960ths of the width of the place."""


@dataclass(frozen=True, slots=True)
class Cards:
    """Cards that stand in the margins.

    Attributes:
        cards: all of them, in the order of what they belong to.
        margins: where they stand.
        writer: draws them.
    """

    cards: tuple[Card, ...]
    margins: Margins
    writer: CardWriter

    @property
    def unplaced(self) -> tuple[str, ...]:
        """What the cards say that found no room."""
        rows = zip(self.cards, self.margins.boxes, strict=True)
        return tuple(card.spoken for card, box in rows if box is None)

    def leaders(self, palette: Palette, unit_px: float) -> Iterator[Shape]:
        """Yields the stroke from each card to its place."""
        for leader in self.margins.leaders:
            if leader is not None:
                yield Stroke(leader, palette.casing, 3.2 * unit_px)
        for leader in self.margins.leaders:
            if leader is not None:
                yield Stroke(leader, palette.leader, 1.3 * unit_px)

    def shapes(self, palette: Palette) -> Iterator[Shape]:
        """Yields the cards."""
        for card, box in zip(self.cards, self.margins.boxes, strict=True):
            if box is not None:
                yield from self.writer.drawn(card, box, palette)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A place, and the cards beside it.

    Attributes:
        place: where the picture of the place stands.
        width_px: of the whole picture.
        cards: beside the place.
    """

    place: Box
    width_px: int
    cards: Cards


MakeCards = Callable[[CardWriter, Detail], Sequence[Card]]
Anchors = Callable[[Box], Sequence[Point]]


def arrange(
    place_px: tuple[int, int],
    top_px: int,
    face: Typeface,
    make_cards: MakeCards,
    anchors: Anchors,
    *,
    watched: bool = True,
) -> Arrangement:
    """Returns the place with the fullest cards that all find room; the tiniest, as many as fit, when none do.

    Args:
        place_px: width and height of the place.
        top_px: where it begins.
        face: what cards are written in.
        make_cards: gives the cards of a length.
        anchors: gives what each belongs to, where the place stands in a box.
        watched: False when nothing was watched at all.
    """
    arrangement = _of(place_px, top_px, face, make_cards, anchors, Detail.FULL, watched)
    for detail in (Detail.BRIEF, Detail.TINY):
        if arrangement.cards.margins.complete:
            break
        arrangement = _of(place_px, top_px, face, make_cards, anchors, detail, watched)
    return arrangement


def _of(
    place_px: tuple[int, int],
    top_px: int,
    face: Typeface,
    make_cards: MakeCards,
    anchors: Anchors,
    detail: Detail,
    watched: bool,
) -> Arrangement:
    unit_px = place_px[0] / 960
    letter_px = (12.5 if detail is Detail.TINY else 14.0) * unit_px
    writer = CardWriter(face, letter_px, _ROOM * unit_px, place_px, watched)
    cards = tuple(make_cards(writer, detail))
    sizes_px = [writer.size_px(card) for card in cards]
    wide_px = round(max((width for width, _ in sizes_px), default=0.0) + 2 * _EDGE * unit_px)
    sides = (wide_px, wide_px) if cards else (0, 0)
    place, margins = _standing(place_px, top_px, sides, sizes_px, anchors, unit_px)
    # A margin in which nothing stands is none.
    middle_px = (place.left_px + place.right_px) / 2
    used = tuple(
        width if any(box and (box.left_px < middle_px) == left for box in margins.boxes) else 0
        for width, left in zip(sides, (True, False), strict=True)
    )
    if used != sides:
        place, margins = _shifted(place, margins, used[0] - sides[0])
    return Arrangement(place, round(place.right_px) + used[1], Cards(cards, margins, writer))


def _standing(
    place_px: tuple[int, int],
    top_px: int,
    sides: tuple[int, int],
    sizes_px: Sequence[tuple[float, float]],
    anchors: Anchors,
    unit_px: float,
) -> tuple[Box, Margins]:
    edge_px = _EDGE * unit_px
    place = Box(sides[0], top_px, sides[0] + place_px[0], top_px + place_px[1])
    low_px, high_px = place.top_px + edge_px, place.bottom_px - edge_px
    left = Box(edge_px, low_px, sides[0] - edge_px, high_px)
    right = Box(place.right_px + edge_px, low_px, place.right_px + sides[1] - edge_px, high_px)
    return place, stand(sizes_px, anchors(place), left, right, _GAP * unit_px)


def _shifted(place: Box, margins: Margins, by_px: float) -> tuple[Box, Margins]:
    def moved(point: Point) -> Point:
        return point[0] + by_px, point[1]

    return _moved(place, by_px), Margins(
        tuple(box and _moved(box, by_px) for box in margins.boxes),
        tuple(leader and (moved(leader[0]), moved(leader[1])) for leader in margins.leaders),
    )


def _moved(box: Box, by_px: float) -> Box:
    return Box(box.left_px + by_px, box.top_px, box.right_px + by_px, box.bottom_px)
