"""Checks that the documentation hangs together: links, headings, tables of contents, and the languages of blocks.

    python -m tools.check_docs [ROOT]

Addresses on the internet are not looked up: the check gives the same answer on a machine with no connection.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

PAGES = ("*.md", "docs/**/*.md", "benchmarks/**/*.md", "examples/**/*.md")

_FENCE = re.compile(r"^ *(```|~~~).*?^ *\1", re.MULTILINE | re.DOTALL)
_NO_LANGUAGE = re.compile(r"^ *(```|~~~) *$")
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\[[^\]\n]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
_TOC_ENTRY = re.compile(r"^```\{toctree\}.*?^```", re.MULTILINE | re.DOTALL)
_ELSEWHERE = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def pages(root: Path) -> list[Path]:
    """Every Markdown page that readers are meant to find."""
    return sorted({page for pattern in PAGES for page in root.glob(pattern)})


def prose(text: str) -> str:
    """The text without its code, in which brackets mean something else."""
    return _CODE.sub("", _FENCE.sub("", text))


def anchor(heading: str) -> str:
    """The name that a heading is linked by, as GitHub and MyST make it.

    >>> anchor("What it *never* does, and why")
    'what-it-never-does-and-why'
    """
    plain = re.sub(r"[^\w\- ]", "", heading.lower())
    return plain.replace(" ", "-")


def anchors(page: Path) -> set[str]:
    """The anchors of one page's headings."""
    return {anchor(heading) for heading in _HEADING.findall(_FENCE.sub("", page.read_text(encoding="utf-8")))}


def broken_links(root: Path, page: Path) -> Iterator[str]:
    """One sentence for each link of `page` that leads nowhere."""
    for target in _LINK.findall(prose(page.read_text(encoding="utf-8"))):
        if _ELSEWHERE.match(target):
            continue
        path, _, heading = unquote(target).partition("#")
        there = (page.parent / path).resolve() if path else page
        name = page.relative_to(root)
        if not there.is_relative_to(root.resolve()):
            yield f"{name}: the link to {target} leads out of the project"
        elif not there.exists():
            yield f"{name}: the link to {target} leads nowhere"
        elif heading and there.suffix == ".md" and heading not in anchors(there):
            yield f"{name}: {path or 'this page'} has no heading #{heading}"


def lost_pages(root: Path) -> Iterator[str]:
    """One sentence for each page under docs that no table of contents names."""
    docs = root / "docs"
    named = {docs / "index.md"}
    for page in docs.rglob("*.md"):
        for block in _TOC_ENTRY.findall(page.read_text(encoding="utf-8")):
            entries = [line.strip() for line in block.splitlines()[1:-1] if line.strip() and not line.startswith(":")]
            for entry in entries:
                target = re.sub(r"^.*<(.+)>$", r"\1", entry)
                named |= set(page.parent.glob(target if target.endswith(".md") else f"{target}.md"))
    for page in sorted(set(docs.rglob("*.md")) - named):
        yield f"{page.relative_to(root)}: no table of contents names this page"


def unnamed_blocks(root: Path, page: Path) -> Iterator[str]:
    """One sentence for each block of code that does not say in which language it is, and so has no colours."""
    text = page.read_text(encoding="utf-8")
    for block in _FENCE.finditer(text):
        if _NO_LANGUAGE.match(block[0].partition("\n")[0]):
            line = text.count("\n", 0, block.start()) + 1
            yield f"{page.relative_to(root)}:{line}: a block without a language; write sh, yaml, text or another one"


def faults(root: Path) -> list[str]:
    """Everything that is wrong with the documentation under `root`, a sentence each."""
    links = [fault for page in pages(root) for fault in broken_links(root, page)]
    blocks = [fault for page in pages(root) for fault in unnamed_blocks(root, page)]
    return links + blocks + list(lost_pages(root))


def main() -> int:
    """Prints the faults; 1 when there are any."""
    root = Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    found = faults(root)
    for fault in found:
        print(fault)
    print(f"{len(pages(root))} pages of documentation, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
