"""No text is ever taken for markup."""

import pytest

from passerby.markup import Markup, element, joined

HOSTILE = "<script>alert(1)</script>\"'&"


@pytest.mark.asvs("1.1.2", "1.2.1")
def test_texts_and_attributes_are_escaped_and_markup_is_not_escaped_twice() -> None:
    written = element("p", HOSTILE, element("b", HOSTILE), title=HOSTILE, class_="a", hidden=False, open=True)
    assert "<script" not in written
    assert written.count("<b>") == 1
    assert 'class="a"' in written
    assert " open>" in written
    assert "hidden" not in written
    assert isinstance(joined(written, HOSTILE), Markup)


def test_a_number_stands_as_it_is_and_an_empty_element_has_no_end() -> None:
    assert element("input", name="days", min=0, disabled=None) == '<input name="days" min="0">'
