"""How far the process that saw the pixels was isolated."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Isolation:
    """What can be relied on.

    Attributes:
        level: 0: nothing; 1: no core dumps, and limits; 2: only listed system calls and files as well; 3: under
            bubblewrap too.
        missing: why it is not 3, a sentence each; empty when it is.
    """

    level: int
    missing: tuple[str, ...]

    def __str__(self) -> str:
        words = f"isolation level {self.level} of 3"
        return words + (f" ({'; '.join(self.missing)})" if self.missing else "")


NOT_ISOLATED = Isolation(0, ("the pictures were read in the caller's own process",))
"""Where the library is called directly."""
