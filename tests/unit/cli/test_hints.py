"""What a command advises names the program, the site file and the data folder that it was given itself."""

import sys
from pathlib import Path

import pytest

from passerby.cli import main


def test_an_error_names_the_site_file_and_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    site, kept = tmp_path / "my site.yaml", tmp_path / "kept"
    site.write_text("site: {name: Square}\ncameras: {}\n")
    called = str(tmp_path / "bin" / "passerby")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "argv", [called, "link", str(site), "--data", str(kept)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert f"`{called} run '{site}' --data {kept}` starts one" in capsys.readouterr().err
