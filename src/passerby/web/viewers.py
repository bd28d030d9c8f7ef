"""How many look at each camera now."""

from collections import Counter


class Viewers:
    """Who looks at which camera now."""

    def __init__(self) -> None:
        self._looking: Counter[str] = Counter()

    @property
    def count(self) -> int:
        """Viewers of all cameras together."""
        return self._looking.total()

    def come(self, camera: str) -> None:
        """One more."""
        self._looking[camera] += 1

    def go(self, camera: str) -> bool:
        """One less; True if it was the last."""
        self._looking[camera] -= 1
        if self._looking[camera] > 0:
            return False
        del self._looking[camera]
        return True
