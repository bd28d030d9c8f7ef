"""A text that no database can hold is refused before it gets there."""

import pytest

from passerby.ports import StoreError
from passerby.store.databases.texts import check_texts


def test_a_text_that_cannot_be_stored_is_refused() -> None:
    check_texts("audit", "Ärger", "", "a\nb")
    for bad in ("a\0b", "\ud800"):
        with pytest.raises(StoreError, match="holds a character that is none"):
            check_texts("audit", "fine", bad)
