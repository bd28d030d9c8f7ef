"""The npm packages of the web application: pinned with hashes, from no named host, under permissive licences."""

import json
import re
from typing import Any

from testing.source_tree import ROOT
from tests.rules.test_licences import COPYLEFT, PERMISSIVE

LOCK = json.loads((ROOT / "ui" / "package-lock.json").read_text("utf-8"))
PACKAGES: dict[str, dict[str, Any]] = {name: entry for name, entry in LOCK["packages"].items() if name}


def test_every_package_has_a_hash_and_no_registry_host() -> None:
    assert len(PACKAGES) > 20
    assert [name for name, entry in PACKAGES.items() if not entry.get("integrity", "").startswith("sha512-")] == []
    fetched = [{key: value for key, value in entry.items() if key != "funding"} for entry in PACKAGES.values()]
    assert "://" not in json.dumps(fetched)


def test_versions_are_exact() -> None:
    asked = json.loads((ROOT / "ui" / "package.json").read_text("utf-8"))
    ranges = {**asked["dependencies"], **asked["devDependencies"]}
    assert {name: version for name, version in ranges.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)} == {}


def test_what_is_built_in_is_permissive() -> None:
    built_in = {name: entry.get("license", "") for name, entry in PACKAGES.items() if not entry.get("dev")}
    assert {
        name: claim for name, claim in built_in.items() if COPYLEFT.search(claim) or not PERMISSIVE.search(claim)
    } == {}
