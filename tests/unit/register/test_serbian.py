"""Serbian's scripts: what goes there comes back."""

import pytest

from passerby.register.catalogue import catalogue
from passerby.register.serbian import to_cyrillic, to_latin


@pytest.mark.parametrize(
    ("latin", "cyrillic"),
    [
        ("Njegoševa", "Његошева"),
        ("NJEGOŠEVA", "ЊЕГОШЕВА"),
        ("LJUBAV I DŽEZ", "ЉУБАВ И ЏЕЗ"),
        ("Džordža Vašingtona", "Џорџа Вашингтона"),
        ("đak, žaba, ćup, čaj, šal", "ђак, жаба, ћуп, чај, шал"),
        ("injekcija", "инјекција"),
        ("nadživeti", "надживети"),
        ("Trg 15. maja (br. 3)", "Трг 15. маја (бр. 3)"),
    ],
)
def test_both_ways(latin: str, cyrillic: str) -> None:
    assert to_cyrillic(latin) == cyrillic
    assert to_latin(cyrillic) == latin


@pytest.mark.parametrize(
    "text", ["https://city.example/x", "privacy@example.org", "www.example.org", "Xavier", "", "123"]
)
def test_what_is_no_serbian_word_stays(text: str) -> None:
    assert to_cyrillic(text) == text
    assert to_latin(text) == text


def test_all_texts_of_the_pages_come_back_from_latin() -> None:
    for key, text in catalogue("sr-Cyrl").texts.items():
        words = [word for word in text.split() if not any("a" <= letter.lower() <= "z" for letter in word)]
        assert to_cyrillic(to_latin(" ".join(words))) == " ".join(words), key
