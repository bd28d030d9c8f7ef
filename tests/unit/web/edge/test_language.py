"""In which language a page is read, and what is written in it."""

import asyncio

import httpx
import pytest

from passerby.web.edge.language import COOKIE, preferred
from testing.web.fakes import Service

HTML = "text/html,*/*;q=0.8"


def shown(path: str = "/log-in", *, known: bool = False, **headers: str) -> httpx.Response:
    service = Service()
    sent = {"Accept": HTML, **{name.replace("_", "-"): value for name, value in headers.items()}}

    async def scene() -> httpx.Response:
        async with service.client(known=known) as client:
            return await client.get(path, headers=sent)

    return asyncio.run(scene())


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("sr-Latn-RS,en;q=0.5", "sr-Latn"),
        ("sr", "sr-Cyrl"),
        ("de-AT,hr;q=0.9", "sr-Latn"),
        ("en-GB,sr;q=0.9", "en"),
        ("", "en"),
        ("x" * 5000, "en"),
    ],
)
def test_a_page_is_read_as_the_browser_prefers(accepted: str, language: str) -> None:
    assert preferred(accepted) == language
    answer = shown(Accept_Language=accepted)
    assert f'<html lang="{language}">' in answer.text
    assert "set-cookie" not in answer.headers


def test_what_was_chosen_is_kept_and_comes_before_the_browsers_own() -> None:
    chosen = shown("/log-in?to=/events&language=sr-Cyrl", Accept_Language="en")
    assert "<h1>Уђите преко везе</h1>" in chosen.text
    assert chosen.headers["set-cookie"].startswith(f"{COOKIE}=sr-Cyrl;")
    assert "?to=%2Fevents&amp;language=en" in chosen.text  # the way back keeps where it was to lead
    kept = shown(Accept_Language="en", Cookie=f"{COOKIE}=sr-Latn")
    assert '<html lang="sr-Latn">' in kept.text
    for wrong in (f"{COOKIE}=<b>", f"{COOKIE}=de", "=;;;"):
        assert '<html lang="en">' in shown(Cookie=wrong).text
    assert '<html lang="en">' in shown("/log-in?language=de").text


def test_links_in_other_languages_keep_no_code_of_a_log_in() -> None:
    page = shown("/log-in?to=/events&code=c0de-of-a-provider&state=st4te")
    assert "language=sr-Latn" in page.text
    assert "c0de-of-a-provider" not in page.text
    assert "st4te" not in page.text


def test_a_command_and_a_name_stay_in_latin_letters() -> None:
    answer = shown(Accept_Language="sr")
    assert "<code>passerby link SITE.yaml</code>" in answer.text
    assert ">passerby при покретању исписује везу; <" in answer.text.replace("<p>", ">")


def test_nothing_at_an_address_is_a_page_for_people_and_a_problem_for_programs() -> None:
    page = shown("/nothing", known=True, Accept_Language="sr-Latn")
    assert (page.status_code, "Takva stranica ne postoji" in page.text) == (404, True)
    program = shown("/nothing", known=True, Accept="*/*")
    assert program.json()["code"] == "no-such-page"
