"""The public form: no session, no name, nothing readable stored, and limits that hold."""

import asyncio
import re
from dataclasses import replace

import httpx
import pytest

from passerby.register.cases import decrypted, encrypted_answer, new_key_pair, private_key
from testing.web.fakes import HOST, NOW_S, NS_PER_S, Service

PASSPHRASE = "a long passphrase"
PUBLIC, PEM = new_key_pair(PASSPHRASE)
CANARY = "K4nar1enV0gel"


def taking(key: str = PUBLIC) -> Service:
    service = Service()
    plan = service.configurations.plan
    service.configurations.plan = replace(plan, record=replace(plan.record, case_key=key))
    configuration = asyncio.run(service.configurations.newest())
    asyncio.run(service.register.publish(service.configurations.plan, configuration))
    return service


async def _post(service: Service, path: str, **options: object) -> httpx.Response:
    async with service.client(known=False) as client:
        return await client.post(path, **options)  # type: ignore[arg-type]


def post(service: Service, path: str, **options: object) -> httpx.Response:
    return asyncio.run(_post(service, path, **options))


def ask(service: Service, **fields: str) -> httpx.Response:
    data = {"kind": "objection", "camera": "square", "text": f"Why? {CANARY}", **fields}
    return post(service, "/register/en/ask", data=data)


def reference_in(answer: httpx.Response) -> str:
    found = re.search(r'class="reference">([A-Z2-7-]+)<', answer.text)
    assert found is not None
    return found[1]


def test_a_question_becomes_a_case_with_a_deadline_that_only_the_officer_reads() -> None:
    service = taking()
    answer = ask(service)
    assert answer.status_code == 200
    (case,) = service.store.case_rows
    assert (case.kind, case.due_ns - case.time_ns) == ("objection", 30 * 86_400 * NS_PER_S)
    letter = decrypted(case.box, private_key(PEM, PASSPHRASE))
    assert (letter.text, letter.camera, letter.reference) == (f"Why? {CANARY}", "square", reference_in(answer))
    assert CANARY.encode() not in case.box
    assert CANARY not in answer.text
    assert "127.0.0.1" not in repr(case)


def test_the_reference_leads_to_the_answer_and_nothing_else_does() -> None:
    service = taking()
    reference = reference_in(ask(service))
    waiting = post(service, "/register/en/answer", data={"reference": reference.lower()})
    assert "being dealt with" in waiting.text
    service.clock.now_s = NOW_S + 31 * 86_400
    assert "is late" in post(service, "/register/en/answer", data={"reference": reference}).text
    answer = encrypted_answer("Because <b>.", reference)
    asyncio.run(service.store.answer_case(1, answer, "ada"))
    answered = post(service, "/register/en/answer", data={"reference": reference}).text
    assert "Because &lt;b&gt;." in answered
    wrong = post(service, "/register/en/answer", data={"reference": "AAAA-AAAA-AAAA-AAAA"})
    assert wrong.status_code == 404
    assert "Because" not in wrong.text


def test_what_cannot_be_taken_is_said_on_the_page() -> None:
    service = taking()
    assert ask(service, text="   ").status_code == 422
    assert ask(service, kind="threat").status_code == 422
    long = ask(service, text="a" * 5001)
    assert (long.status_code, "too long" in long.text) == (413, True)
    assert ask(service, text="a" * (10 * 2**20)).status_code == 413
    for body in (b"\xff\xfe", b"text=%ff%fe", b"&" * 2000, b"a=1&" * 500, b'{"text": "a"}'):
        assert post(service, "/register/en/ask", content=body).status_code in (413, 422)
    assert ask(service, camera="../etc/passwd").status_code == 200
    (case,) = service.store.case_rows
    assert decrypted(case.box, private_key(PEM, PASSPHRASE)).camera == ""


def test_a_text_that_is_refused_comes_back_as_text() -> None:
    answer = ask(taking(), kind="x", text="</textarea><script>alert(1)</script>")
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


@pytest.mark.asvs("2.4.1")
def test_letters_from_one_address_are_limited() -> None:
    service = taking()
    assert [ask(service).status_code for _ in range(6)] == [200] * 5 + [429]
    assert len(service.store.case_rows) == 5


def test_references_cannot_be_tried_without_end() -> None:
    service = taking()
    found = [post(service, "/register/en/answer", data={"reference": f"A{n}"}).status_code for n in range(21)]
    assert found == [404] * 20 + [429]


def test_without_a_key_there_is_no_form() -> None:
    service = taking("")
    assert ask(service).status_code == 404
    assert post(service, "/register/xx/ask").status_code == 404


def test_a_page_of_another_site_cannot_send_it() -> None:
    service = taking()
    answer = post(service, "/register/en/ask", data={"text": "a"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    same = post(service, "/register/en/ask", data={"text": ""}, headers={"Origin": f"http://{HOST}"})
    assert same.status_code == 422
