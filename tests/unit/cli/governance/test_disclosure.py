"""`passerby disclosure`: tables and JSON of what was done, and of what will go out."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from passerby.admin.governance import disclosure as admin
from passerby.cli.governance.disclosure import disclosure_app
from passerby.domain.class_groups import ClassGroup
from passerby.domain.published import Audience, BinStatus, Way
from passerby.publish.disclosure.explaining import ExplainedNumber, PreviewedCounter
from testing.trial_service.publishing import PUBLISH
from tests.unit.publish.numbers.made import outlet

NUMBER = ExplainedNumber(
    "square-north-1f", "square", 0, 900 * 10**9, ClassGroup.ON_FOOT, Way.FORWARD, 12, 1.0, Audience.PUBLIC, 9, None,
    BinStatus.BELOW_THRESHOLD, "withheld: with its noise it is below 10.",
)  # fmt: skip
COUNTER = PreviewedCounter("square", "north", Audience.PUBLIC, 900, 570, 190.4, 373.6, 6, 0.048)


@pytest.fixture(autouse=True)
def answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin, "explain_numbers", lambda *_: (NUMBER,))
    preview = admin.Preview(replace(PUBLISH, outlets=(outlet(),)), (COUNTER,))
    monkeypatch.setattr(admin, "preview_numbers", lambda *_: preview)


def run(tmp_path: Path, *words: str) -> str:
    (tmp_path / "site.yaml").write_text("cameras: {}\n")
    ended = CliRunner().invoke(
        disclosure_app, [words[0], str(tmp_path / "site.yaml"), *words[1:]], env={"COLUMNS": "250"}
    )
    assert ended.exit_code == 0, ended.output
    return ended.output


def test_explain_shows_what_was_measured_drawn_and_withheld(tmp_path: Path) -> None:
    text = run(tmp_path, "explain", "north", "1970-01-01")
    assert "withheld: with its noise it is below 10." in text
    (row,) = json.loads(run(tmp_path, "explain", "north", "1970-01-01", "--json"))
    assert (row["measured"], row["drawn"], row["published"], row["status"]) == (12, 9, None, "below threshold")
    assert row["from"] == "1970-01-01T00:00:00+00:00"


def test_preview_shows_licence_recipients_and_numbers(tmp_path: Path) -> None:
    text = run(tmp_path, "preview")
    assert "CC-BY-4.0" in text
    assert "For public: Everybody, as open data" in text
    assert "190" in text
    assert (
        "Outlet city: the numbers for public are sent to Everybody under CC-BY-4.0, over MQTT below the topic" in text
    )
    assert json.loads(run(tmp_path, "preview", "--json"))["counters"][0]["withheld"] == 373.6
    assert list(json.loads(run(tmp_path, "preview", "--json"))["outlets"]) == ["city"]


def test_a_day_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("cameras: {}\n")
    ended = CliRunner().invoke(disclosure_app, ["explain", str(tmp_path / "site.yaml"), "north", "monday"])
    assert "is no date" in str(ended.exception)
