"""Accuracies of what is not counted at one line: of movements, by those of their two lines; of zones, as believed.

Neither is counted by hand, so that all of these intervals rest on a belief.

**A movement** is counted where both its crossings are, and one track holds between them. Its ratio is believed to be
the geometric mean of its lines' ratios, as misses at both lines are in part of the same people, times `HELD_RATIO`.
Where its lines were counted by hand their ratios are known better, and so is the movement's.

**A zone's edge** is crossed also by those who stand on it, and by tracks that begin or end near it; who is **inside**
counts on while hidden. Both make counts that are too high, where a line's are too low. `ZONE_RATIO` is of both.

On PETS and Town Centre, the two recordings with boxes of everybody, movements between all lines were counted 0.96 to
1.03 times as often as by the boxes (crossings 1.01 to 1.13 times), entries and exits of zones 0.95 to 1.21 times, and
1.07 to 1.33 times as many were inside on average, some of whom the boxes leave out. So both beliefs were chosen with
these recordings in sight, and are laid lower, as detectors miss more elsewhere.
"""

import math
from dataclasses import replace
from typing import Final

from passerby.domain.count_accuracy import Accuracy, accuracy_of
from passerby.domain.observations import Quantity

HELD_RATIO, HELD_SD = 0.9, 0.12
"""Of those who are counted at a movement's lines, the share whose track holds from the one to the other."""

ZONE_RATIO, ZONE_SD = 0.9, 0.17
"""Counts over truth of a zone's entries, exits and occupancy; 0.62 to 1.30 holds 95 of 100 places."""

SAMPLE_S: Final = 60.0
"""How far apart samples of a mean are independent: one miss lasts no longer, so that an hour has sixty. Who is missed
for longer, such as people who sit behind a hedge, belongs to the place part."""

ZONE_COUNTS: Final = frozenset((Quantity.ENTRIES, Quantity.EXITS))
OCCUPANCIES: Final = frozenset((Quantity.OCCUPANCY_MEAN, Quantity.OCCUPANCY_MAX))
DENSITIES: Final = frozenset((Quantity.DENSITY_MEAN, Quantity.DENSITY_MAX))
"""In people for each square metre: their intervals need the zone's area, to know how many people that was."""

MEANS: Final = frozenset((Quantity.OCCUPANCY_MEAN, Quantity.DENSITY_MEAN))

ZONE: Final = replace(accuracy_of(()), ratio=ZONE_RATIO, ratio_sd=ZONE_SD)
"""Of a zone's numbers."""


def movement_accuracy(entry: Accuracy, leaving: Accuracy) -> Accuracy:
    """Returns what is believed of the counts of a movement; `by_hand` is 0, as no one counted movements.

    >>> round(movement_accuracy(accuracy_of(()), accuracy_of(())).ratio, 3)
    0.702

    Args:
        entry, leaving: the accuracies of its lines, of the same class.
    """
    ratio = math.sqrt(entry.ratio * leaving.ratio) * HELD_RATIO
    # The larger one, not both in quadrature: one view makes both lines err.
    of_lines = max(one.ratio_sd / one.ratio for one in (entry, leaving))
    return Accuracy(
        entry.road_user,
        None,
        by_hand=0,
        by_system=0,
        minutes=0,
        ratio=ratio,
        ratio_sd=ratio * math.hypot(of_lines, HELD_SD / HELD_RATIO),
        dispersion=max(entry.dispersion, leaving.dispersion),
        freedom=min(entry.freedom, leaving.freedom),
    )
