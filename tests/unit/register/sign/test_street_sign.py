"""The street sign: its letters are in the file, its code leads to the page, and no text runs into another."""

import asyncio
import re
import zlib
from base64 import a85decode
from dataclasses import replace

import cv2
import numpy as np
import pytest
import segno

from passerby.domain.configurations import ConfigurationVersion
from passerby.domain.register import Contact, Registration, Wording
from passerby.register.catalogue import catalogue
from passerby.register.published.document import RegisterDocument
from passerby.register.published.publication import read_document
from passerby.register.sign.street_sign import street_sign
from testing.trial_service.site_register import camera_record
from testing.web.fakes import FakeStore, camera_plan, publication, site_plan

ADDRESS = "https://city.example/cameras/sr-Cyrl/cameras/square.html"


def document(long: bool = False) -> RegisterDocument:
    record = replace(camera_record(), title=Wording({"sr-Latn": "Njegoševa"}))
    if long:
        text = "Very long words of a controller " * 9
        record = replace(
            record, controller=Contact(text[:300], text[:300], text[:300]), title=Wording({"": text[:300]})
        )
    plan = replace(site_plan(), cameras=(replace(camera_plan(), registration=Registration(record)),))
    store = FakeStore()
    asyncio.run(publication(store).publish(plan, ConfigurationVersion(1, 0, "a", "b")))
    return read_document(store.registers[-1])


def drawn(pdf: bytes) -> str:
    """The page's drawing commands."""
    found = max(re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL), key=lambda each: b"~>" in each)
    return zlib.decompress(a85decode(found.strip(), adobe=False) if not found.strip().endswith(b"~>") else
                           a85decode(b"<~" + found.strip(), adobe=True)).decode("latin-1")  # fmt: skip


@pytest.mark.parametrize("language", ["en", "sr-Latn", "sr-Cyrl"])
def test_a_sign_is_one_page_with_its_own_letters(language: str) -> None:
    found = document()
    pdf = street_sign(found, found.cameras[0], catalogue(language), ADDRESS)
    assert pdf.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 1
    assert pdf.count(b"/FontFile2") == 2
    assert b"Roboto" in pdf
    assert pdf == street_sign(found, found.cameras[0], catalogue(language), ADDRESS)


def test_the_code_that_is_drawn_leads_to_the_page() -> None:
    found = document()
    commands = drawn(street_sign(found, found.cameras[0], catalogue("en"), ADDRESS))
    squares = [tuple(map(float, each)) for each in re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re", commands)]
    side = min(width for _, _, width, _ in squares)
    squares = [each for each in squares if each[2] == side]
    left, low = min(x for x, *_ in squares), min(y for _, y, *_ in squares)
    step = side / 1.01
    modules = int(segno.make(ADDRESS, error="q", micro=False).symbol_size(border=0)[0])
    picture = np.full((int(modules + 8) * 8, int(modules + 8) * 8), 255, np.uint8)
    for x, y, *_ in squares:
        column, row = round((x - left) / step) + 4, modules - 1 - round((y - low) / step) + 4
        picture[row * 8 : row * 8 + 8, column * 8 : column * 8 + 8] = 0
    text, *_ = cv2.QRCodeDetector().detectAndDecode(picture)
    assert text == ADDRESS


@pytest.mark.parametrize("language", ["en", "sr-Cyrl"])
def test_long_texts_stay_above_the_code(language: str) -> None:
    found = document(long=True)
    commands = drawn(street_sign(found, found.cameras[0], catalogue(language), ADDRESS))
    lines = [(float(x), float(y)) for x, y in re.findall(r"1 0 0 1 ([\d.]+) ([\d.]+) Tm", commands)]
    facts = [y for x, y in lines if x > 200 and y < 420]
    assert facts
    assert min(facts) > 190
    assert all(0 < x < 595 and 20 < y < 842 for x, y in lines)


def test_a_camera_without_a_record_has_no_sign() -> None:
    found = document()
    with pytest.raises(ValueError, match="complete record"):
        street_sign(found, found.cameras[0].model_copy(update={"record": None}), catalogue("en"), ADDRESS)
