"""Everything that passerby installs with itself is under a permissive licence, by the package's own word."""

import re
from importlib import metadata

import pytest

from testing.source_tree import ROOT, python_files, runtime_packages

COPYLEFT = re.compile(
    r"\b(A|L)?GPL|GNU|SSPL|MPL|Mozilla|EUPL|CC-BY-(NC|SA)|Commons Clause|BUSL|proprietary", re.IGNORECASE
)
PERMISSIVE = re.compile(r"\b(MIT|BSD|0BSD|Apache|ISC|Zlib|CC0|PSF|HPND|Python Software Foundation)\b", re.IGNORECASE)

BUNDLED = {"av": "FFmpeg", "opencv-python-headless": "FFmpeg", "shapely": "GEOS", "numpy": "libgfortran"}
"""Packages whose wheels carry libraries under other licences; NOTICE has to say so."""

LISTS = {"certifi": "authorities"}
"""Packages that are no code of anybody's but a list: under a licence by the file (MPL-2.0), unchanged and not imported
by passerby; NOTICE has to say so."""


def licence(package: str) -> str:
    """The licence that a package claims: its SPDX expression, else its classifiers, else its free text."""
    claims = metadata.metadata(package)
    classifiers = [line for line in claims.get_all("Classifier") or [] if line.startswith("License ::")]
    return claims["License-Expression"] or " ".join(classifiers) or (claims["License"] or "").partition("\n")[0]


@pytest.mark.parametrize("package", sorted(set(runtime_packages()) - set(LISTS)))
def test_runtime_package_is_permissive(package: str) -> None:
    claim = licence(package)
    assert PERMISSIVE.search(claim), f"{package}: {claim!r}"
    assert not COPYLEFT.search(claim), f"{package}: {claim!r}"


@pytest.mark.parametrize("claim", ["AGPL-3.0-only", "GNU General Public License v3", "LGPL-3.0", "MPL-2.0"])
def test_the_rule_can_fail(claim: str) -> None:
    assert COPYLEFT.search(claim)


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
