"""What a model is for stands in a manifest, and no model that recognises anybody may be in it."""

import json
import re
from typing import Any

import pytest

from testing.source_tree import PACKAGE

MANIFEST = PACKAGE / "ingest" / "detectors" / "models.json"
ALLOWED = re.compile(r"\b(road-user|person|face|head) detection\b")
REFUSED = re.compile(r"recogni|identif|embed|re-?id|verif|match|attribut|age\b|gender|emotion|plate", re.IGNORECASE)
PERMISSIVE = {"Apache-2.0", "MIT", "BSD-3-Clause", "BSD-2-Clause"}


def models() -> list[dict[str, Any]]:
    """The manifest's entries."""
    entries = json.loads(MANIFEST.read_text(encoding="utf-8"))["models"]
    return [dict(entry) for entry in entries]


def permitted(purpose: str) -> bool:
    """Whether a model with this purpose may be shipped or offered."""
    return bool(ALLOWED.search(purpose)) and not REFUSED.search(purpose)


def test_every_model_says_what_it_is_for_and_recognises_nobody() -> None:
    assert models()
    assert [model["name"] for model in models() if not permitted(model["purpose"])] == []


def test_every_model_is_under_a_permissive_licence_and_pinned() -> None:
    assert [model["name"] for model in models() if model["licence"] not in PERMISSIVE] == []
    assert [model["name"] for model in models() if not re.fullmatch(r"[0-9a-f]{64}", model["sha256"])] == []


def test_every_model_file_in_the_package_is_in_the_manifest() -> None:
    listed = {model["file"] for model in models() if model["shipped"]}
    assert {path.name for path in PACKAGE.rglob("*.onnx")} <= listed


@pytest.mark.parametrize("purpose", ["face recognition", "person re-identification", "plate detection", "", "anything"])
def test_the_rule_can_fail(purpose: str) -> None:
    assert not permitted(purpose)
