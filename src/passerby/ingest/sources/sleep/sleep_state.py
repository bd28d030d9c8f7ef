"""What the reader of a stream and who analyses its frames say to each other about sleep."""


class SleepState:
    """Whether a camera's decoder may sleep, and does.

    Each side only replaces a value, so that both may be threads.

    Attributes:
        allowed: the site lets this camera sleep.
        asleep: it does.
        notice: why this stream lets no decoder sleep, or what may be missed meanwhile; empty where nothing is known.
    """

    def __init__(self, *, allowed: bool) -> None:
        """Begins awake."""
        self.allowed, self.asleep, self.notice = allowed, False, ""
        self._quiet, self._awake_from, self._answered, self._looked = False, -1, -1, -1

    @property
    def quiet(self) -> bool:
        """No one is followed, and who analyses has seen every frame that was handed over since it woke."""
        return self.allowed and self._quiet

    @property
    def answered(self) -> bool:
        """The last look of a sleeping decoder has been analysed."""
        return self._answered >= self._looked

    def look(self, index: int) -> None:
        """Notes that a frame was handed over to be looked at."""
        self._looked = index

    def attend(self, index: int, *, quiet: bool) -> None:
        """Takes in what the analysis of a frame gave.

        Args:
            index: the frame's.
            quiet: no one has been followed for a while.
        """
        self._quiet, self._answered = quiet and index >= self._awake_from, index

    def wake(self, index: int) -> None:
        """Notes that a frame was handed over late: what was said of the frames before it is void."""
        self._quiet, self._awake_from = False, index

    def note(self, *, asleep: bool, notice: str) -> None:
        """Takes in what the decoder does now."""
        self.asleep, self.notice = asleep, notice
