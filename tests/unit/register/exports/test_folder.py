"""An export's folder: nothing of others is touched, and nothing leads out of it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from passerby.domain.errors import OutputError
from passerby.register.exports import folder as module
from passerby.register.exports.folder import MANIFEST, write_files


def contents(**texts: str) -> dict[str, Callable[[], bytes]]:
    """Files by their path, with `_` for a slash."""
    return {path.replace("_", "/"): text.encode for path, text in texts.items()}


def found_in(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_what_is_no_more_goes_and_what_others_have_stays(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    folder.mkdir()
    (folder / "CNAME").write_text("city.example")
    write_files(folder, contents(index="1", en_square="1", en_gate="1"))
    write_files(folder, contents(index="2", en_square="2"))
    assert found_in(folder) == {
        "CNAME": "city.example", "index": "2", "en/square": "2", MANIFEST: "en/square\nindex\n",
    }  # fmt: skip


@pytest.mark.parametrize("place", ["index", "en", "en/square"])
@pytest.mark.asvs("5.3.2")
def test_a_symbolic_link_is_refused_and_nothing_is_written(place: str, tmp_path: Path) -> None:
    folder, precious = tmp_path / "public", tmp_path / "precious"
    write_files(folder, contents(index="1", en_square="1"))
    precious.mkdir()
    (precious / "square").write_text("kept")
    target = folder / place
    target.rename(tmp_path / "moved")
    target.symlink_to(precious if place == "en" else precious / "square")
    before = found_in(folder)
    with pytest.raises(OutputError, match="symbolic link"):
        write_files(folder, contents(index="2", en_square="2"))
    assert found_in(folder) == before
    assert (precious / "square").read_text() == "kept"


def test_the_list_itself_is_no_link(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("kept")
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / MANIFEST).symlink_to(tmp_path / "precious")
    with pytest.raises(OutputError, match="symbolic link"):
        write_files(tmp_path / "public", contents(index="1"))
    assert (tmp_path / "precious").read_text() == "kept"


@pytest.mark.parametrize("kind", ["file", "folder", "link to nothing"])
def test_what_lies_in_a_place_that_is_needed_is_not_overwritten(kind: str, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    (folder / "en").mkdir(parents=True)
    home = folder / "index"
    if kind == "file":
        home.write_text("the city's own")
    elif kind == "folder":
        home.mkdir()
    else:
        home.symlink_to(tmp_path / "nowhere")
    with pytest.raises(OutputError, match=r"not of an earlier export|symbolic link"):
        write_files(folder, contents(en_square="1", index="1"))
    assert "en/square" not in found_in(folder)
    assert kind != "file" or home.read_text() == "the city's own"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.asvs("5.3.2")
@pytest.mark.parametrize("path", ["../out", "en/../../out", "/tmp/out", "", ".."])
def test_a_path_that_leads_out_is_refused(path: str, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="leads out of"):
        write_files(tmp_path / "public", {"index": b"1".__bytes__, path: b"1".__bytes__})
    assert not (tmp_path / "public").exists()
    assert not (tmp_path / "out").exists()


@pytest.mark.asvs("5.3.2")
def test_a_list_that_leads_out_of_the_folder_removes_nothing(tmp_path: Path) -> None:
    folder, precious = tmp_path / "public", tmp_path / "precious"
    folder.mkdir()
    (tmp_path / "other").mkdir()
    precious.write_text("kept")
    (tmp_path / "other" / "precious").write_text("kept")
    (folder / "linked").symlink_to(tmp_path / "other")
    (folder / "own").mkdir()
    (folder / MANIFEST).write_text(f"../precious\n{precious}\nown\nlinked/precious\nx/../../precious\n\x00\n")
    with pytest.raises((OutputError, ValueError)):
        write_files(folder, {"../x": b"".__bytes__})
    (folder / MANIFEST).write_text(f"../precious\n{precious}\nown\nlinked/precious\nx/../../precious\n")
    write_files(folder, contents(index="1"))
    assert (precious.read_text(), (tmp_path / "other" / "precious").read_text()) == ("kept", "kept")
    assert (folder / "own").is_dir()


def test_an_export_that_broke_off_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "public"

    def full() -> bytes:
        raise OutputError("no space")

    with pytest.raises(OutputError):
        write_files(folder, {**contents(index="1"), "en/square": full})
    write_files(folder, contents(index="2", en_square="2"))
    assert found_in(folder)["en/square"] == "2"

    def unremovable(*_: object) -> None:
        raise OutputError("read-only")

    monkeypatch.setattr(module, "_remove", unremovable)
    with pytest.raises(OutputError):
        write_files(folder, contents(index="3"))
    monkeypatch.undo()
    write_files(folder, contents(index="4"))
    assert set(found_in(folder)) == {"index", MANIFEST}
