"""The extras that `doctor` checks are those of the package."""

import re
from pathlib import Path

import pytest

from passerby.admin import extras
from passerby.admin.extras import EXTRAS, check_extras, extras_needed, missing_modules
from passerby.domain.errors import PasserbyError
from passerby.domain.service import SitePlan
from testing.source_tree import project_settings

MODULES = {"paho-mqtt": "paho", "onvif-zeep-async": "onvif", "argon2-cffi": "argon2"}
"""Distributions whose module has another name; `-` is `_` in all others."""


def test_the_table_names_what_the_package_declares() -> None:
    declared = project_settings()["project"]["optional-dependencies"]
    assert set(declared) == set(EXTRAS)
    for extra, requirements in declared.items():
        names = {re.split(r"[\[>=<]", each)[0] for each in requirements} - {"passerby"}
        assert {MODULES.get(name, name.replace("-", "_")) for name in names} == set(EXTRAS[extra])


def test_a_checkout_has_all_of_them() -> None:
    assert [missing_modules(extra) for extra in EXTRAS] == [(), (), (), ()]


def test_a_site_needs_the_database_driver_only_where_its_results_go_to_postgresql() -> None:
    plan = SitePlan("square", "UTC", ())
    assert extras_needed(plan) == ("service",)
    assert extras_needed(SitePlan("square", "UTC", (), store_url="sqlite:///a.sqlite")) == ("service",)
    assert extras_needed(SitePlan("square", "UTC", (), store_url="postgresql://a/b")) == ("service", "postgresql")


def test_the_site_file_is_read_for_it_only_where_something_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site.yaml"
    check_extras(site)  # there is none, and nobody misses it
    site.write_text('cameras: {}\nstore: {url: "postgresql://a/b"}\n', "utf-8")
    monkeypatch.setitem(extras.EXTRAS, "postgresql", ("no_such_module",))
    with pytest.raises(PasserbyError, match="no_such_module"):
        check_extras(site)
    site.write_text("cameras: {}\n", "utf-8")
    check_extras(site)
