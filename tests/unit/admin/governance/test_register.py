"""The register for an administrator: what is missing, and the pages as files."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML

from passerby.admin.governance.register import draft, export, registrations
from passerby.domain.configurations import ConfigurationVersion
from passerby.domain.errors import OutputError, PasserbyError
from passerby.engine.service_folder import ServiceFolder
from passerby.store.opening import open_store
from testing.trial_service.site_register import registered
from testing.web.fakes import publication, site_plan

ZONE = ZoneInfo("Europe/Belgrade")
BARE = "site: {time_zone: Europe/Belgrade}\ncameras:\n  square:\n    source: {file: a.mp4}\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.yaml"
    path.write_text(registered(BARE) + "data: kept\n", encoding="utf-8")
    return path


def publish(site: Path, plan: object = None, text: str = "a") -> None:
    async def play() -> None:
        store = await open_store(ServiceFolder(site.parent / "kept").store_url(None), zone=ZONE)
        await publication(store).publish(plan or site_plan(), ConfigurationVersion(1, 0, "a", text))  # type: ignore[arg-type]
        await store.close()

    (site.parent / "kept").mkdir(exist_ok=True)
    asyncio.run(play())


def test_a_draft_has_every_missing_key_and_registers_nothing_until_it_is_filled(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(BARE, encoding="utf-8")
    text = draft(path)
    found = YAML(typ="safe", pure=True).load(text)
    assert found["register"]["authority"]["contact"] == "https://www.poverenik.rs"
    assert found["register"]["purposes"] is None
    assert set(found["cameras"]["square"]["register"]["place"]) == {"address", "position", "field_of_view"}
    ((name, each),) = registrations(path)
    assert name == "square"
    for gap in each.gaps:
        assert f"{gap.rpartition('.')[2]}:" in text
    head, _, cameras = text.partition("cameras:")
    path.write_text(BARE + cameras.partition("square:")[2].lstrip("\n") + head, encoding="utf-8")
    ((_, unfilled),) = registrations(path)
    assert set(each.gaps) - set(unfilled.gaps) == {"title", "authority.name", "authority.contact"}


def test_a_complete_site_needs_no_draft(site: Path) -> None:
    assert "Nothing is missing" in draft(site)


def test_an_export_is_the_published_pages_and_what_is_no_more_is_removed(site: Path, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    publish(site)
    (folder / "en").mkdir(parents=True)
    (folder / "CNAME").write_text("city.example")
    done = export(site, folder)
    assert done.number == 1
    assert (folder / "en" / "cameras" / "square.html").is_file()
    assert (folder / "en" / "signs" / "square.pdf").read_bytes().startswith(b"%PDF")
    assert "were written on" in (folder / "en" / "index.html").read_text()

    publish(site, replace(site_plan(), cameras=site_plan().cameras[1:]), "b")
    assert export(site, folder).number == 2
    assert not (folder / "en" / "cameras" / "square.html").exists()
    assert (folder / "versions" / "1.json").is_file()
    assert (folder / "CNAME").is_file()


def test_without_a_published_register_or_a_folder_it_says_so(site: Path, tmp_path: Path) -> None:
    with pytest.raises(PasserbyError):
        export(site, tmp_path / "public")
    publish(site)
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        export(site, tmp_path / "file")


@pytest.mark.parametrize("name", ["on", "No", "y", "null", "1e3", "0x1F", "2024-01-01", "1_0", "square-1"])
def test_a_draft_names_each_camera_as_the_site_file_does(tmp_path: Path, name: str) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(BARE.replace("square", json.dumps(name)), encoding="utf-8")
    for version in ((1, 1), (1, 2)):
        yaml = YAML(typ="safe", pure=True)
        yaml.version = version
        found = yaml.load(draft(path))
        assert list(found["cameras"]) == [name]
        assert found["cameras"][name]["register"]["title"] == name
