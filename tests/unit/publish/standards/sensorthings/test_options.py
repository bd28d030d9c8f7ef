"""Query options of SensorThings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.publish.standards.sensorthings.errors import WrongRequestError
from passerby.publish.standards.sensorthings.options import MAX_TOP, NAMES, Options, options_of


def test_nothing_asked_is_a_page_of_all() -> None:
    assert options_of({}) == Options()


def test_each_option_is_read() -> None:
    read = options_of({
        "$top": "5000", "$skip": "3", "$count": "true", "$orderby": "name desc, id", "$select": "name,id",
        "$expand": "Datastreams($top=1;$expand=Observations($orderby=phenomenonTime desc;$top=1)),Locations",
    })  # fmt: skip
    assert (read.top, read.skip, read.count) == (MAX_TOP, 3, True)
    assert read.order == (("name", True), ("id", False))
    assert read.select == ("name", "id")
    assert set(read.expand) == {"Datastreams", "Locations"}
    assert read.expand["Datastreams"].expand["Observations"].order == (("phenomenonTime", True),)


def test_a_path_in_expand_is_one_within_the_other() -> None:
    read = options_of({"$expand": "Datastreams/ObservedProperty"})
    assert "ObservedProperty" in read.expand["Datastreams"].expand


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ({"$top": "-1"}, r"\$top: a whole number"),
        ({"$count": "yes"}, "true or false"),
        ({"$orderby": "name up"}, "asc or desc"),
        ({"$search": "x"}, r"\$search: not offered"),
        ({"$expand": "A(B"}, "not closed"),
        ({"$expand": "A/B/C"}, "at most 2 levels"),
        ({"$expand": "A($top=x)"}, "a whole number"),
        ({"$filter": "name like 'a'"}, r"\$filter"),
    ],
)
def test_what_is_not_understood_is_said(query: dict[str, str], what: str) -> None:
    with pytest.raises(WrongRequestError, match=what):
        options_of(query)


@given(st.dictionaries(st.sampled_from(NAMES), st.text(alphabet="$()=;,'/a1 topexandskif", max_size=40)))
def test_any_query_is_read_or_refused(query: dict[str, str]) -> None:
    try:
        read = options_of(query)
    except WrongRequestError:
        return
    assert 0 <= read.top <= MAX_TOP
