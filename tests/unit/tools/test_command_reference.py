"""The command reference tells of every command and every option that users see."""

from typing import Annotated

import pytest
import typer

from tools.command_reference import page


@pytest.fixture
def app() -> typer.Typer:
    program = typer.Typer(add_completion=False)
    models = typer.Typer(help="The detectors.")

    @program.command()
    def count(
        video: Annotated[str, typer.Argument(help="A recording.")],
        fps: Annotated[float, typer.Option(help="Frames a second | at most.")] = 5.0,
        inner: Annotated[bool, typer.Option(hidden=True)] = False,
    ) -> None:
        """Counts a recording."""

    @program.command(hidden=True)
    def secret() -> None:
        """For nobody."""

    @models.command("list")
    def list_models() -> None:
        """Names them."""

    program.add_typer(models, name="models")
    return program


def test_every_command_has_a_heading(app: typer.Typer) -> None:
    headings = [line for line in page(app).splitlines() if line.startswith("## ")]
    assert headings == ["## passerby", "## passerby count", "## passerby models", "## passerby models list"]


def test_arguments_and_options_are_reported_with_their_defaults(app: typer.Typer) -> None:
    text = page(app)
    assert "Counts a recording." in text
    assert "A recording." in text
    assert "| `--fps <float>` | Frames a second \\| at most. [default: 5.0] |" in text


def test_what_is_hidden_stays_hidden(app: typer.Typer) -> None:
    assert "secret" not in page(app)
    assert "--inner" not in page(app)
