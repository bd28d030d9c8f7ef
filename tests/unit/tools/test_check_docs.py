"""The documentation check finds what it is there to find."""

from pathlib import Path

import pytest

from tools.check_docs import anchor, faults


def write(root: Path, name: str, text: str) -> None:
    page = root / name
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8")


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    write(tmp_path, "README.md", "# passerby\n\nSee [the index](docs/index.md) and [there](docs/adr/one.md#why-so).\n")
    write(tmp_path, "docs/index.md", "# Index\n\n```{toctree}\n:maxdepth: 1\n\nadr/*\n```\n")
    write(tmp_path, "docs/adr/one.md", "# One\n\n## Why so?\n\n`[not](a-link)` and <https://example.org>\n")
    return tmp_path


def test_whole_documentation_has_no_fault(whole: Path) -> None:
    assert faults(whole) == []


def test_link_to_a_missing_file(whole: Path) -> None:
    write(whole, "CHANGELOG.md", "[gone](docs/gone.md)\n")
    assert faults(whole) == ["CHANGELOG.md: the link to docs/gone.md leads nowhere"]


def test_link_to_a_missing_heading(whole: Path) -> None:
    write(whole, "CHANGELOG.md", "[gone](docs/adr/one.md#gone) [here](#nothing)\n")
    assert faults(whole) == [
        "CHANGELOG.md: docs/adr/one.md has no heading #gone",
        "CHANGELOG.md: this page has no heading #nothing",
    ]


def test_link_out_of_the_project(whole: Path) -> None:
    write(whole, "CHANGELOG.md", "[away](../elsewhere)\n")
    assert faults(whole) == ["CHANGELOG.md: the link to ../elsewhere leads out of the project"]


def test_page_that_no_contents_name(whole: Path) -> None:
    write(whole, "docs/lost.md", "# Lost\n")
    assert faults(whole) == ["docs/lost.md: no table of contents names this page"]


def test_link_in_a_code_block_is_no_link(whole: Path) -> None:
    write(whole, "CHANGELOG.md", "```text\n[gone](gone.md)\n```\n")
    assert faults(whole) == []


def test_block_without_a_language(whole: Path) -> None:
    write(whole, "CHANGELOG.md", "# Log\n\n```sh\nmake\n```\n\n1. One:\n\n   ```\n   make\n   ```\n")
    assert faults(whole) == ["CHANGELOG.md:9: a block without a language; write sh, yaml, text or another one"]


@pytest.mark.parametrize(
    ("heading", "name"), [("Bad input", "bad-input"), ("`make demo`: how?", "make-demo-how"), ("A & B", "a--b")]
)
def test_anchor_as_code_hosts_make_it(heading: str, name: str) -> None:
    assert anchor(heading) == name
