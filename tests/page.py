"""The page as Streamlit runs it, without a browser: open it, do something, look at what is there."""

import json
import struct
import time
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.page import session
from dashboard.page.sidebar import GROUPS

APP = str(Path(__file__).parents[1] / "streamlit_app.py")
OPEN = (*(key for group in GROUPS.values() for key in group.more), "share", "keys", "languages")
PATIENCE = 60.0  # seconds, at most, for what takes a moment

_opened: list[AppTest] = []  # by the test that runs


def new_page(**query):
    """A page that is not run yet, with all that opens on a click open."""
    page = AppTest.from_file(APP, default_timeout=2 * PATIENCE)
    for name, value in query.items():
        page.query_params[name.replace("__", ".")] = value
    for key in OPEN:
        page.session_state[key] = True
    _opened.append(page)
    return page


def leave_pages():
    """End what is computed for the pages of a test."""
    for page in _opened:
        if "browser" in page.session_state:
            served(page).close()
    _opened.clear()


def open_page(**query):
    """The page that a link opens."""
    return rerun(new_page(**query))


def rerun(page, patience=PATIENCE):
    """Run the script once more. It waits as long as that for a run, where it waits a blink for a person."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(session, "BLINK", patience)
        page.run()
    return checked(page)


def checked(page):
    """The page, if nothing has gone wrong in it."""
    assert not page.exception, page.exception
    return page


def click(page, key):
    """Press a button."""
    page.button(key=key).click()
    return rerun(page)


def setting(page, kind, key, value):
    """Set a widget."""
    getattr(page, kind)(key=key).set_value(value)
    return rerun(page)


def served(page):
    """Its session on the server."""
    return page.session_state["browser"].session


def state(page):
    """What it shows."""
    return served(page).state


def player(page):
    """What moves through the run looked at."""
    return served(page).player


def history_of(page):
    """The run looked at."""
    return player(page).run.history


def experiment_of(page):
    """What is run."""
    return state(page).experiment


def kept(page):
    """The runs that the session keeps, oldest first."""
    return [one.run for one in served(page).shelf]


def at_end(page):
    """Whether the last epoch is looked at."""
    now = state(page)
    return not now.busy and now.progress.ended is not None and now.epoch == now.progress.known


def send(page, event):
    """Let something happen as a component in the browser would, and run the page."""
    served(page).send(event)
    return rerun(page)


def settled(page):
    """The page once nothing plays or is computed."""
    served(page).look()
    assert player(page).wait(PATIENCE)
    rerun(page)
    assert not state(page).busy
    return page


def proved(page):
    """The page once all that may help is tried."""

    def is_done():
        served(page).look()
        found = served(page).proving
        return found is not None and not found.running

    until(is_done)
    return rerun(page)


def study_ended(page, panel):
    """The page once a panel's study has ended, as it was planned to."""

    def is_ended():
        served(page).look()
        return not served(page).studies[panel].running

    until(is_ended)
    assert served(page).studies[panel].failure is None
    return rerun(page)


def until(condition):
    """Look again and again until it holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came"


def payloads(page):
    """What the components in the browser are told."""
    return [json.loads(component.proto.json) for component in page.get("bidi_component")]


def live(page):
    """What the live component, or that of Compare, is told."""
    return next(payload for payload in payloads(page) if "serial" in payload)


def decoded(message):
    """A live message, read as its docstring says: the header's fields, states and both curves."""
    names = ["version", "flags", "reserved", "scene", "known", "cursor", "curve_from"]
    names += ["n_train", "n_test", "n_states", "n_parameters", "pace"]
    said = dict(zip(names, struct.unpack_from("<BBHIIIIIIIIf", message), strict=True))
    at, states = 40, []
    for _state in range(said["n_states"]):
        epoch, *scores = struct.unpack_from("<Iffff", message, at)
        parameters = np.frombuffer(message, "<f4", said["n_parameters"], at + 20)
        states.append({"epoch": epoch, "scores": scores, "parameters": parameters})
        at += 20 + 4 * said["n_parameters"]
    train = np.frombuffer(message, "<f4", 2 * said["n_train"], at).reshape(-1, 2)
    test = np.frombuffer(message, "<f4", 2 * said["n_test"], at + 8 * said["n_train"]).reshape(-1, 2)
    assert len(message) == at + 8 * (len(train) + len(test))
    return said | {"states": states, "train": train, "test": test}


def text(page):
    """What the page says above everything else."""
    return " ".join(element.value for kind in ("error", "info") for element in page.get(kind))
