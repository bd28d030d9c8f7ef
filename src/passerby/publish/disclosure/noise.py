"""Noise of published numbers, drawn by OpenDP from the system's cryptographic random numbers.

The partner's number is the true one + X, the public one the partner's + Z. X is discrete Laplace with the partner's
epsilon. Z is 0 with chance w, and else discrete Laplace with the public one's epsilon, so that X + Z is discrete
Laplace with the public epsilon: the public number is as noisy as it would be alone. As Z does not depend on the true
number, both together give away no more than the partner's number does (Koufogiannis, Han and Pappas, Gradual Release
of Sensitive Data under Differential Privacy, 2016). Two independent draws would give away the sum of both epsilons, and
their mean would be nearer to the true number than either.

OpenDP's functions may change with any release below 1.0, so that no other module calls it.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final, cast

from passerby.domain.published import STREET_RULES, Audience

MAX_COUNT: Final = 1_000_000
"""Of one bin, class group and way; far above what crosses a line, and far below where OpenDP's numbers end."""

PARTNER_EPSILON: Final = STREET_RULES[Audience.PARTNER].epsilon or 0.0
PUBLIC_EPSILON: Final = STREET_RULES[Audience.PUBLIC].epsilon or 0.0


def unchanged_share(public: float, partner: float) -> float:
    """Returns how often both audiences get the same number.

    With p = exp(-epsilon), the characteristic function of discrete Laplace is (1 - p)^2 / (1 + p^2 - 2 p cos t). The
    quotient of both is the one of Z: a constant, which is this, and a multiple of the public one's.

    Args:
        public: epsilon of the public number, the smaller one.
        partner: epsilon of the partner's.

    >>> round(unchanged_share(0.5, 1.0), 4)
    0.235
    """
    p_public, p_partner = math.exp(-public), math.exp(-partner)
    return (1 - p_public) ** 2 * p_partner / ((1 - p_partner) ** 2 * p_public)


class NoiseSource:
    """Draws noise. Nothing of what it draws is ever logged."""

    def __init__(self) -> None:
        # A third of a second of imports, for a site that publishes.
        import opendp.prelude as dp

        dp.enable_features("contrib")
        space = dp.vector_domain(dp.atom_domain(T=int)), dp.l1_distance(T=int)
        self._partner = _laplace(dp.m.make_laplace(*space, scale=1 / PARTNER_EPSILON), PARTNER_EPSILON)
        self._public = _laplace(dp.m.make_laplace(*space, scale=1 / PUBLIC_EPSILON), PUBLIC_EPSILON)
        changed = 1 - unchanged_share(PUBLIC_EPSILON, PARTNER_EPSILON)
        # True stays True with this chance.
        self._changed = cast("Callable[[bool], bool]", dp.m.make_randomized_response_bool(prob=changed))

    def drawn(self, counts: Sequence[int]) -> list[Mapping[Audience, int]]:
        """Returns a noisy number of each count for each audience outside; another one at each call.

        Args:
            counts: true numbers, 0 to `MAX_COUNT`.

        Raises:
            ValueError: a count is outside of that.
        """
        if any(not 0 <= count <= MAX_COUNT for count in counts):
            raise ValueError(f"counts: must be 0 to {MAX_COUNT}")
        if not counts:
            return []
        partner = self._partner(list(counts))
        more = self._public([0] * len(counts))
        public = [one + other if self._changed(True) else one for one, other in zip(partner, more, strict=True)]
        return [
            {Audience.PARTNER: of_partner, Audience.PUBLIC: of_public}
            for of_partner, of_public in zip(partner, public, strict=True)
        ]


def _laplace(measurement: object, epsilon: float) -> Callable[[list[int]], list[int]]:
    """Returns a mechanism, having asked OpenDP for its epsilon where one crossing is added or taken away."""
    promised = float(measurement.map(1))  # type: ignore[attr-defined]
    if not promised <= epsilon * (1 + 1e-9):
        raise RuntimeError(f"OpenDP promises an epsilon of {promised}, and {epsilon} is needed")
    return cast("Callable[[list[int]], list[int]]", measurement)
