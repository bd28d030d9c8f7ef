"""YAML that is broken, hostile or merely unusual."""

from pathlib import Path
from typing import Any

import pytest

from passerby.config import document
from passerby.config.document import MAX_BYTES, Document, DocumentError, checked_text, parse, read_text


def reported(text: str) -> str:
    """The one fault that makes a text unreadable."""
    with pytest.raises(DocumentError) as caught:
        parse(text)
    return caught.value.fault.sentence("a.yaml")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("# only a comment\n", "a.yaml:1: the file is empty: it holds comments only"),
        ("a:\n\t- b", "a.yaml:2: a tab is used to indent; YAML wants spaces"),
        ("a: 1\n---\nb: 2\n", "a.yaml:2: a second document starts here (`---`); a site file holds one"),
        ("a: 1\nb: @x", "a.yaml:2: this is not YAML: a value starts with a character that needs quotes around it"),
        ("a: 1\nb: \x00", "a.yaml:2: this is not YAML: it holds a control character"),
        ("a: [1, 2", "a.yaml:1: this is not YAML: expected ',' or ']', but got '<stream end>'"),
        ("a: b: c", "a.yaml:1: this is not YAML: mapping values are not allowed here"),
        ('a: "\\UFFFFFFFF"', "a.yaml:1: this is not YAML: it holds an escape or a tag that cannot be read"),
        ("\n" + "[" * 5000, "a.yaml:2: nested more than 24 levels deep"),
    ],
)
def test_what_is_not_yaml_is_reported(text: str, fault: str) -> None:
    assert reported(text) == fault


def test_a_password_that_reads_as_an_alias_is_not_repeated() -> None:
    assert "canary" not in reported("password: *canary")


def test_an_alias_bomb_is_refused_before_it_grows() -> None:
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert "aliases make more than 50000 values" in reported("\n".join(lines))


def test_what_is_not_there_is_on_the_line_of_what_it_would_be_in() -> None:
    document = parse("a: 1\nb:\n  c: 2\n")
    assert [document.line(loc) for loc in ((), ("x",), ("b", "c"), ("b", "x", 1))] == [1, 1, 3, 2]
    assert Document(None, {}, []).line(("a",)) == 1


def test_more_values_than_a_site_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_VALUES", 500)
    assert "more than 500 values" in reported("[" + "1," * 1100 + "1]")


def test_an_alias_is_the_value_of_its_anchor() -> None:
    assert parse("a: &p [0.1, 0.2]\nb: [*p, *p]").value == {"a": (0.1, 0.2), "b": ((0.1, 0.2), (0.1, 0.2))}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: &a [*a]", "a.yaml:1 a[0]: an alias is inside its own anchor"),
        (
            "a: 1\nb: 2\na: 3",
            "a.yaml:3 a: this key is here twice, first in line 1; the second would hide the first",
        ),
        ("a: !secret x", "a.yaml:1 a: tags (words that start with !) are not understood here; put the text in quotes"),
        ("a: !x [1]", "a.yaml:1 a: tags (words that start with !) are not understood here"),
        ("a:\n  <<: {b: 1}", "a.yaml:2 a: merge keys (<<) are not understood: write the keys out"),
        ("a:\n  ? [1]\n  : 2", "a.yaml:2 a: a key must be one word or name, not a list or a mapping"),
    ],
)
@pytest.mark.asvs("1.5.2")
def test_what_yaml_allows_and_a_site_does_not(text: str, fault: str) -> None:
    assert [found.sentence("a.yaml") for found in parse(text).faults] == [fault]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("0x1f", 31),
        ("012", 12),
        ("1_000", 1000),
        ("1e3", 1000.0),
        ("-.inf", float("-inf")),
        ("9" * 400, float("inf")),
        ("true", True),
        ("yes", "yes"),
        ("~", None),
        ("2026-01-01", "2026-01-01"),
        ("1:30", "1:30"),
    ],
)
def test_plain_values(text: str, value: object) -> None:
    parsed = parse(f"a: {text}")
    assert parsed.value == {"a": value}
    assert not parsed.faults


def test_lines_of_keys_and_items() -> None:
    parsed = parse("a:\n  b:\n    - 1\n    - c: 2\n")
    assert parsed.line(("a", "b")) == 2
    assert parsed.line(("a", "b", 1)) == 4
    assert parsed.line(("a", "b", 1, "c", "nothing there")) == 4


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    latin, long, empty = tmp_path / "latin.yaml", tmp_path / "long.yaml", tmp_path / "empty.yaml"
    latin.write_bytes(b"a: 1\nname: Caf\xe9\n")
    long.write_bytes(b"#" * (MAX_BYTES + 1))
    empty.write_bytes(b" \n")
    faults = []
    for path in (latin, long, empty, tmp_path / "none.yaml", tmp_path, Path("a\0b")):
        with pytest.raises(DocumentError) as caught:
            read_text(path)
        faults.append(caught.value.fault.sentence("a.yaml"))
    assert faults == [
        "a.yaml:2: the file is not UTF-8 text: save it as UTF-8",
        "a.yaml:1: the file is longer than 16384 KiB: is it a site file?",
        "a.yaml:1: the file is empty",
        "a.yaml:1: the file cannot be read: No such file or directory",
        "a.yaml:1: the file cannot be read: Is a directory",
        "a.yaml:1: the file cannot be read: not a file name",
    ]


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "windows.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    assert parse(read_text(path)).value == {"a": 1, "b": 2}


def test_too_many_values_are_counted_to_the_line_where_they_become_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_VALUES", 10)
    # A stream's, a document's and a list's beginnings, and then one event for each value.
    assert reported("[\n" + "1,\n" * 30 + "]").startswith("a.yaml:20: more than 10 values")


@pytest.mark.parametrize("letter", ["#", "ä"])
def test_a_text_may_have_exactly_as_many_bytes_as_a_file(tmp_path: Path, letter: str) -> None:
    longest = "a: 1 #" + letter * ((MAX_BYTES - 6) // len(letter.encode()))
    assert len(longest.encode()) == MAX_BYTES
    path = tmp_path / "long.yaml"
    for text, fine in ((longest, True), (longest + "#", False)):
        path.write_text(text, encoding="utf-8")
        for read in (lambda text=text: checked_text(text), lambda: read_text(path)):
            if fine:
                assert read() == text
            else:
                with pytest.raises(DocumentError, match="longer than 16384 KiB"):
                    read()


def test_aliases_may_make_many_values_of_a_few_and_no_more_than_that() -> None:
    values = "values: &v [" + ", ".join(["1"] * 400) + "]\nagain: "
    few: Any = parse(values + f"[{', '.join(['*v'] * 123)}]").value
    assert len(few["again"]) == 123
    assert "aliases make more than 50000 values" in reported(values + f"[{', '.join(['*v'] * 125)}]")
