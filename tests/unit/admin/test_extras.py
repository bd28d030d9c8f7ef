"""The extras that `doctor` checks are those of the package."""

import re

from passerby.admin.extras import EXTRAS, extras_needed, missing_modules
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
