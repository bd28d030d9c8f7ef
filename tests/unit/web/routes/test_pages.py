"""The web application: the service and the application know the same addresses."""

import asyncio
import re
from pathlib import Path

import pytest

from passerby.web.routes import pages
from passerby.web.routes.pages import PAGES, application, page_script
from testing.source_tree import ROOT


def test_the_service_answers_at_the_addresses_of_the_application() -> None:
    text = (ROOT / "ui" / "src" / "pages.ts").read_text("utf-8")
    addresses = re.findall(r'^  "(/[^"]*)": \(\) => import', text, re.MULTILINE)
    assert addresses == [re.sub(r"\{(\w+)\}", r":\1", address) for address in PAGES]


@pytest.mark.parametrize(
    ("index", "script"),
    [
        ('<script type="module" crossorigin src="/app/assets/index-AbC1.js"></script>', "index-AbC1.js"),
        ("<p>no script</p>", None),
        (None, None),
    ],
)
def test_the_script_that_the_application_starts_with_is_read_from_its_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: str | None, script: str | None
) -> None:
    if index is not None:
        (tmp_path / "index.html").write_text(index, "utf-8")
    monkeypatch.setattr(pages, "BUILT", tmp_path)
    assert page_script() == script


def test_the_page_is_kept_until_its_file_is_another_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "BUILT", tmp_path)
    index = tmp_path / "index.html"
    index.write_text("<p>before</p>", "utf-8")
    read: list[Path] = []
    before = Path.read_bytes

    def counted(path: Path) -> bytes:
        read.append(path)
        return before(path)

    monkeypatch.setattr(Path, "read_bytes", counted)
    assert [asyncio.run(application()).body for _ in range(3)] == [b"<p>before</p>"] * 3
    assert read == [index]
    index.write_text("<p>after the upgrade</p>", "utf-8")
    assert asyncio.run(application()).body == b"<p>after the upgrade</p>"
