"""Estimates how easily a password is guessed: common words, names, repetitions and neighbouring keys count little.

`guessed_words.txt` holds 3,600 of the most common passwords, those of 12 letters and more among 30,000, and words of
this field, as hashes: many of them are not fit to be read. They come from zxcvbn's list (Daniel Wolf, MIT License). The
estimate follows the idea of zxcvbn (Wheeler, USENIX Security 2016): the cheapest way to put the password together.
"""

import hashlib
import re
import unicodedata
from functools import cache
from importlib.resources import files
from itertools import pairwise

MIN_BITS = 36.0
"""What the cheapest way must cost: with ten attempts in 15 minutes, 2**36 are guessed in two hundred thousand years."""

_WORD_BITS = 12.0
_LETTER_BITS = 4.5
_RUN_BITS = 6.0
_BLOCK_BITS = 4.0
_MAX_WORD_LETTERS = 24
_MIN_WORD_LETTERS = 4
_MIN_RUN_LETTERS = 3
_ROWS = ("qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm", "1234567890", "йцукенгшщзхъ",
         "љњертзуиоп")  # fmt: skip
_YEAR = re.compile(r"^(19|20)[0-9]{2}$")
_LEET = str.maketrans("@4301!57$", "aaeoiists")


def is_common(password: str, *words: str) -> bool:
    """Returns whether a password is among the first to be guessed.

    Args:
        password: in NFC.
        words: what is guessed here besides: the account's name, the site's.

    >>> is_common("Password1234!"), is_common("qwertzuiop123"), is_common("violet kettle under seven bridges")
    (True, True, False)
    """
    own = frozenset(part for word in words for part in _parts(_plain(word)))
    plain = _plain(password)
    return min(_bits(plain, own), _bits(plain.translate(_LEET), own)) < MIN_BITS


def _bits(text: str, own: frozenset[str]) -> float:
    """Returns the cheapest cost of the text, of which each piece is a word, a run, a repeated block or a letter."""
    cheapest = [0.0] + [float("inf")] * len(text)
    for end in range(1, len(text) + 1):
        cheapest[end] = cheapest[end - 1] + _LETTER_BITS
        for start in range(max(0, end - _MAX_WORD_LETTERS), end - _MIN_RUN_LETTERS + 1):
            cost = _piece_bits(text, start, end, own)
            if cost is not None:
                cheapest[end] = min(cheapest[end], cheapest[start] + cost)
    return cheapest[-1]


def _piece_bits(text: str, start: int, end: int, own: frozenset[str]) -> float | None:
    piece = text[start:end]
    if text.find(piece, 0, end - 1) < start and piece in text[:start]:
        return _BLOCK_BITS
    if _is_run(piece) or _YEAR.match(piece):
        return _RUN_BITS
    if len(piece) >= _MIN_WORD_LETTERS and (piece in own or _hash(piece) in _common()):
        return _WORD_BITS
    return None


def _is_run(piece: str) -> bool:
    """Whether it is one letter over and over, an alphabet's or a keyboard's neighbours, or a piece of either."""
    steps = {ord(second) - ord(first) for first, second in pairwise(piece)}
    if len(steps) == 1 and steps <= {-1, 0, 1}:
        return True
    return any(piece in row or piece[::-1] in row for row in _ROWS)


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _parts(word: str) -> set[str]:
    pieces = "".join(letter if letter.isalnum() else " " for letter in word).split()
    return {piece for piece in [*pieces, "".join(pieces)] if len(piece) >= _MIN_WORD_LETTERS}


def _hash(word: str) -> str:
    return hashlib.sha256(word.encode("utf-8", "replace")).hexdigest()[:10]


@cache
def _common() -> frozenset[str]:
    lines = files(__package__).joinpath("guessed_words.txt").read_text("ascii").splitlines()
    return frozenset(each for line in lines[1:] for each in line.split())
