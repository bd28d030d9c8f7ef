"""Serbian's two scripts, each made from the other."""

from typing import Final

_CYRILLIC_LETTERS: Final = "абвгдђежзијклљмнњопрстћуфхцчџш"
_LATIN_LETTERS: Final = (
    "a", "b", "v", "g", "d", "đ", "e", "ž", "z", "i", "j", "k", "l", "lj", "m", "n", "nj", "o", "p", "r", "s", "t", "ć",
    "u", "f", "h", "c", "č", "dž", "š",
)  # fmt: skip
_LATIN: Final = dict(zip(_CYRILLIC_LETTERS, _LATIN_LETTERS, strict=True))
_CYRILLIC: Final = dict(zip(_LATIN_LETTERS, _CYRILLIC_LETTERS, strict=True))

_APART: Final = ("injekc", "konjun", "konjug", "nadživ", "podžanr", "tanjug", "vanjezič", "nadžnj", "odživ")
"""Beginnings of words in which two Latin letters stand for two Cyrillic ones, as in инјекција and надживети."""


def to_latin(text: str) -> str:
    """Returns a text with its Cyrillic letters in Latin; nothing else changes.

    >>> to_latin("Трг Републике, Његошева и ЉУБАВ")
    'Trg Republike, Njegoševa i LJUBAV'
    """
    written = []
    for place, letter in enumerate(text):
        latin = _LATIN.get(letter.lower())
        if latin is None:
            written.append(letter)
        elif letter.islower():
            written.append(latin)
        else:
            written.append(latin.upper() if _among_capitals(text, place) else latin.capitalize())
    return "".join(written)


def to_cyrillic(text: str) -> str:
    """Returns a Serbian text with its Latin letters in Cyrillic; words with other letters stay as they are.

    >>> to_cyrillic("Trg Republike, Njegoševa i LJUBAV; injekcija")
    'Трг Републике, Његошева и ЉУБАВ; инјекција'
    >>> to_cyrillic("www.example.org, QR, a@b.rs")
    'www.example.org, QR, a@b.rs'
    """
    return " ".join(_word(word) for word in text.split(" "))


def _word(word: str) -> str:
    if any(sign in word for sign in ("@", "://", "www.")) or any(letter in "qwxyQWXY" for letter in word):
        return word
    apart = any(start in word.lower() for start in _APART)
    written, place = [], 0
    while place < len(word):
        pair = word[place : place + 2]
        if len(pair) == 2 and not apart and pair.lower() in _CYRILLIC:
            cyrillic, step = _CYRILLIC[pair.lower()], 2
        else:
            cyrillic, step = _CYRILLIC.get(word[place].lower(), word[place]), 1
        written.append(cyrillic.upper() if word[place].isupper() else cyrillic)
        place += step
    return "".join(written)


def _among_capitals(text: str, place: int) -> bool:
    """The letter stands beside another capital, as in a heading written in capitals alone."""
    beside = text[place + 1 : place + 2] or text[max(0, place - 1) : place]
    return beside.isupper() or (not beside.isalpha() and text[max(0, place - 1) : place].isupper())
