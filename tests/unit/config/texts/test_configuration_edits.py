"""Single values changed in a running configuration: secrets stay, others' changes stay, the same one is not undone."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from passerby.domain.configurations import CameraEdit, ConfigurationVersion, tag_of
from passerby.domain.draft_trial import DraftError
from passerby.ports import ConfigurationConflictError
from passerby.service.configurations import FileConfigurations
from tests.unit.service.test_configurations import CANARY, TEXT, Service, play

FPS = ("analysed_fps",)


def faster(fps: object, tag: str | None = None) -> Sequence[CameraEdit]:
    return [CameraEdit("square", {FPS: fps}, tag)]


def test_a_value_changes_and_all_else_stays_with_its_secrets(tmp_path: Path) -> None:
    async def part(service: Service) -> None:
        configurations = await service.open()
        (before,) = await configurations.edits.values("square", [FPS])
        version = await configurations.edits.apply(faster(7, tag_of([before])), "ann")
        assert (before, version.number, version.author) == (5, 2, "ann")
        quoted = TEXT.replace(f"{CANARY}}}", f'"{CANARY}"}}')  # a secret that is put back stands in quotes
        assert service.path.read_text() == quoted.replace("analysed_fps:   5", "analysed_fps:   7")
        assert CANARY not in version.text
        assert service.ran[-1].cameras[0].source.password == CANARY
        with pytest.raises(ConfigurationConflictError, match="square"):
            await configurations.edits.apply(faster(6, tag_of([before])), "ben")
        with pytest.raises(DraftError, match="analysed_fps"):
            await configurations.edits.apply(faster(-1), "ben")
        assert [fault.where for fault in await configurations.edits.faults(faster("x"))] == [
            "cameras.square.analysed_fps"
        ]

    play(tmp_path, part)


def test_a_change_elsewhere_that_comes_between_stays(tmp_path: Path) -> None:
    async def part(service: Service) -> None:
        configurations = await service.open()
        apply = configurations.apply

        async def slow(text: str, author: str, base: int | None) -> ConfigurationVersion:
            if author == "ann" and (await configurations.newest()).number == 1:
                other = (await configurations.newest()).text.replace("since May", "since June")
                await apply(other, "ben", base)
            return await apply(text, author, base)

        configurations.apply = slow  # type: ignore[method-assign]
        await configurations.edits.apply(faster(7), "ann")
        assert "since June" in service.path.read_text()
        assert "analysed_fps:   7" in service.path.read_text()

    play(tmp_path, part)


def test_an_edit_by_hand_is_not_overwritten(tmp_path: Path) -> None:
    async def part(service: Service) -> None:
        configurations: FileConfigurations = await service.open()
        service.path.write_text(TEXT + "# by hand\n")
        with pytest.raises(ConfigurationConflictError, match="edited by hand"):
            await configurations.edits.apply(faster(7), "ann")
        assert service.path.read_text().endswith("# by hand\n")

    play(tmp_path, part)
