"""What every answer tells a browser: frames of anyone, scripts of nobody else."""

import asyncio
from importlib.resources import files

import pytest

from dashboard.page.component import FOLDER, addresses, imported
from dashboard.server.headers import FIRST_CHUNKS, HEADERS, PageHeaders


async def answer(scope, _receive, send):
    kind = dict(scope["headers"]).get(b"kind", b"text/plain")
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
    await send({"type": "http.response.body", "body": b""})


def headers_for(modules=tuple, **asked):
    said = []

    async def send(message):
        said.append(message)

    scope = {"type": "http", "headers": [(name.encode(), value.encode()) for name, value in asked.items()]}
    asyncio.run(PageHeaders(answer, modules)(scope, None, send))
    return {name.decode(): value.decode() for name, value in said[0]["headers"]}


def test_a_page_names_the_chunks_of_its_first_picture():
    early = headers_for(kind="text/html; charset=utf-8")["link"].split(", ")
    folder = files("streamlit").joinpath("static", "static", "js")
    there = [link.removeprefix("<./static/js/").partition(">")[0] for link in early]
    assert [name.partition(".")[0] for name in there] == sorted(FIRST_CHUNKS)
    assert all(folder.joinpath(name).is_file() for name in there)
    assert "link" not in headers_for(kind="text/javascript")


def test_a_page_names_the_modules_of_its_own_that_are_served():
    there = imported("live/live.js")
    assert there[0] == "live/live.js"
    assert {"live/stage.js", "live/strip.js", "forward.js"} <= set(there)
    assert all((FOLDER / path).is_file() for path in there)
    assert len(set(there)) == len(there)
    assert addresses("never drawn", "live/live.js") == []
    assert "<./live.js>; rel=modulepreload" in headers_for(lambda: ["./live.js"], kind="text/html")["link"]


def test_an_answer_allows_frames_and_no_text_that_becomes_a_script():
    headers = headers_for(host="page.example")
    rules = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert rules["frame-ancestors"] == "*"
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in rules["script-src"]
    assert rules["connect-src"] == "'self' ws://page.example wss://page.example"
    assert {name.lower() for name in HEADERS} <= set(headers)


@pytest.mark.parametrize("host", ["a; script-src *", "*", "a b", ""])
def test_a_host_that_is_no_name_adds_nothing_to_the_policy(host):
    rules = headers_for(host=host)["content-security-policy"].split("; ")
    assert "connect-src 'self' " in rules
