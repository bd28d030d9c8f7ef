"""The texts of the public pages in one language: files that anyone can add one to, and Serbian's second script."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from passerby.domain.register import ANY_LANGUAGE
from passerby.register.serbian import to_cyrillic, to_latin

FOLDER: Final = Path(__file__).parent / "languages"
DEFAULT: Final = "en"
_FROM_OTHER_SCRIPT: Final = {"sr-Latn": ("sr-Cyrl", to_latin), "sr-Cyrl": ("sr-Latn", to_cyrillic)}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language.

    Attributes:
        language: its tag (BCP 47).
        texts: dotted key -> text; a text may have places such as `{number}`.
    """

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Returns a text with its places filled.

        Raises:
            KeyError: there is none of that key, in this language and in English.
        """
        text = self.texts.get(key) or english().texts[key]
        return text.format(**values) if values else text

    def word(self, group: str, value: str) -> str:
        """Returns the name of a value of a closed list; the value itself where it has none."""
        return self.texts.get(f"{group}.{value}") or english().texts.get(f"{group}.{value}") or value

    def days(self, number: int) -> str:
        """Returns a number of days in words."""
        slavic = self("grammar.plural") == "slavic"
        one = number % 10 == 1 and number % 100 != 11 if slavic else number == 1
        return self("grammar.day" if one else "grammar.days", number=number)

    def written(self, texts: Mapping[str, str]) -> tuple[str, str]:
        """Returns a text of the site's own as this language's readers see it, and the tag of the language it is in."""
        if self.language in texts:
            return texts[self.language], self.language
        other, made = _FROM_OTHER_SCRIPT.get(self.language, ("", str))
        if other in texts and other:
            return made(texts[other]), self.language
        if ANY_LANGUAGE in texts:
            return texts[ANY_LANGUAGE], self.language
        language = DEFAULT if DEFAULT in texts else next(iter(texts), ANY_LANGUAGE)
        return texts.get(language, ""), language or self.language


@cache
def english() -> Catalogue:
    """Returns the language that every other falls back to."""
    return Catalogue(DEFAULT, _texts_of(DEFAULT) or {})


@cache
def catalogue(language: str) -> Catalogue:
    """Returns a language's texts; a language without a file of its own has English ones.

    Of Serbian one script has a file, and the other is made from it.
    """
    texts = _texts_of(language)
    if texts is not None:
        return Catalogue(language, texts)
    other, made = _FROM_OTHER_SCRIPT.get(language, ("", str))
    source = _texts_of(other) if other else None
    if source is not None:
        return Catalogue(language, {key: made(text) for key, text in source.items()})
    return Catalogue(language, english().texts)


def languages() -> tuple[str, ...]:
    """Returns the tags of all languages that have texts, scripts that are made included."""
    found = {path.stem for path in FOLDER.glob("*.toml")}
    made = {tag for tag, (other, _) in _FROM_OTHER_SCRIPT.items() if other in found}
    return tuple(sorted(found | made))


def _texts_of(language: str) -> Mapping[str, str] | None:
    path = FOLDER / f"{language}.toml"
    if not path.is_file():
        return None
    return dict(_flat(tomllib.loads(path.read_text(encoding="utf-8")), ""))


def _flat(table: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        name = f"{prefix}{key}"
        found += _flat(value, f"{name}.") if isinstance(value, dict) else [(name, str(value))]
    return found
