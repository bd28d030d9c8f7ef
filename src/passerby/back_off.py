"""How long to wait before something that ended is started again."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BackOffSettings:
    """How a wait grows.

    Attributes:
        first_s: after the first end.
        max_s: it grows no further.
        factor: by how much it grows with each end.
        healthy_s: what has run for so long begins anew with `first_s`.
    """

    first_s: float = 0.5
    max_s: float = 30.0
    factor: float = 2.0
    healthy_s: float = 60.0


class BackOff:
    """Waits that grow from end to end, and begin anew after a long life."""

    def __init__(self, settings: BackOffSettings | None = None, chance: random.Random | None = None) -> None:
        """Begins with the first wait.

        Args:
            settings: how the waits grow.
            chance: spreads the waits, each between half and all of what it has grown to, so that what failed together
                does not come back together; None: the waits are not spread.
        """
        self._settings, self._chance = settings or BackOffSettings(), chance
        self._next_s = self._settings.first_s

    @property
    def healthy_s(self) -> float:
        """What has run for so long begins anew."""
        return self._settings.healthy_s

    def wait_s(self, lived_s: float = 0.0) -> float:
        """The wait after an end.

        Args:
            lived_s: how long it had run.
        """
        chosen = self._settings
        if lived_s >= chosen.healthy_s:
            self.reset()
        wait_s, self._next_s = self._next_s, min(self._next_s * chosen.factor, chosen.max_s)
        return wait_s if self._chance is None else wait_s * self._chance.uniform(0.5, 1.0)

    def reset(self) -> None:
        """Begins anew: the next wait is the first one."""
        self._next_s = self._settings.first_s
