"""The text between two pages stands for one row, and nothing else is taken for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.store.databases.paging import cursor_of, number_and_name_of, numbers_of

whole = st.integers(0, 2**63 - 1)


@given(first=whole, second=whole)
def test_a_row_is_found_again(first: int, second: int) -> None:
    assert numbers_of(cursor_of((first, second))) == (first, second)


def test_the_first_page_has_no_cursor() -> None:
    assert numbers_of(None) is None


@pytest.mark.parametrize(
    "text",
    ["", ".", "1", "1.", ".1", "1.2.3", "-1.2", "1 .2", "²1.1", f"{2**63}.0", f"0.{2**63}", f"{1:020}.0", "x.1"],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not from an earlier page"):
        numbers_of(text)


def test_the_second_part_may_be_a_name_with_anything_in_it() -> None:
    assert number_and_name_of("17.square.north") == (17, "square.north")
    for text in ("", "x.a", "-1.a", f"{2**63}.a"):
        with pytest.raises(ValueError, match="not from an earlier page"):
            number_and_name_of(text)
