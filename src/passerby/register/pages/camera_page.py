"""The page of one camera, in plain language."""

from collections.abc import Iterator
from typing import Final

from passerby.markup import Markup, element, joined
from passerby.register.catalogue import Catalogue
from passerby.register.markup import bullets, facts, reachable, table
from passerby.register.pages.frame import Here, Shown, page
from passerby.register.pages.map import camera_map
from passerby.register.published.document import (
    CameraPart,
    ContactPart,
    RecordPart,
    RulePart,
    TiersPart,
)
from passerby.register.recipient_texts import event_recipient_line, published_lines
from passerby.register.rule_texts import rule_sentence, rule_times
from passerby.text import percent

KINDS: Final = (
    "minutes", "quarters", "hours", "days", "events", "replays", "health", "audit", "configurations", "cases",
    "validations", "published", "accounts",
)  # fmt: skip


def camera_page(shown: Shown, here: Here, number: int, camera: CameraPart) -> bytes:
    """Returns a camera's page.

    Args:
        shown: what the pages are made from.
        here: where the page is.
        number: of the camera, as the list and the map have it.
        camera: the camera.
    """
    return page(shown, here, title_of(camera, here.texts), *_sections(shown, here, number, camera))


def title_of(camera: CameraPart, texts: Catalogue) -> str:
    """Returns what the place of a camera is called; its name where it has no record."""
    return camera.camera if camera.record is None else texts.written(camera.record.title)[0]


def state_mark(camera: CameraPart, texts: Catalogue) -> Markup:
    """Returns a camera's state, as a word beside a shape: never by colour alone."""
    mark = {"active": "●", "paused": "○", "not_registered": "■"}[camera.state]
    return element("span", element("span", mark, aria_hidden="true"), " ", texts(f"state.{camera.state}"),
                   class_=f"state {camera.state}")  # fmt: skip


def _sections(shown: Shown, here: Here, number: int, camera: CameraPart) -> Iterator[Markup | None]:
    texts, record = here.texts, camera.record
    yield element("p", state_mark(camera, texts))
    if camera.paused is not None:
        yield element("p", texts("camera.paused_since", why=texts.written(camera.paused)[0]), class_="notice")
    if record is None:
        yield element("p", texts("camera.missing", what=", ".join(camera.missing)), class_="notice")
        return
    yield element("p", texts("page.intro"))
    yield _section(texts("camera.heading"), *_work(shown, camera, texts))
    yield _section(texts("camera.never"), bullets([texts.word("never", each) for each in shown.document.never]))
    yield _section(texts("camera.why"), _reasons(record, texts))
    yield _section(texts("camera.tiers"), _tiers(record, texts))
    if camera.rules:
        yield _section(texts("camera.rules"), *_rules(camera, record, texts))
    yield _section(texts("camera.where"), *_place(number, camera, record, texts))
    yield _section(texts("camera.kept"), *_kept(shown, record, texts))
    yield _section(texts("camera.recipients"), _recipients(record, texts), *_published(shown, camera, texts),
                   *_event_recipients(camera, texts))  # fmt: skip
    yield _section(texts("camera.looks"), *_looks(shown, camera, texts))
    yield _section(texts("camera.assessment"), *_assessment(record, texts))
    yield _section(texts("camera.rights"), *_rights(shown, here, record))
    yield _section(texts("camera.contact"), *_contacts(record, texts))
    yield element("p", element("a", texts("camera.sign"), href=f"../signs/{camera.camera}.pdf"))


def _section(heading: str, *content: Markup | None) -> Markup:
    return element("section", element("h2", heading), *content)


def _work(shown: Shown, camera: CameraPart, texts: Catalogue) -> Iterator[Markup | None]:
    lines = [
        texts(
            f"camera.{each.kind}",
            name=each.name,
            quantities=", ".join(texts.word("quantity", quantity) for quantity in each.quantities),
            users=", ".join(texts.word("user", user) for user in each.road_users),
        )
        for each in camera.measured
    ]
    yield bullets(lines) if lines else element("p", texts("camera.measured_none"))
    yield element("p", texts("camera.fps", number=f"{camera.analysed_fps:g}"))
    if camera.masked_areas:
        yield element("p", texts("camera.masked", number=camera.masked_areas))
    yield element("h3", texts("camera.models"))
    yield element("p", texts("camera.models_intro"), " ", ", ".join(each.name for each in shown.document.models), ".")


def _reasons(record: RecordPart, texts: Catalogue) -> Markup:
    return facts(
        (texts("camera.purpose"), ", ".join(texts.word("purpose", each) for each in record.purposes)),
        (texts("camera.ground"), texts.word("ground", record.legal_basis.ground)),
        (texts("camera.law"), own_text(record.legal_basis.law, texts)),
    )


def _tiers(record: RecordPart, texts: Catalogue) -> Markup:
    tiers: TiersPart = record.tiers
    waits = ", ".join(texts.word("open", each.rpartition(".")[2]) for each in tiers.waits_for)
    basis = record.events_legal_basis
    return joined(
        facts(
            (texts("camera.statistics"), texts.word("tier", tiers.statistics)),
            (texts("camera.operational_events"), texts.word("tier", tiers.operational_events)),
            (texts("camera.event_replays"), texts.word("tier", tiers.event_replays)),
            (texts("camera.events_law"), None if basis is None else own_text(basis.law, texts)),
        ),
        element("p", texts("camera.waits", what=waits)) if waits else None,
    )


def _rules(camera: CameraPart, record: RecordPart, texts: Catalogue) -> Iterator[Markup]:
    yield element("p", texts("camera.rules_intro"))
    if not all(rule.running for rule in camera.rules):
        why = {"active": "rules_paused", "waiting": "rules_waiting"}.get(record.tiers.operational_events, "rules_off")
        yield element("p", texts(f"camera.{why}"), class_="notice")
    yield bullets([rule_line(rule, texts) for rule in camera.rules])


def rule_line(rule: RulePart, texts: Catalogue) -> str:
    """Returns a rule as the page has it: whether it runs, its name, what it watches for, and when."""
    state = texts("rule.running" if rule.running else "rule.not_running", name=rule.name)
    what = texts("rule.line", severity=texts.word("severity", rule.severity), what=rule_sentence(rule, texts))
    when = rule_times(rule, texts)
    return " ".join([f"{state}.", what, *([texts("rule.when", when=when)] if when else [])])


def _place(number: int, camera: CameraPart, record: RecordPart, texts: Catalogue) -> Iterator[Markup | None]:
    longitude, latitude = record.place.position.coordinates
    yield facts(
        (texts("camera.address"), own_text(record.place.address, texts)),
        (texts("camera.position"), f"{latitude:.5f}, {longitude:.5f}"),
        (texts("camera.installed"), record.installed),
    )
    yield camera_map([(number, camera, None)], texts)


def _kept(shown: Shown, record: RecordPart, texts: Catalogue) -> Iterator[Markup]:
    yield element("p", texts("camera.pictures_kept"))
    kept = shown.document.retention_days
    if record.tiers.event_replays != "off":
        yield element("p", texts("camera.replays_kept", days=texts.days(kept["replays"])))
    rows = [(texts.word("kind", kind), texts.days(kept[kind])) for kind in KINDS if kind in kept]
    yield table((texts("kind.what"), texts("kind.time")), [*rows], texts("camera.kept"))


def _recipients(record: RecordPart, texts: Catalogue) -> Markup:
    if not record.recipients:
        return element("p", texts("camera.recipients_none"))
    return bullets([texts.written(each)[0] for each in record.recipients])


def _published(shown: Shown, camera: CameraPart, texts: Catalogue) -> Iterator[Markup]:
    publishing = shown.document.publishing
    if publishing is None or not camera.published:
        return
    yield element("h3", texts("camera.published"))
    yield element("p", texts("camera.published_intro"))
    yield bullets(list(published_lines(publishing, camera, texts)))
    licence = element("a", publishing.licence, href=publishing.licence_url, rel="license")
    yield element("p", texts("camera.published_licence"), " ", licence)


def _event_recipients(camera: CameraPart, texts: Catalogue) -> Iterator[Markup]:
    if not camera.event_recipients:
        return
    yield element("h3", texts("camera.event_recipients"))
    yield element("p", texts("camera.event_recipients_intro"))
    yield bullets([event_recipient_line(each, texts) for each in camera.event_recipients])


def _looks(shown: Shown, camera: CameraPart, texts: Catalogue) -> Iterator[Markup]:
    looks = shown.looks.of(camera.camera)
    yield element("p", texts("camera.looks_intro"))
    if not shown.looks.month:
        yield element("p", texts("camera.looks_unknown"))
    elif not looks:
        yield element("p", texts("camera.looks_none", month=shown.looks.month))
    else:
        rows = [(texts.word("look", purpose), str(times)) for purpose, times in sorted(looks.items())]
        head = (texts("camera.looks_purpose"), texts("camera.looks_count"))
        yield table(head, [*rows], texts("camera.looks_last", month=shown.looks.month))
    hidden = camera.anonymisation
    yield element("h3", texts("camera.hidden"))
    yield element(
        "p",
        texts(
            "camera.hidden_text",
            test_set=hidden.test_set,
            measured=hidden.measured,
            heads=percent(hidden.heads_covered),
            bodies=percent(hidden.bodies_covered),
        ),
    )


def _assessment(record: RecordPart, texts: Catalogue) -> Iterator[Markup]:
    assessment = record.impact_assessment
    yield facts(
        (texts("camera.reference"), assessment.reference),
        (texts("camera.opinion"), assessment.opinion or texts("camera.no_opinion")),
    )
    for field, statement in assessment.statements.items():
        yield element("h3", texts.word("open", field))
        yield element(
            "p", texts("camera.stated", by=statement.by, date=statement.date), " ", own_text(statement.text, texts)
        )
    if assessment.open_fields:
        yield element("p", texts("camera.open"))
        yield bullets([texts.word("open", each) for each in assessment.open_fields])


def _rights(shown: Shown, here: Here, record: RecordPart) -> Iterator[Markup]:
    texts = here.texts
    yield element("p", texts("rights.text"))
    yield element("p", texts("rights.how"), " ", reachable(record.privacy_officer.contact))
    if shown.form:
        yield element("p", element("a", texts("camera.ask"), href="../ask.html"))


def _contacts(record: RecordPart, texts: Catalogue) -> Iterator[Markup]:
    for key, contact in (
        ("controller", record.controller), ("officer", record.privacy_officer), ("authority", record.authority),
    ):  # fmt: skip
        yield element("h3", texts(f"camera.{key}"))
        yield element("p", contact_lines(contact))


def contact_lines(contact: ContactPart) -> Markup:
    """Returns a contact, a line for each of its parts."""
    parts = [joined(contact.name), joined(contact.address), reachable(contact.contact)]
    lines = [part for part in parts if part]
    return joined(*(joined(element("br") if number else None, line) for number, line in enumerate(lines)))


def own_text(written: dict[str, str], texts: Catalogue) -> Markup:
    """Returns a text of the site's own, marked with its language where that is not the page's."""
    text, language = texts.written(written)
    return joined(text) if language == texts.language else element("span", text, lang=language)
