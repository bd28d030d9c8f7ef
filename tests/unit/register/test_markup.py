"""A contact becomes a link where it is a page or an e-mail address, and nothing else does."""

import pytest

from passerby.register.markup import reachable


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
@pytest.mark.asvs("1.2.2")
def test_only_pages_and_mail_become_links(contact: str, href: str | None) -> None:
    written = reachable(contact)
    assert ("href" in written) == (href is not None)
    assert href is None or href in written
