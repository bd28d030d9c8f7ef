"""The public files: every page in every language, every link leads somewhere, nothing comes from elsewhere."""

import asyncio
import json
import posixpath
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from passerby.domain.access_plan import AccessPlan
from passerby.domain.configurations import ConfigurationVersion
from passerby.domain.event_rules import EventRule, RuleKind, Severity
from passerby.domain.publish_plan import PublishedPlace
from passerby.domain.published import PlaceKind
from passerby.domain.register import Registration, Wording
from passerby.domain.service import SitePlan
from passerby.register.pages.frame import LookCounts, Shown
from passerby.register.pages.public_site import HTML, PDF, PublicFile, public_files
from passerby.register.published.publication import read_document
from testing.trial_service.publishing import PUBLISH
from testing.trial_service.site_register import camera_record, registration_with_events
from testing.web.deliveries import recipient
from testing.web.fakes import CANARY, FakeStore, camera_plan, publication, site_plan

HOSTILE = "<script>alert('x')</script>"


class Links(HTMLParser):
    """Where a page leads, and what it loads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.found += [(tag, value or "") for key, value in attrs if key in ("href", "src", "action")]
        assert not any(key.startswith("on") or key == "style" for key, _ in attrs)


def files(plan: SitePlan, drift: str | None = "", looks: LookCounts = LookCounts()) -> dict[str, PublicFile]:  # noqa: B008
    store = FakeStore()
    asyncio.run(publication(store).publish(plan, ConfigurationVersion(1, 0, "ada", "text")))
    return public_files(Shown(read_document(store.registers[-1]), drift, looks), store.registers)


def plan() -> SitePlan:
    titled = replace(camera_record(), title=Wording({"en": HOSTILE, "sr-Latn": "Njegoševa"}))
    paused = Registration(camera_record("Gate"), paused=Wording({"": "Street works"}))
    return replace(
        site_plan(),
        cameras=(
            replace(camera_plan("square"), registration=Registration(titled)),
            replace(camera_plan("gate"), registration=paused),
            replace(camera_plan("bridge"), registration=Registration(gaps=("title", "place.position"))),
        ),
    )


FILES = files(plan(), looks=LookCounts("2026-10", {"square": {"maintenance": 3}}))
TEXTS = {path: file.write().decode("utf-8") for path, file in FILES.items() if file.media_type != PDF}
PAGES = sorted(path for path, file in FILES.items() if file.media_type == HTML)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.asvs("14.2.3")
def test_every_link_leads_to_a_public_file_and_nothing_is_loaded_from_elsewhere(path: str) -> None:
    links = Links()
    links.feed(TEXTS[path])
    assert "script" not in links.tags
    for tag, href in links.found:
        if tag == "a" and href.startswith(("https://authority.example.org", "mailto:", "#")):
            continue
        if href == "data:,":  # no icon
            continue
        assert "://" not in href
        assert posixpath.normpath(posixpath.join(posixpath.dirname(path), href)) in FILES


@pytest.mark.parametrize("path", PAGES)
def test_no_page_names_a_host_a_secret_or_a_version_of_software(path: str) -> None:
    from passerby import __version__

    for word in ("10.0.0.7", "rtsp:", CANARY, f"passerby {__version__}"):
        assert word not in TEXTS[path]


@pytest.mark.parametrize("language", ["en", "sr-Latn", "sr-Cyrl"])
def test_each_language_has_a_page_a_camera(language: str) -> None:
    pages = {f"{language}/cameras/{name}.html" for name in ("square", "gate", "bridge")}
    assert pages < set(PAGES)
    assert f'<html lang="{language}">' in TEXTS[f"{language}/index.html"]


def test_a_camera_s_page_says_what_the_public_asks() -> None:
    text = TEXTS["en/cameras/square.html"]
    for said in (
        "In operation", "how many pass", "people on foot, bicycles", "planning of traffic", "Roads Act s. 1", "35 days",
        "The controller alone", "maintenance", "DPIA 1", "Data Protection Commissioner", "privacy@example.org",
        "It recognises no faces", "2 Market square",
    ):  # fmt: skip
        assert said in text
    assert HOSTILE not in text
    assert "Његошева" in TEXTS["sr-Cyrl/cameras/square.html"]


def test_paused_and_unregistered_cameras_say_so() -> None:
    assert "paused: Street works" in TEXTS["en/cameras/gate.html"]
    assert "title, place.position" in TEXTS["en/cameras/bridge.html"]
    assert "Paused" in TEXTS["en/index.html"]


def test_drift_is_on_every_page_and_files_do_not_claim_to_know() -> None:
    drifting = files(plan(), drift="another configuration runs")
    for path in PAGES:
        if path != "index.html" and "/documents/" not in path:
            words = {"en": "Another configuration runs", "sr-Latn": "Radi druga", "sr-Cyrl": "Ради друга"}
            text = drifting[path].write().decode()
            assert words[path.partition("/")[0]] in text
            assert path.startswith("en/") or "configuration runs" not in text
    assert "says exactly what runs" in TEXTS["en/index.html"]
    assert "says exactly what runs" not in files(plan(), drift=None)["en/index.html"].write().decode()


def test_history_and_document_are_files_too() -> None:
    document = json.loads(TEXTS["register.json"])
    assert json.loads(TEXTS["versions/1.json"]) == document
    assert json.loads(TEXTS["versions.json"])["rows"][0]["number"] == 1
    assert json.loads(TEXTS["versions.json"])["rows"][0]["sha256"] in TEXTS["en/history.html"]


def test_a_site_of_one_person_says_so_in_each_language() -> None:
    alone = files(replace(plan(), access=AccessPlan(one_person=True)))
    words = {"en": "One person runs this site", "sr-Cyrl": "води једна особа", "sr-Latn": "vodi jedna osoba"}
    for language, sentence in words.items():
        path = next(each for each in PAGES if each.startswith(language) and each.count("/") == 1 and "index" in each)
        assert sentence not in TEXTS[path]
        assert sentence in alone[path].write().decode("utf-8")


def test_signs_lead_to_where_the_service_is_reached_unless_the_city_publishes_elsewhere() -> None:
    store = FakeStore()
    asyncio.run(publication(store).publish(plan(), ConfigurationVersion(1, 0, "ada", "text")))
    document = read_document(store.registers[-1])
    for page, address in (("", "https://count.example/register/"), ("https://city.example/", "https://city.example/")):
        placed = document.model_copy(update={"site": document.site.model_copy(update={"page": page})})
        assert Shown(placed, "", origin="https://count.example").address == address


def test_rules_are_on_the_page_and_whether_they_run() -> None:
    rule = EventRule("full <b>", RuleKind.OVERCROWDING, "square", 40, "1", severity=Severity.CRITICAL)
    camera = replace(camera_plan("square"), registration=Registration(camera_record()), rules=(rule,))
    written = files(replace(site_plan(), cameras=(camera,)))
    texts = {tag: written[f"{tag}/cameras/square.html"].write().decode("utf-8") for tag in ("en", "sr-Latn", "sr-Cyrl")}
    assert "Not running: full &lt;b&gt;. Critical: more than 40 people in the area" in texts["en"]
    assert "alerts are not switched on for this camera" in texts["en"]
    assert "Ne radi: full &lt;b&gt;. Kritično: više od 40 ljudi na površini" in texts["sr-Latn"]
    assert "Критично: више од 40 људи на површини" in texts["sr-Cyrl"]
    assert "What raises an alert" not in TEXTS["en/cameras/square.html"]


def test_who_gets_notices_of_events_is_on_the_page_in_each_language() -> None:
    camera = replace(camera_plan("square"), registration=Registration(camera_record()))
    room = recipient("room", "square", public=Wording({"en": "Control <room>"}))
    written = files(replace(site_plan(), cameras=(camera,), recipients=(room,)))
    texts = {tag: written[f"{tag}/cameras/square.html"].write().decode("utf-8") for tag in ("en", "sr-Latn", "sr-Cyrl")}
    assert "Who gets notices of events" in texts["en"]
    assert (
        "Control &lt;room&gt;: by signed messages over HTTPS (a webhook), from the severity “Notice” on." in texts["en"]
    )
    assert "Ko dobija obaveštenja o događajima" in texts["sr-Latn"]
    assert "Ко добија обавештења о догађајима" in texts["sr-Cyrl"]
    assert "x.example" not in "".join(texts.values())
    record = written["en/documents/processing-record.md"].write().decode("utf-8")
    assert "Who gets notices of events" in record
    assert "Who gets notices of events" not in TEXTS["en/cameras/square.html"]


def test_the_page_tells_of_replays_where_they_are_kept_and_of_nothing_else_where_not() -> None:
    kept = registration_with_events()
    assert kept.record is not None
    kept = replace(kept, record=replace(kept.record, event_replays=True))
    written = files(replace(site_plan(), cameras=(replace(camera_plan("square"), registration=kept),)))
    texts = {tag: written[f"{tag}/cameras/square.html"].write().decode("utf-8") for tag in ("en", "sr-Latn", "sr-Cyrl")}
    assert "held in memory for ten seconds" in texts["en"]
    assert "It is encrypted, and deleted after 3 days." in texts["en"]
    assert "položaji učesnika u saobraćaju drže u memoriji deset sekundi" in texts["sr-Latn"]
    assert "Шифрован је, и брише се после: 3 дана." in texts["sr-Cyrl"]
    assert "held in memory for ten seconds" not in TEXTS["en/cameras/square.html"]
    assert "Short replays of alerts" in TEXTS["en/cameras/square.html"]  # as off


def test_what_is_published_is_on_the_page_in_each_language() -> None:
    camera = replace(camera_plan("square"), registration=Registration(camera_record()))
    publish = replace(PUBLISH, places=(PublishedPlace("square", "north <b>", PlaceKind.LINE),))
    written = files(replace(site_plan(), cameras=(camera,), publish=publish))
    texts = {tag: written[f"{tag}/cameras/square.html"].write().decode("utf-8") for tag in ("en", "sr-Latn", "sr-Cyrl")}
    assert "north &lt;b&gt;: for The university (a partner); of every 15 minutes, 15 minutes later" in texts["en"]
    assert 'href="https://creativecommons.org/licenses/by/4.0/"' in texts["en"]
    assert "brojevi ispod 10 se ne daju" in texts["sr-Latn"]
    assert "бројеви испод 5 се не дају" in texts["sr-Cyrl"]
    assert "What is published" not in TEXTS["en/cameras/square.html"]
