"""The keys of a hub, in one encrypted file for the second one: all or nothing, and never over other keys."""

from pathlib import Path

import pytest

from passerby.domain.errors import OutputError, PasserbyError
from passerby.fleet.authority import SiteAuthority
from passerby.fleet.second_hub import FILES, export_keys, import_keys


@pytest.fixture
def first(tmp_path: Path) -> Path:
    folder = tmp_path / "first"
    SiteAuthority.make(folder, "Market square")
    for name in ("audit.key", "register.key", "secrets.key", "camera-passwords.json"):
        (folder / name).write_bytes(b"of " + name.encode())
    (folder / "applied.yaml").write_text("cameras: {}\n")
    return folder


def test_the_second_hub_gets_the_keys_and_nothing_else(first: Path, tmp_path: Path) -> None:
    file, second = tmp_path / "keys", tmp_path / "second"
    code = export_keys(first, file)
    assert file.stat().st_mode & 0o077 == 0
    assert b"register.key" not in file.read_bytes()
    # As it was typed from paper.
    names = import_keys(second, file, f" {code[:20].lower()} {code[20:]}\n")
    assert set(names) == {path.name for path in second.iterdir()} == {p.name for p in first.iterdir()} & set(FILES)
    assert all((second / name).read_bytes() == (first / name).read_bytes() for name in names)
    assert all((second / name).stat().st_mode & 0o077 == 0 for name in names)
    assert SiteAuthority.open(second).fingerprint == SiteAuthority.open(first).fingerprint
    assert import_keys(second, file, code) == names  # once more changes nothing


def test_a_wrong_code_or_file_is_explained_and_changes_nothing(first: Path, tmp_path: Path) -> None:
    file, second = tmp_path / "keys", tmp_path / "second"
    code = export_keys(first, file)
    other = export_keys(first, tmp_path / "others")
    for wrong in (other, code[:-1], "", "ß"):
        with pytest.raises(PasserbyError, match="the code does not open it"):
            import_keys(second, file, wrong)
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(PasserbyError, match="the code does not open it"):
        import_keys(second, file, code)
    with pytest.raises(PasserbyError, match="cannot be read: No such file"):
        import_keys(second, tmp_path / "nothing", code)
    assert not second.exists()


def test_keys_that_are_there_are_never_replaced(first: Path, tmp_path: Path) -> None:
    code = export_keys(first, tmp_path / "keys")
    second = tmp_path / "second"
    second.mkdir()
    (second / "audit.key").write_bytes(b"another site's")
    with pytest.raises(PasserbyError, match=r"has other keys already \(audit\.key\)"):
        import_keys(second, tmp_path / "keys", code)
    assert [path.name for path in second.iterdir()] == ["audit.key"]


def test_what_cannot_be_exported_is_explained(first: Path, tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="there are no keys of a hub here"):
        export_keys(tmp_path / "nowhere", tmp_path / "keys")
    with pytest.raises(PasserbyError, match="there is a file of this name already"):
        export_keys(first, first / "audit.key")
    with pytest.raises(OutputError, match="cannot be written"):
        export_keys(first, tmp_path / "no" / "keys")
