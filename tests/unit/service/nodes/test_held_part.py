"""A node runs what the site's authority has signed for it, the newest that it has had, and nothing else."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cryptography.exceptions import InvalidSignature

from passerby.config.texts import site_storage
from passerby.config.texts.site_part import part_sha256, signed_content
from passerby.config.texts.site_storage import published_copy
from passerby.domain.errors import OutputError, SiteFileError
from passerby.messages.hub_messages import HeldLease, SitePart, SitePartHeld
from passerby.service.nodes.held_part import PART_FILE, HeldPart, PartRefusedError
from passerby.service.nodes.leases_file import read_leases, write_leases
from testing.trial_service.site_register import registered

SITE, NODE = "Harbour", "quay-cabinet"


def text_of(*cameras: str) -> str:
    return registered(
        "cameras:\n" + "".join(f"  {name}: {{node: {NODE}, source: {{file: a.mp4}}}}\n" for name in cameras)
    )


def sign(content: bytes) -> bytes:
    """Stands for the authority's signature, which the fleet's own tests are about."""
    return hashlib.sha256(b"the authority" + content).digest()


def verify(content: bytes, signature: bytes) -> None:
    if signature != sign(content):
        raise InvalidSignature


def part(number: int, text: str, *, site: str = SITE, node: str = NODE, lease: int = 3) -> SitePart:
    content = text.encode()
    signature = sign(signed_content(site, node, number, {"quay": lease}, content))
    held = (HeldLease("quay", lease),)
    return SitePart(number, np.frombuffer(content, np.uint8), np.frombuffer(signature, np.uint8), held)


@pytest.fixture
def held(tmp_path: Path) -> HeldPart:
    return HeldPart(tmp_path, SITE, NODE, verify)


def test_a_part_that_is_taken_runs_now_and_after_a_start(held: HeldPart, tmp_path: Path) -> None:
    assert held.announced() == SitePartHeld(0, "")
    assert not held.start()
    text = text_of("quay", "mole")
    plan = held.take(part(7, text), {})
    assert [camera.name for camera in plan.running_on(NODE)] == ["quay", "mole"]
    assert plan.cameras[0].source.file == tmp_path / "a.mp4"
    assert held.announced() == SitePartHeld(7, part_sha256({"quay": 3}, text.encode()))
    assert read_leases(tmp_path) == {"quay": 3}
    again = HeldPart(tmp_path, SITE, NODE, verify)
    assert again.start()
    assert published_copy(tmp_path) == (text, 7)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


@pytest.mark.parametrize(
    "wrong",
    [
        part(9, text_of("quay"), node="other-cabinet"),
        part(9, text_of("quay"), site="Other town"),
        replace(part(8, text_of("quay")), number=9),
        replace(part(9, text_of("quay")), text=part(9, text_of("mole")).text),
        replace(part(9, text_of("quay")), leases=(HeldLease("quay", 4),)),
    ],
    ids=["of another node", "of another site", "with another number", "with another text", "with another lease"],
)
def test_what_the_authority_has_not_signed_for_it_is_refused(held: HeldPart, tmp_path: Path, wrong: SitePart) -> None:
    held.take(part(7, text_of("quay")), {})
    with pytest.raises(PartRefusedError, match="is not signed by the authority of Harbour for the node quay-cabinet"):
        held.take(wrong, {})
    assert published_copy(tmp_path) == (text_of("quay"), 7)


@pytest.mark.parametrize("number", [6, 7])
def test_an_older_part_is_refused(held: HeldPart, number: int) -> None:
    held.take(part(7, text_of("quay")), {})
    with pytest.raises(PartRefusedError, match="is not newer than the one that runs, 7"):
        held.take(part(number, text_of("mole")), {})


def test_a_part_that_this_release_does_not_understand_changes_nothing(held: HeldPart, tmp_path: Path) -> None:
    held.take(part(7, text_of("quay")), {})
    with pytest.raises(SiteFileError, match="hovercraft"):
        held.take(part(8, "hovercraft: 1\n"), {})
    assert published_copy(tmp_path) == (text_of("quay"), 7)
    assert held.announced().number == 7


def test_a_full_disk_is_explained(held: HeldPart, tmp_path: Path) -> None:
    (tmp_path / PART_FILE).mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        held.take(part(7, text_of("quay")), {})


def test_a_copy_that_was_changed_runs_no_camera(held: HeldPart, tmp_path: Path) -> None:
    held.take(part(7, text_of("quay")), {})
    site_storage.write_applied(tmp_path, text_of("quay", "own"), 7)
    assert not held.start()
    with pytest.raises(SiteFileError):
        published_copy(tmp_path)
    assert held.announced() == SitePartHeld(7, ""), "so that the hub sends it again"


def test_leases_that_were_changed_run_no_camera(held: HeldPart, tmp_path: Path) -> None:
    held.take(part(7, text_of("quay")), {})
    write_leases(tmp_path, {"quay": 4})
    assert not held.start()


def test_a_part_whose_signature_was_changed_runs_no_camera(held: HeldPart, tmp_path: Path) -> None:
    held.take(part(7, text_of("quay")), {})
    assert not HeldPart(tmp_path, "Another site", NODE, verify).start()


def test_a_part_of_another_release_waits_for_the_hub(held: HeldPart, tmp_path: Path) -> None:
    held.take(part(7, text_of("quay")), {})
    file = tmp_path / site_storage.PUBLISHED
    file.write_text(json.dumps({**json.loads(file.read_text()), "passerby": "0.0.1"}))
    assert not held.start()
    assert held.announced() == SitePartHeld(7, "")
