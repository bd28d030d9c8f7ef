"""Numbers in what a camera says."""

from typing import Final

MAX_DIGITS: Final = 12
"""Python refuses to read numbers of more than some thousand digits, and no camera has a use for them."""


def number_in(text: str) -> int | None:
    """The whole number that the text is; None where it is none, or an absurd one.

    >>> number_in("96"), number_in("-1"), number_in("9" * 13)
    (96, None, None)
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else None
