"""Whatever is quoted is read as it was."""

from hypothesis import given
from hypothesis import strategies as st

from passerby.config.document import parse
from passerby.config.quoting import quoted


@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_it_is_read_as_it_was(text: str) -> None:
    assert parse(f"a: {quoted(text)}").value == {"a": text}
