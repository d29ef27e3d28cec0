"""The page in Korean, run as Streamlit runs it, without a browser: nothing on it has stayed English."""

import json
import re
from importlib import import_module

import pytest
from google.protobuf.message import Message

from dashboard.page import session
from dashboard.page.language import ngettext
from dashboard.rooms import ROOMS
from dashboard.rooms.learn import LESSONS, data, luck, mystery, network, training
from moons.device import to_device
from moons.train import EngineChoice
from tests import messages
from tests.page import experiment_of, history_of, open_page, player, rerun, state, until

SCREENS = {"data": data, "network": network, "training": training, "luck": luck, "mystery": mystery}
PLACEHOLDER = re.compile(r"\\\{[^}]*\\\}")  # as re.escape writes it
HANGUL = re.compile("[가-힣]")
# what stays English in every language: code to copy, a quotation, who made a data set
CODE = re.compile("<iframe|UserWarning: The dst MTL buffer|Repository, doi|Least Angle Regression;")


def leftovers():
    """A pattern for each English sentence that Korean says in other words."""
    for message in messages.read():
        english = [message.id] if isinstance(message.id, str) else message.id
        for text in english:
            if text and HANGUL.search(messages.strings(message)[0]) and re.search("[a-z]{2,}", text):
                filled = ".*" if len(re.findall("[a-z]{2,}", text)) > 3 else "[^가-힣]*"  # a short one fits much
                yield PLACEHOLDER.sub(filled, re.escape(text))


ENGLISH = re.compile("|".join(f"(?:{pattern})" for pattern in leftovers()), re.S)


# in the JSON of a figure or a component, what a person reads stands under these
SAID = {"words", "status", "alt", "alts", "says", "said", "text", "title", "label", "name", "hovertemplate"}
# of a message, what no person reads
QUIET = {
    "id",
    "key",
    "icon",
    "config",
    "url",
    "form_id",
    "language",
    "html_content",
    "css_content",
    "js_content",
    "type",
}


@pytest.fixture
def page(monkeypatch):
    # not by the session's own state alone: AppTest asks for a widget's words outside of it
    monkeypatch.setattr(session, "language", lambda: "ko")
    return open_page(training__epochs="300", v="1")


def run(page, **state):
    for key, value in state.items():
        page.session_state[key] = value
    return rerun(page)


def texts(part):
    """The texts in a message that Streamlit sends to the browser."""
    for field, value in part.ListFields():
        if field.name in QUIET:
            continue
        for item in [value] if isinstance(value, Message | str) else list(value) if field.is_repeated else []:
            if isinstance(item, Message):
                yield from texts(item)
            elif isinstance(item, str) and item.startswith("{") and field.name in {"spec", "json"}:
                yield from said(json.loads(item))
            elif isinstance(item, str):
                yield item


def said(part, read=False):
    """The texts in the JSON of a figure or a component."""
    if isinstance(part, dict):
        for key, value in part.items():
            yield from said(value, read or key in SAID) if key not in {"template", "code", "loop"} else []
    elif isinstance(part, list):
        for value in part:
            yield from said(value, read)
    elif isinstance(part, str) and read:
        yield part


def assert_korean(page):
    shown = {
        text
        for block in (page.main, page.sidebar)
        for element in block
        if element.proto
        for text in texts(element.proto)
    }
    assert len(shown) > 20
    for text in {text.strip(" *#>:.") for text in shown}:
        assert not ENGLISH.fullmatch(text), text
        words = re.search(r"[A-Za-z]{2,},? [a-z]{2,}", text)
        assert not words or HANGUL.search(text) or CODE.search(text), text


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_draws_in_korean(page, room):
    assert_korean(run(page, room=room))


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_lesson_draws_in_korean(page, lesson):
    screens = len(SCREENS[lesson].SCREENS) if lesson in SCREENS else 1
    for screen in range(screens):
        here = {f"screen_{lesson}": screen} if lesson in SCREENS else {}
        assert_korean(run(page, room="learn", lesson=lesson, **here))


def test_the_insides_of_a_network_draw_in_korean(page):
    assert_korean(run(page, network=True))


def test_a_device_that_holds_other_numbers_than_were_sent_is_said_in_korean_and_nothing_is_trained(monkeypatch, page):
    def faulty(tensor, _device):
        return tensor.flip(0)

    for module in (import_module("moons.scores"), data):
        monkeypatch.setattr(module, "to_device", lambda array, device: to_device(array, device, faulty))
    history_of(page).choice = EngineChoice("torch", "")
    for press in ("step", "train"):
        page.button(key=press).click()
        page = run(page)
        until(lambda page=page: not state(page).busy)  # a worker thread trains, and finds it
        page = run(page)
        assert "체크섬" in page.error[0].value and "cpu" in page.error[0].value
        assert_korean(page)
        assert (player(page).epoch, state(page).playing) == (0, False)
    assert "체크섬" in run(page, room="learn", lesson="data", screen_data=2).error[-1].value


@pytest.mark.parametrize(
    "locale, language", [("ko-KR", "ko"), ("ko", "ko"), ("en-GB", "en"), ("fr", "en"), (None, "en")]
)
def test_the_browser_s_language_is_the_first_one(monkeypatch, locale, language):
    monkeypatch.setattr(type(session.st.context), "locale", locale)
    assert state(open_page()).shared.language == language


def test_a_link_opens_in_the_language_of_whoever_opens_it(monkeypatch):
    page = run(open_page(data__noise="0.3", v="1"), language="ko")
    assert experiment_of(page).data.noise == 0.3
    assert not {"ko", "en"} & {value for values in page.query_params.values() for value in values}


@pytest.mark.parametrize(
    "language, said", [("en", ["0 epochs", "1 epoch", "2 epochs"]), ("ko", ["0 에포크", "1 에포크", "2 에포크"])]
)
def test_a_number_chooses_its_plural(monkeypatch, language, said):
    monkeypatch.setattr(session, "language", lambda: language)
    assert [ngettext("{n} epoch", "{n} epochs", n).format(n=n) for n in range(3)] == said
