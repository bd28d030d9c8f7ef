"""No text is ever taken for markup."""

import pytest

from passerby.register.markup import Markup, element, joined, reachable

HOSTILE = "<script>alert(1)</script>\"'&"


def test_texts_and_attributes_are_escaped_and_markup_is_not_escaped_twice() -> None:
    written = element("p", HOSTILE, element("b", HOSTILE), title=HOSTILE, class_="a", hidden=False, open=True)
    assert "<script" not in written
    assert written.count("<b>") == 1
    assert 'class="a"' in written
    assert " open>" in written
    assert "hidden" not in written
    assert isinstance(joined(written, HOSTILE), Markup)


@pytest.mark.parametrize(
    ("contact", "href"),
    [
        ("https://a.example/x", 'href="https://a.example/x"'),
        ("a@b.example", 'href="mailto:a@b.example"'),
        ("+381 11 123", None),
        ("javascript:alert(1)", None),
        ('https://a.example/" onclick="x', None),
    ],
)
def test_only_pages_and_mail_become_links(contact: str, href: str | None) -> None:
    written = reachable(contact)
    assert ("href" in written) == (href is not None)
    assert href is None or href in written
