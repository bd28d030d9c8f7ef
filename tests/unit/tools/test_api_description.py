"""The description that the front end's types are made from: that of the running service, but for the cookie's name."""

import json
from pathlib import Path

import pytest

from testing.web.fakes import Service
from tools.api_description import COOKIE, main


def test_it_is_what_a_service_says_of_itself(tmp_path: Path) -> None:
    file = tmp_path / "api" / "openapi.json"
    assert main([str(file)]) == 0
    written = json.loads(file.read_text(encoding="utf-8"))
    assert written["components"]["securitySchemes"]["session"]["name"] == COOKIE
    said = Service().get("/openapi.json").json()
    assert written["paths"] == said["paths"]
    assert written["components"]["schemas"] == said["components"]["schemas"]


def test_a_file_that_is_right_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "openapi.json"
    main([str(file)])
    before = file.stat()
    assert main([str(file)]) == 0
    assert file.stat().st_mtime_ns == before.st_mtime_ns
    assert main([]) == 0
    assert capsys.readouterr().out == file.read_text(encoding="utf-8")
    assert main(["one", "two"]) == 2
