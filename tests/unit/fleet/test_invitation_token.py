"""Tokens come back as they were made, and one with a wrong letter is recognised before anything is sent."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.errors import PasserbyError
from passerby.fleet.invitation_token import PREFIX, InvitationToken

TOKEN = InvitationToken(("hub.example.org:8443",), bytes(range(32)), bytes(range(16)))
LETTERS = string.ascii_letters + string.digits + "-_"


def test_a_token_comes_back_as_it_was_made_also_when_its_lines_were_broken() -> None:
    text = TOKEN.text()
    assert InvitationToken.read(text) == TOKEN
    assert InvitationToken.read(f"  {text[:40]}\n  {text[40:]}\n") == TOKEN
    assert "secret" not in repr(TOKEN)


@given(st.integers(0, len(TOKEN.text()) - 1), st.sampled_from(LETTERS))
def test_a_token_with_a_wrong_letter_is_recognised(place: int, letter: str) -> None:
    text = TOKEN.text()
    wrong = text[:place] + letter + text[place + 1 :]
    if wrong == text:
        return
    try:
        assert InvitationToken.read(wrong) == TOKEN  # bits of the last letter that stand for nothing
        assert place == len(text) - 1
    except PasserbyError as error:
        assert text.removeprefix(PREFIX) not in str(error)


@given(st.text(max_size=300))
def test_what_is_no_token_is_refused_in_words(text: str) -> None:
    for each in (text, PREFIX + text):
        with pytest.raises(PasserbyError, match="the token: "):
            InvitationToken.read(each)


def test_a_part_of_a_token_is_recognised() -> None:
    text = TOKEN.text()
    for letters in range(len(PREFIX), len(text)):
        with pytest.raises(PasserbyError, match="Copy all of it"):
            InvitationToken.read(text[:letters])
