"""Where a page ends and the next begins: the last row's own key, so that no page is skipped or seen twice."""

from typing import overload


def cursor_of(place: tuple[int, int]) -> str:
    """The text that stands for a row's place.

    >>> cursor_of((1700000000, 12))
    '1700000000.12'
    """
    return f"{place[0]}.{place[1]}"


@overload
def numbers_of(cursor: str) -> tuple[int, int]: ...
@overload
def numbers_of(cursor: None) -> None: ...
@overload
def numbers_of(cursor: str | None) -> tuple[int, int] | None: ...


def numbers_of(cursor: str | None) -> tuple[int, int] | None:
    """A row's place again; None for the first page.

    Raises:
        ValueError: the text is not from a page.
    """
    if cursor is None:
        return None
    first, _, second = cursor.partition(".")
    return _whole(first), _whole(second)


def number_and_name_of(cursor: str) -> tuple[int, str]:
    """A row's place again, where a name is the second part of its key.

    Raises:
        ValueError: the text is not from a page.
    """
    first, _, second = cursor.partition(".")
    return _whole(first), second


def not_a_page() -> ValueError:
    """The error of a text that is not from a page."""
    return ValueError("after: not from an earlier page. Pass on what the page before gave, or leave it out")


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 18 + 1 and int(text) < 2**63):
        raise not_a_page()
    return int(text)
