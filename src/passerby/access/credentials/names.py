"""Account names: one spelling each, of one script, and no two that look alike."""

import re
import unicodedata
from typing import Final

from passerby.access.errors import InputError
from passerby.text import invisible_letter

MAX_NAME_LETTERS: Final = 64
_ALLOWED = re.compile(r"^[^\W_][\w.@+-]*$")
_RESERVED: Final = frozenset({"passerby", "hub", "system", "public", "unknown", "anonymous", "everybody", "all"})
"""Words that the audit log would be misread with."""

_SCRIPTS: Final = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "GEORGIAN", "HEBREW", "ARABIC", "DEVANAGARI", "BENGALI",
                   "TAMIL", "THAI", "HANGUL", "HIRAGANA", "KATAKANA", "CJK")  # fmt: skip
_TOGETHER: Final = (frozenset({"HIRAGANA", "KATAKANA", "CJK"}), frozenset({"HANGUL", "CJK"}))
"""Scripts that are written together (Unicode UTS #39, "highly restrictive", without Latin in between)."""

_ALIKE: Final = str.maketrans(
    dict(
        zip(
            # Cyrillic, then Greek, then digits.
            "авгеԁһіјкӏмноԛрѕстуԝхѵьαβγικνορτυχωϲ01",
            "abredhijklmhoqpsctywxvbabyiknoptuxwcol",
            strict=True,
        )
    )
)
"""Small letters and digits that look like a Latin letter: Unicode's confusables.txt, cut to what folding leaves."""


def spelled(name: str) -> str:
    """Returns the name as it is stored: NFKC, case folded.

    Raises:
        InputError: it is no name; the text does not repeat it.

    >>> spelled(" Ana.Petrović ")
    'ana.petrović'
    """
    folded = _folded(name)
    problem = _problem(folded)
    if problem:
        raise InputError(f"account name: {problem}. Use letters of one script, digits and . - _ @ +")
    return folded


def looked_up(name: str) -> str | None:
    """Returns the name as it would be stored, or None for what can be the name of no account."""
    folded = _folded(name)
    return None if _problem(folded) else folded


def skeleton(name: str) -> str:
    r"""Returns what a stored name looks like; names that look alike have the same one.

    >>> skeleton("\u0430na") == skeleton("ana"), skeleton("ana") == skeleton("anna")
    (True, False)
    """
    plain = unicodedata.normalize("NFD", name)
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return letters.translate(_ALIKE).replace("rn", "m").replace("vv", "w").replace("ı", "i").replace("ł", "l")


def _folded(name: str) -> str:
    if len(name) > 4 * MAX_NAME_LETTERS:
        return ""
    folded = unicodedata.normalize("NFKC", name.strip()).casefold()
    return unicodedata.normalize("NFKC", folded)


def _problem(name: str) -> str:
    if not 2 <= len(name) <= MAX_NAME_LETTERS:
        return f"2 to {MAX_NAME_LETTERS} letters are needed"
    if found := invisible_letter(name):
        return f"{found} cannot be seen"
    if not _ALLOWED.match(name):
        return "it holds something that is neither letter, digit nor one of . - _ @ +"
    if name in _RESERVED:
        return "this word means something else in the audit log"
    scripts = {_script(letter) for letter in name if letter.isalpha()}
    if None in scripts:
        return "it holds a letter of a script that is not supported"
    if len(scripts) > 1 and not any(scripts <= together for together in _TOGETHER):
        return "it mixes letters of " + " and ".join(sorted(str(script).capitalize() for script in scripts))
    return ""


def _script(letter: str) -> str | None:
    first = unicodedata.name(letter, "").partition(" ")[0].partition("-")[0]
    return first if first in _SCRIPTS else None
