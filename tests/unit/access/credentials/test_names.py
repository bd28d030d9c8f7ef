"""A name has one spelling and one script, can be seen, and looks like no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.access import InputError
from passerby.access.credentials.names import looked_up, skeleton, spelled


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Ana", "ana"),
        (" ana.petrovic ", "ana.petrovic"),
        ("ANA@city.example", "ana@city.example"),
        ("Ђорђе", "ђорђе"),
        ("Straße", "strasse"),
        ("ﬁona", "fiona"),
        ("Ａｎａ", "ana"),
        ("A\u0301na", "ána"),
        ("op-1_b+x", "op-1_b+x"),
        ("Νίκος", "νίκοσ"),
        ("田中さん", "田中さん"),
    ],
)
def test_one_spelling(typed: str, stored: str) -> None:
    assert spelled(typed) == stored
    assert spelled(stored) == stored


@pytest.mark.parametrize(
    "name",
    [
        "", "a", " ", "x" * 65, "x" * 10_000, "ana maria", "ana\u200b", "a\u202ena", "аna", "Αna", "anа", "ana\0",
        "ana\nbob", "-ana", ".ana", "_ana", "ana/..", "<ana>", "ana;drop", "passerby", "System", "𝒜\u0000",
        "\ud800\ud800", "anа.petrovic", "😀😀", "an\u0307\u0307\u0307\u0307\u0600a", "ⰀⰁⰂ",
    ],
)  # fmt: skip
@pytest.mark.asvs("2.2.1")
def test_what_is_no_name_is_refused_and_not_repeated(name: str) -> None:
    with pytest.raises(InputError) as refused:
        spelled(name)
    assert looked_up(name) is None
    if len(name.strip()) > 2 and name.isascii() and name.lower() not in ("passerby", "system"):
        assert name not in str(refused.value)


@pytest.mark.parametrize(
    ("one", "other"),
    [("paco", "расо"), ("ana", "ána"), ("bob1", "bobl"), ("m0", "mo"), ("modern", "modem"), ("wow", "vvow"),
     ("nikola", "nіkola"), ("ου", "ou")],
)  # fmt: skip
def test_what_looks_alike_has_one_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


def test_what_differs_has_another() -> None:
    names = ["ana", "anna", "ivan", "иван", "đorđe", "ђорђе", "petar", "marko", "milan", "zoran", "operator1"]
    assert len({skeleton(name) for name in names}) == len(names) - 0


@given(st.text(max_size=70))
def test_every_text_is_a_name_or_is_refused(text: str) -> None:
    found = looked_up(text)
    if found is not None:
        assert spelled(text) == found
        assert spelled(found) == found
        assert skeleton(found)
