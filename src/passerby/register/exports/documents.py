"""The documents themselves: record of processing, impact assessment, algorithm register, data chain."""

import json
from collections.abc import Iterator
from typing import Any, Final

from passerby.register.catalogue import Catalogue
from passerby.register.dtpr import elements_of
from passerby.register.exports.report import RUNS, SITE, Fact, Report, Section
from passerby.register.published.document import CameraPart, ContactPart, RecordPart, RegisterDocument
from passerby.register.recipient_texts import event_recipient_line, published_lines
from passerby.register.rule_texts import rule_sentence
from passerby.text import to_minute

_OPEN: Final = ("necessity", "risks", "officer_advice", "views")
_SECURITY: Final = ("sandbox", "no_pictures", "audit", "roles", "retention")


def processing_record(document: RegisterDocument, texts: Catalogue) -> Report:
    """Returns the record of processing activities (GDPR Art. 30(1); Serbian law Art. 47).

    Measuring with each camera is an entry; so are the accounts of those who look, with the audit log.
    """
    entries = [Section(f"{texts('report.measuring')}: {name}", tuple(_measuring(document, camera, record, texts)))
               for camera, record, name in _registered(document, texts)]  # fmt: skip
    entries += [Section(texts("report.accounts"), tuple(_accounts(document, texts)))]
    return Report("processing-record", texts("report.processing_record"), _intro(document, texts), tuple(entries))


def impact_assessment(document: RegisterDocument, texts: Catalogue) -> Report:
    """Returns a draft of the impact assessment (GDPR Art. 35(7); Serbian law Art. 54).

    States what runs; necessity, risks, advice and views are left to named people.
    """
    entries: list[Section] = []
    for camera, record, name in _registered(document, texts):
        entries.append(
            Section(f"{texts('report.described')}: {name}", tuple(_measuring(document, camera, record, texts)))
        )
        entries.append(Section(f"{texts('report.people_state')}: {name}", tuple(_statements(record, texts))))
    entries.append(Section(texts("report.measures"), tuple(_measures(texts))))
    never = tuple(Fact(texts("camera.never"), texts.word("never", each), texts(RUNS)) for each in document.never)
    entries.append(Section(texts("camera.never"), never))
    return Report("impact-assessment", texts("report.impact_assessment"), _intro(document, texts), tuple(entries))


def algorithm_register(document: RegisterDocument, texts: Catalogue) -> bytes:
    """Returns an entry a camera with the fields of the Eurocities Algorithmic Transparency Standard, as JSON."""
    entries = [
        _algorithm(document, camera, record, name, texts) for camera, record, name in _registered(document, texts)
    ]
    return (json.dumps(entries, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def data_chain(document: RegisterDocument, texts: Catalogue) -> bytes:
    """Returns each camera's chain in the words of DTPR, as JSON."""
    chains = [
        {
            "camera": camera.camera,
            "title": name,
            "accountable": record.controller.name,
            "elements": [
                {"category": category, "element_id": word, "title": texts.word("dtpr", word)}
                for category, words in elements_of(record).items()
                for word in words
            ],
            "retention": {
                "minutes": f"P{document.retention_days['minutes']}D",
                "pictures": "PT0S",
                "event_replays": f"P{document.retention_days['replays']}D" if _replayed(record) else "PT0S",
            },
        }
        for camera, record, name in _registered(document, texts)
    ]
    taxonomy = {"name": "DTPR", "url": "https://dtpr.io", "licence": "CC BY 4.0"}
    return (json.dumps({"taxonomy": taxonomy, "chains": chains}, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _registered(document: RegisterDocument, texts: Catalogue) -> Iterator[tuple[CameraPart, RecordPart, str]]:
    for camera in document.cameras:
        if camera.record is not None:
            title, _ = texts.written(camera.record.title)
            yield camera, camera.record, f"{title} ({camera.camera})"


def _replayed(record: RecordPart) -> bool:
    return record.tiers.event_replays != "off"


def _intro(document: RegisterDocument, texts: Catalogue) -> str:
    return texts("report.intro", number=document.number, time=to_minute(document.published))


def _measuring(document: RegisterDocument, camera: CameraPart, record: RecordPart, texts: Catalogue) -> Iterator[Fact]:
    kept = document.retention_days
    measured = [
        f"{each.name}: {', '.join(texts.word('quantity', quantity) for quantity in each.quantities)}"
        for each in camera.measured
    ]
    recipients = [texts.written(each)[0] for each in record.recipients] or [texts("camera.recipients_none")]
    yield Fact(texts("camera.controller"), _contact(record.controller), texts(SITE))
    yield Fact(texts("camera.officer"), _contact(record.privacy_officer), texts(SITE))
    yield Fact(texts("camera.purpose"), ", ".join(texts.word("purpose", each) for each in record.purposes), texts(SITE))
    yield Fact(texts("camera.ground"), texts.word("ground", record.legal_basis.ground), texts(SITE))
    yield Fact(texts("camera.law"), texts.written(record.legal_basis.law)[0], texts(SITE))
    yield Fact(texts("camera.address"), texts.written(record.place.address)[0], texts(SITE))
    yield Fact(texts("report.subjects"), texts("report.subjects_text"), texts(RUNS))
    yield Fact(texts("report.categories"), texts("report.categories_text"), texts(RUNS))
    yield Fact(texts("camera.measured"), "; ".join(measured) or texts("camera.measured_none"), texts(RUNS))
    yield Fact(texts("camera.statistics"), texts.word("tier", record.tiers.statistics), texts(RUNS))
    yield Fact(texts("camera.operational_events"), texts.word("tier", record.tiers.operational_events), texts(RUNS))
    yield Fact(texts("camera.event_replays"), texts.word("tier", record.tiers.event_replays), texts(RUNS))
    if camera.rules:
        rules = [f"{rule.name}: {rule_sentence(rule, texts)}" for rule in camera.rules if rule.running]
        yield Fact(texts("camera.rules"), "; ".join(rules) or texts("tier.off"), texts(RUNS))
    yield Fact(texts("camera.recipients"), "; ".join(recipients), texts(SITE))
    if document.publishing is not None and camera.published:
        lines = list(published_lines(document.publishing, camera, texts))
        yield Fact(texts("camera.published"), " ".join([texts("camera.published_intro"), *lines]), texts(RUNS))
    if camera.event_recipients:
        notified = [event_recipient_line(each, texts) for each in camera.event_recipients]
        yield Fact(texts("camera.event_recipients"), " ".join(notified), texts(RUNS))
    yield Fact(texts("report.transfers"), texts("report.transfers_text"), texts(RUNS))
    times = [
        f"{texts.word('kind', kind)}: {texts.days(kept[kind])}" for kind in ("minutes", "quarters", "hours", "days")
    ]
    yield Fact(texts("camera.kept"), f"{texts('camera.pictures_kept')} {'; '.join(times)}", texts(RUNS))
    if _replayed(record):
        replays = texts("camera.replays_kept", days=texts.days(kept["replays"]))
        yield Fact(texts("kind.replays"), replays, texts(RUNS))
    yield Fact(texts("camera.models"), ", ".join(each.name for each in document.models), texts(RUNS))
    yield Fact(texts("report.measures"), "; ".join(texts(f"report.{each}") for each in _SECURITY), texts(RUNS))


def _accounts(document: RegisterDocument, texts: Catalogue) -> Iterator[Fact]:
    yield Fact(texts("camera.purpose"), texts("report.accounts_purpose"), texts(RUNS))
    yield Fact(texts("report.subjects"), texts("report.accounts_subjects"), texts(RUNS))
    yield Fact(texts("report.categories"), texts("report.accounts_categories"), texts(RUNS))
    yield Fact(texts("report.cookies"), texts("report.accounts_cookies"), texts(RUNS))
    yield Fact(texts("camera.kept"), texts.days(document.retention_days["audit"]), texts(RUNS))
    yield Fact(texts("camera.law"), "", texts("report.named_person"))


def _statements(record: RecordPart, texts: Catalogue) -> Iterator[Fact]:
    assessment = record.impact_assessment
    yield Fact(texts("camera.reference"), assessment.reference, texts(SITE))
    yield Fact(
        texts("camera.opinion"), assessment.opinion, texts(SITE) if assessment.opinion else texts("camera.authority")
    )
    for field in _OPEN:
        statement = assessment.statements.get(field)
        label = texts.word("open", field)
        if statement is None:
            yield Fact(label, "", texts("report.named_person"))
        else:
            yield Fact(label, texts.written(statement.text)[0], f"{statement.by}, {statement.date}")


def _measures(texts: Catalogue) -> Iterator[Fact]:
    for each in _SECURITY:
        yield Fact(texts(f"report.{each}"), texts("report.built_in"), texts(RUNS))


def _contact(contact: ContactPart) -> str:
    return ", ".join(part for part in (contact.name, contact.address, contact.contact) if part)


def _algorithm(
    document: RegisterDocument, camera: CameraPart, record: RecordPart, name: str, texts: Catalogue
) -> dict[str, Any]:
    statements = record.impact_assessment.statements
    necessity = statements.get("necessity")
    return {
        "name": name,
        "organization": record.controller.name,
        "description_short": texts("page.intro"),
        "type": texts("report.algorithm_type"),
        "category": ", ".join(texts.word("purpose", each) for each in record.purposes),
        "website": document.site.page or None,
        "status": texts(f"state.{camera.state}"),
        "goal": ", ".join(texts.word("purpose", each) for each in record.purposes),
        "proportionality": None if necessity is None else texts.written(necessity.text)[0],
        "competent_authority": record.authority.name,
        "lawful_basis": texts.word("ground", record.legal_basis.ground),
        "lawful_basis_link": texts.written(record.legal_basis.law)[0],
        "dpia": True,
        "dpia_description": record.impact_assessment.reference,
        "objection_procedure": f"{texts('rights.how')} {record.privacy_officer.contact}",
        "contact_email": record.privacy_officer.contact,
        "area": texts.written(record.place.address)[0],
        "lang": texts.language,
        "revision_date": document.published[:10],
        "source_data": texts("report.categories_text"),
        "methods_and_models": [{"name": each.name, "sha256": each.sha256} for each in document.models],
        "monitoring": texts("page.agrees"),
        "human_intervention": texts("report.human"),
        "risks": None if "risks" not in statements else texts.written(statements["risks"].text)[0],
        "begin_date": record.installed or None,
    }
