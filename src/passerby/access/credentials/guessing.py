"""Judges how soon a password is guessed, with zxcvbn (Wheeler, USENIX Security 2016)."""

import math
from typing import Final

MIN_BITS: Final = 37.0
"""What guessing must cost: with ten attempts in 15 minutes, 2**37 are made in four hundred thousand years."""

_MAX_JUDGED_LETTERS: Final = 72
"""The library takes no more; what follows can only make a password harder to guess."""

_GUESSED_HERE: Final = (
    "passerby", "lozinka", "sifra", "beograd", "srbija", "лозинка", "шифра", "београд", "србија",
    "qwertzuiop", "azertyuiop", "йцукенгшщзхъ", "љњертзуиоп",
)  # fmt: skip
"""Words and rows of keys that the library's lists do not hold."""


def is_common(password: str, *words: str) -> bool:
    """Returns whether a password is among the first to be guessed.

    Args:
        password: in NFC.
        words: what is guessed here besides: the account's name, the site's.

    >>> is_common("Password1234!"), is_common("qwertzuiop123"), is_common("violet kettle under seven bridges")
    (True, True, False)
    """
    from zxcvbn import zxcvbn  # its lists take 20 MB, and a password is set once in a while

    known = [*_GUESSED_HERE, *(part for word in words for part in _parts(word.casefold()))]
    found = zxcvbn(password[:_MAX_JUDGED_LETTERS], user_inputs=known)
    return math.log2(float(found["guesses"])) < MIN_BITS


def _parts(word: str) -> set[str]:
    pieces = "".join(letter if letter.isalnum() else " " for letter in word).split()
    return {*pieces, "".join(pieces)}
