"""Nodes' parts are made of what the register says that runs, with the passwords wherever they are kept."""

import asyncio
from pathlib import Path

import pytest

from passerby.config.texts.site_storage import write_applied
from passerby.domain.errors import SiteFileError
from passerby.service.nodes.part_texts import PartTexts
from testing.trial_service.site_register import registered

TEXT = registered("""cameras:
  quay: {node: cabinet, source: {rtsp: "rtsp://10.0.0.5/a", user: u, password_from: QUAY}}
  mole: {node: other, source: {rtsp: "rtsp://10.0.0.6/a", user: u, password: of-the-mole}}
""")


def test_a_part_is_of_what_was_published_last_and_read_anew_when_that_changes(tmp_path: Path) -> None:
    site, data = tmp_path / "site.yaml", tmp_path / "data"
    data.mkdir()
    texts = PartTexts(site, data, {"QUAY": "of-the-quay"})
    with pytest.raises(SiteFileError):
        asyncio.run(texts.of("cabinet"))
    write_applied(data, TEXT, 1)
    first = asyncio.run(texts.of("cabinet"))
    assert "of-the-quay" in first
    assert "of-the-mole" not in first
    assert "of-the-mole" in asyncio.run(texts.of("other"))
    write_applied(data, TEXT.replace("10.0.0.5", "10.0.0.7"), 2)
    assert asyncio.run(texts.of("cabinet")) == first
    texts.read_anew()
    assert "10.0.0.7" in asyncio.run(texts.of("cabinet"))
