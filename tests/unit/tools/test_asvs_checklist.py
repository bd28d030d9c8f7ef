"""The checklist of OWASP ASVS is what the tests show, and says so of what none of them does."""

from pathlib import Path

import pytest

from tools.asvs_checklist import Checklist, Requirement, checklist, faults, marked, page, requirements_of

SOURCE = """
import pytest

@pytest.mark.slow
@pytest.mark.asvs("6.2.1", "6.2.9")
def test_lengths() -> None: ...

class TestCodes:
    @pytest.mark.asvs("6.5.1")
    async def test_once(self) -> None: ...

@pytest.mark.parametrize("asvs", ["1.2.3"])
def test_of_nothing() -> None: ...
"""


def found(*requirements: Requirement, **tests: str) -> Checklist:
    shown = {number.replace("_", ".").strip("."): (test,) for number, test in tests.items()}
    return Checklist({"6": "Log-in"}, requirements, shown)


TESTED = Requirement("6.2.1", 1, "Long passwords", None)
PLAIN = Requirement("6.10.2", 2, "LDAP", ("not_applicable", "there is none"))


def test_the_page_is_what_the_table_and_the_tests_say() -> None:
    ours = checklist()
    assert list(faults(ours)) == []
    written = Path(__file__).parents[3].joinpath("docs/reference/asvs.md").read_text("utf-8")
    assert written == page(ours), "run `python -m tools.asvs_checklist --write`"


def test_every_requirement_of_both_levels_is_there() -> None:
    levels = [each.level for each in checklist().requirements]
    assert (levels.count(1), levels.count(2)) == (70, 183)


def test_markers_are_found_in_a_source() -> None:
    assert set(marked(SOURCE)) == {
        ("6.2.1", "test_lengths"), ("6.2.9", "test_lengths"), ("6.5.1", "test_once"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("list_", "fault"),
    [
        (found(TESTED), "6.2.1: no test is marked with it"),
        (found(_9_9_9_="tests/x.py::test_y"), "9.9.9: tests/x.py::test_y is marked"),
        (found(PLAIN, _6_10_2_="tests/x.py::test_y"), "6.10.2: tests show it"),
        (found(Requirement("6.1.1", 1, "Words", ("documented", "docs/nowhere.md"))), "6.1.1: there is no docs"),
    ],
)
def test_what_is_wrong_is_named(list_: Checklist, fault: str) -> None:
    (only,) = faults(list_)
    assert only.startswith(fault)


def test_tests_and_reasons_stand_in_the_page() -> None:
    text = page(found(TESTED, PLAIN, _6_2_1_="tests/x.py::test_long_ones"))
    assert "| 6.2.1 | 1 | Long passwords | *tested*: [long ones](../../tests/x.py) |" in text
    assert "| 6.10.2 | 2 | LDAP | *not applicable*: there is none |" in text
    assert "| all | 2 |" in text


def test_an_entry_has_one_reason() -> None:
    with pytest.raises(ValueError, match="one reason"):
        requirements_of({"1.1.1": {"level": 1, "title": "x", "not_met": "y", "by_design": "z"}})
    with pytest.raises(ValueError, match="no other keys"):
        requirements_of({"1.1.1": {"level": 1, "title": "x", "reason": "y"}})
    order = requirements_of({number: {"level": 1, "title": "x"} for number in ("6.10.1", "6.2.1")})
    assert [each.number for each in order] == ["6.2.1", "6.10.1"]
