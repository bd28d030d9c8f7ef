"""Values that do not fit an option or an argument are told in plain words."""

import re

import pytest
from typer.testing import CliRunner

from passerby.cli import app


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("audit list site.yaml --last x", "'--last': a whole number is needed, got 'x'."),
        ("audit list site.yaml --last 0", "'--last': it must be at least 1, got '0'."),
        ("cameras discover --timeout long", "'--timeout': a number is needed, got 'long'."),
        ("cameras discover --timeout 61", "'--timeout': it must be at most 60.0, got '61'."),
        ("users confirm site.yaml first", "'number': a whole number is needed, got 'first'."),
        ("users grant site.yaml ana king", "'role': 'king' is not one of 'analyst', 'engineer',"),
    ],
)
def test_a_value_that_does_not_fit_is_told_without_a_library_s_words(words: str, told: str) -> None:
    result = CliRunner().invoke(app, words.split(), env={"COLUMNS": "200"})
    assert result.exit_code == 2
    shown = re.sub(r"[│\s]+", " ", result.output)
    assert f"Invalid value for {told}" in shown
    assert not re.search(r"Input should|unable to parse|Value error|ValidationError", shown)
