"""The demo shows who may look and what a look leaves, on a real service; its lines fit a terminal of 80 columns."""

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from testing.source_tree import ROOT
from tools.demo.browser import DemoError, Page
from tools.demo.tour import CASE, LogIn, places, shown_entry

VIDEO = ROOT / "build" / "demo" / "vtest.avi"
ROW = {
    "index": 35,
    "entry": {
        "time_ns": 1_800_000_000_000_000_000,
        "actor": "operator",
        "action": "view.opened",
        "subject": "junction",
        "purpose": "traffic_planning",
        "case": CASE,
    },
}


def printed(shown: object, width: int) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=width).print(shown)
    return out.getvalue().splitlines()


@pytest.mark.parametrize("width", [80, 120])
def test_its_tables_fit_the_terminal(width: int) -> None:
    log_in = LogIn("operator", "2836-ad76-085e-7aaf", "A" * 32, ("aaaa-bbbb-cccc-dddd",) * 3)
    rows = printed(places("http://localhost:8642", Path("build/demo/sign-junction.pdf"), log_in), width)
    assert all(len(row) <= width for row in rows)
    assert any("http://localhost:8642/register/en/cameras/junction.html" in row for row in rows)
    rows = printed(shown_entry(ROW, "log: 36 entries\n"), width)
    assert [row.split(maxsplit=1)[1].strip() for row in rows[:4]][1:] == [
        "2027-01-15 08:00:00 UTC",
        "operator",
        "view.opened",
    ]
    assert rows[-1].strip() == "log: 36 entries"


def test_a_page_that_is_another_one_ends_the_demo() -> None:
    assert Page("http://localhost/a", "<code>a &amp; b</code>").found("<code>(.*?)</code>") == "a & b"
    with pytest.raises(DemoError, match="another one"):
        Page("http://localhost/join/secret", "").found("<code>(.*?)</code>")


@pytest.mark.slow
@pytest.mark.skipif(not VIDEO.exists(), reason="`make demo` has not fetched its recording here")
def test_the_whole_demo(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tools.demo", str(VIDEO), "examples/demo.site.yaml", str(tmp_path), "--for", "30"]
    command.append("--tour")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    for shown in ("/register/en/cameras/junction.html", "view.opened", "traffic_planning", CASE):
        assert shown in done.stdout
    assert "Nothing was changed, removed, inserted or moved." in done.stdout
    vouched = re.search(
        r"The first (\d+) entries are those of a checkpoint kept elsewhere; (\d+) are newer", done.stdout
    )
    assert vouched is not None
    assert int(vouched[1]) > 20  # the tour's own are among them
    assert int(vouched[2]) < 5
    assert re.search(r"Today: [1-9]\d* crossings of lines, [1-9]\d* events?, watched", done.stdout)
    assert (tmp_path / "sign-junction.pdf").read_bytes().startswith(b"%PDF-")
