"""Cases come as they are stored, encrypted, and an answer goes in encrypted, once."""

import asyncio
import base64

from passerby.domain.cases import CaseKind
from passerby.register.cases import decrypted, decrypted_answer, encrypted_answer, new_key_pair, open_case, private_key
from testing.web.fakes import NOW_S, NS_PER_S, Service

PUBLIC, PEM = new_key_pair("a long passphrase")


def with_case() -> tuple[Service, str]:
    service = Service()
    _, reference = asyncio.run(
        open_case(service.store, CaseKind.OBJECTION, "Why here?", "square", PUBLIC, 30, NOW_S * NS_PER_S)
    )
    return service, reference


def test_a_case_is_read_with_the_officer_s_key_alone() -> None:
    service, reference = with_case()
    said = service.get("/api/v1/cases").json()
    (row,) = said["rows"]
    assert (row["number"], row["kind"], row["overdue"], row["answered"]) == (1, "objection", False, None)
    assert row["due"] == "2026-10-28T11:00:00+01:00"
    assert "Why here?" not in str(said)
    assert reference not in str(said)
    letter = decrypted(base64.b64decode(row["letter"]), private_key(PEM, "a long passphrase"))
    assert (letter.text, letter.camera, letter.reference) == ("Why here?", "square", reference)
    service.clock.now_s += 31 * 86_400
    service._session = ""
    assert service.get("/api/v1/cases").json()["rows"][0]["overdue"] is True


def test_an_answer_is_stored_once_for_the_holder_of_the_reference() -> None:
    service, reference = with_case()
    sent = {"answer": base64.b64encode(encrypted_answer("Because.", reference)).decode()}
    assert service.post("/api/v1/cases/1/answer", json=sent).status_code == 204
    (case,) = service.store.case_rows
    assert decrypted_answer(case.answer, reference) == "Because."
    again = service.post("/api/v1/cases/1/answer", json=sent)
    assert (again.status_code, again.json()["code"]) == (409, "no-open-case")
    assert service.post("/api/v1/cases/2/answer", json=sent).status_code == 409


def test_what_is_no_encrypted_answer_is_refused() -> None:
    service, _ = with_case()
    for wrong in ("Because.", "", base64.b64encode(b"x" * 28).decode(), base64.b64encode(b"x" * 20_029).decode(), 7):
        assert service.post("/api/v1/cases/1/answer", json={"answer": wrong}).status_code == 422, wrong
    assert service.store.case_rows[0].answered_ns is None
