"""Everything that passerby installs with itself is under a permissive licence, by the package's own word."""

import re
from importlib import metadata

import pytest

from testing.source_tree import ROOT, python_files, runtime_packages

COPYLEFT = re.compile(
    r"\b(A|L)?GPL|GNU|SSPL|MPL|Mozilla|EPL|Eclipse Public|EUPL|CC-BY-(NC|SA)|Commons Clause|BUSL|proprietary",
    re.IGNORECASE,
)
PERMISSIVE = re.compile(r"\b(MIT|BSD|0BSD|Apache|ISC|Zlib|CC0|PSF|HPND|Python Software Foundation)\b", re.IGNORECASE)

BUNDLED = {"av": "FFmpeg", "opencv-python-headless": "FFmpeg", "shapely": "GEOS", "numpy": "libgfortran"}
"""Packages whose wheels carry libraries under other licences; NOTICE has to say so."""

LISTS = {"certifi": "authorities"}
"""Packages that are no code of anybody's but a list: under a licence by the file (MPL-2.0), unchanged and not imported
by passerby; NOTICE has to say so."""


TAKEN = {"paho-mqtt": "BSD-3-Clause"}
"""Packages that are offered under several licences, one of them copyleft: which one is taken; NOTICE has to say so."""


def licence(package: str) -> str:
    """The licence that a package claims: its SPDX expression, else its classifiers, else its free text."""
    claims = metadata.metadata(package)
    classifiers = [line for line in claims.get_all("Classifier") or [] if line.startswith("License ::")]
    return claims["License-Expression"] or " ".join(classifiers) or (claims["License"] or "").partition("\n")[0]


@pytest.mark.parametrize("package", sorted(set(runtime_packages()) - set(LISTS)))
def test_runtime_package_is_permissive(package: str) -> None:
    claim = TAKEN.get(package) or licence(package)
    assert PERMISSIVE.search(claim), f"{package}: {claim!r}"
    assert not COPYLEFT.search(claim), f"{package}: {claim!r}"


@pytest.mark.parametrize(
    "claim", ["AGPL-3.0-only", "GNU General Public License v3", "LGPL-3.0", "MPL-2.0", "EPL-2.0 OR MIT"]
)
def test_the_rule_can_fail(claim: str) -> None:
    assert COPYLEFT.search(claim)


@pytest.mark.parametrize("package", sorted(TAKEN))
def test_a_licence_that_is_taken_is_one_of_those_offered(package: str) -> None:
    assert TAKEN[package] in licence(package).split(" OR ")
    assert COPYLEFT.search(licence(package)), "it needs no choice"
    said = re.search(rf"^  {package} .*\n(   .*\n)*", (ROOT / "NOTICE").read_text(encoding="utf-8"), re.MULTILINE)
    assert said
    assert licence(package).replace("OR", "or") in said[0]
    assert re.search(rf"taken under\s+{TAKEN[package]}", said[0])


@pytest.mark.parametrize("package", sorted(LISTS))
def test_a_list_is_reported_and_not_imported(package: str) -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    assert package in notice
    assert LISTS[package] in notice
    sources = (path.read_text(encoding="utf-8") for path in python_files("src"))
    assert not any(f"import {package}" in source or f"from {package}" in source for source in sources)


@pytest.mark.parametrize("package", sorted(BUNDLED))
def test_notice_tells_what_wheels_bundle(package: str) -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    assert package in notice
    assert BUNDLED[package] in notice
