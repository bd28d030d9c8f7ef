"""`$filter` of SensorThings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.publish.standards.sensorthings.errors import WrongRequestError
from passerby.publish.standards.sensorthings.filters import parsed

ENTITY = {
    "name": "it's north",
    "result": 42,
    "phenomenonTime": "2026-11-01T00:15:00Z/2026-11-01T00:30:00Z",
    "resultQuality": {"status": "published"},
    "none": None,
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("result gt 41", True),
        ("result gt 42", False),
        ("result ge 42 and result le 42.0", True),
        ("result lt 3 or name eq 'it''s north'", True),
        ("not (result lt 3)", True),
        ("not result lt 3 and result eq 3", False),
        ("result eq 42 or result eq 1 and result eq 2", True),  # and binds more
        ("(result eq 42 or result eq 1) and result eq 2", False),
        ("resultQuality/status ne 'gap'", True),
        ("resultQuality/lost eq null", True),
        ("none gt 3", False),
        ("name gt 3", False),
        ("phenomenonTime ge 2026-11-01T00:15:00Z", True),
        ("phenomenonTime gt 2026-11-01T00:15:00Z", False),
        ("phenomenonTime le 2026-11-01T01:30:00+01:00", True),
        ("phenomenonTime lt 2026-11-01T00:30:00Z", False),
        ("name gt 2026-11-01T00:30:00Z", False),
    ],
)
def test_it_holds_as_the_standard_says(text: str, holds: bool) -> None:
    assert parsed(text).holds(ENTITY) is holds


def test_what_has_to_hold_in_any_case_is_known() -> None:
    assert [each.path for each in parsed("result gt 3 and (name eq 'a' and none eq null)").needed] == [
        ("result",), ("name",), ("none",),
    ]  # fmt: skip
    assert parsed("result gt 3 and not name eq 'a'").needed[0].path == ("result",)
    assert not parsed("result gt 3 and not name eq 'a'").whole
    assert parsed("result gt 3 or name eq 'a'").needed == ()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "it ends where a property is needed"),
        ("result", "ends where a comparison"),
        ("result gt", "ends where a value"),
        ("result is 3", "one of eq, ne"),
        ("result gt high", "a value is needed"),
        ("substringof('a', name) eq true", "functions are not offered"),
        ("(result gt 3", "not closed"),
        ("result gt 3 4", "nothing can follow"),
        ("result gt 3 ; drop", "not understood: ;"),
        ("phenomenonTime gt 2026-13-01T00:00:00Z", "no such time"),
        ("(" * 30 + "a eq 1" + ")" * 30, "more than 20 parentheses"),
        ("a eq 1 and " * 200, "at most 1000 letters"),
    ],
)
def test_what_is_wrong_is_said(text: str, what: str) -> None:
    with pytest.raises(WrongRequestError, match=what):
        parsed(text)


@given(st.text(alphabet="()ab'10 -:TZ@/" + "eqnotrandgl", max_size=60))
def test_any_text_is_a_filter_or_refused(text: str) -> None:
    try:
        found = parsed(text)
    except WrongRequestError:
        return
    assert found.holds(ENTITY) in (True, False)
