"""The documents state what runs, with its source, and leave open what only people can judge."""

import asyncio
import csv
import io
import json
from dataclasses import replace

import pytest

from passerby.domain.configurations import ConfigurationVersion
from passerby.domain.register import OpenField, Registration, Statement, Wording
from passerby.register.catalogue import catalogue
from passerby.register.exports.documents import algorithm_register, data_chain, impact_assessment, processing_record
from passerby.register.exports.report import as_csv, as_json, html, markdown, pdf
from passerby.register.published.document import RegisterDocument
from passerby.register.published.publication import read_document
from testing.trial_service.site_register import camera_record
from testing.web.fakes import FakeStore, camera_plan, publication, site_plan

TEXTS = catalogue("en")


def document(statements: bool = False, title: str = "Market square") -> RegisterDocument:
    record = replace(camera_record(), title=Wording({"": title}))
    if statements:
        stated = {each: Statement(Wording({"": f"about {each}"}), "A. Person", "2026-02-03") for each in OpenField}
        record = replace(record, assessment=replace(record.assessment, statements=stated, opinion="07-1"))
    plan = replace(site_plan(), cameras=(replace(camera_plan(), registration=Registration(record)),))
    store = FakeStore()
    asyncio.run(publication(store).publish(plan, ConfigurationVersion(1, 0, "a", "b")))
    return read_document(store.registers[-1])


def test_the_record_of_processing_has_what_article_30_asks_for() -> None:
    report = processing_record(document(), TEXTS)
    facts = {fact.label: fact for fact in report.sections[0].facts}
    assert facts["Controller"].value.startswith("City of Example")
    assert facts["Controller"].source == "site file"
    assert facts["How long results are kept"].source == "running configuration"
    assert "35 days" in facts["How long results are kept"].value
    for label in ("Purpose", "People concerned", "Data", "Who gets the figures", "Transfers to other countries",
                  "Technical and organisational measures"):  # fmt: skip
        assert facts[label].value
    assert report.sections[-1].heading == "Accounts and audit log"


def test_the_assessment_leaves_open_what_people_judge_until_they_state_it() -> None:
    def open_labels(found: RegisterDocument) -> set[str]:
        facts = [fact for section in impact_assessment(found, TEXTS).sections for fact in section.facts]
        return {fact.label for fact in facts if not fact.value}

    left = {TEXTS.word("open", each) for each in OpenField} | {"Opinion of the authority"}
    assert open_labels(document()) == left
    assert open_labels(document(statements=True)) == set()
    text = markdown(impact_assessment(document(statements=True), TEXTS), TEXTS).decode()
    assert "about risks" in text
    assert "A. Person, 2026-02-03" in text


@pytest.mark.parametrize("language", ["en", "sr-Latn", "sr-Cyrl"])
def test_every_form_in_every_language(language: str) -> None:
    texts = catalogue(language)
    report = impact_assessment(document(), texts)
    assert texts("report.open") in markdown(report, texts).decode()
    assert f'<html lang="{language}">' in html(report, texts).decode()
    assert pdf(report, texts).startswith(b"%PDF")
    sources = {fact.source for section in report.sections for fact in section.facts}
    assert texts("report.running") in sources
    assert language == "en" or not sources & {"running configuration", "site file"}
    rows = list(csv.DictReader(io.StringIO(as_csv(report, texts).decode())))
    assert len(rows) == sum(len(section.facts) for section in report.sections)
    assert json.loads(as_json(report, texts))["title"] == report.title


def test_a_hostile_title_is_no_markup_and_no_formula() -> None:
    hostile = "=cmd()|<script>alert(1)</script>[x](javascript:y)"
    report = processing_record(document(title=hostile), TEXTS)
    assert "<script>" not in html(report, TEXTS).decode()
    text = markdown(report, TEXTS).decode()
    assert "<script>" not in text
    assert "[x](" not in text
    pdf(report, TEXTS)
    from passerby.register.exports.report import Fact, Report, Section

    cells = Report("a", "b", "c", (Section("=1+1", (Fact("+2", " -3", "\uff20x;=y"),)),))
    assert as_csv(cells, TEXTS).decode().splitlines()[1] == "'=1+1,'+2,' -3,'\uff20x;'=y"


def test_the_algorithm_register_and_the_data_chain_are_json() -> None:
    (entry,) = json.loads(algorithm_register(document(), TEXTS))
    assert entry["organization"] == "City of Example"
    assert entry["proportionality"] is None
    assert entry["dpia_description"] == "DPIA 1"
    chain = json.loads(data_chain(document(), TEXTS))
    words = {element["element_id"] for element in chain["chains"][0]["elements"]}
    assert {"video_camera", "de_identified", "mobility", "stored_locally"} <= words
    assert chain["taxonomy"]["licence"] == "CC BY 4.0"


def test_no_document_names_a_host() -> None:
    for text in (
        as_json(processing_record(document(), TEXTS), TEXTS), algorithm_register(document(), TEXTS),
        data_chain(document(), TEXTS),
    ):  # fmt: skip
        assert b"10.0.0.7" not in text
