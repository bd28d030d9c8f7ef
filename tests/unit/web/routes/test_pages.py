"""The web application: the service and the application know the same addresses."""

import re

from passerby.web.routes.pages import PAGES
from testing.source_tree import ROOT


def test_the_service_answers_at_the_addresses_of_the_application() -> None:
    text = (ROOT / "ui" / "src" / "pages.ts").read_text("utf-8")
    addresses = re.findall(r'^  "(/[^"]*)": \(\) => import', text, re.MULTILINE)
    assert addresses == [re.sub(r"\{(\w+)\}", r":\1", address) for address in PAGES]
