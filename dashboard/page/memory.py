"""What the browser keeps: the token that finds the runs again after a reload, their experiments, a person's notes."""

from functools import lru_cache
from typing import Any

import streamlit as st

from dashboard.app import events as e
from dashboard.app import notes
from dashboard.app.sessions import sessions
from dashboard.page import component, session, settings
from dashboard.page.language import _, ngettext
from moons import Experiment, FieldError
from moons.export.tables import from_json, to_json

CLOSED = 10.0  # seconds after which another tab counts as closed, and its runs are taken over
LARGEST = 300_000  # characters of an experiment that the browser is given to keep


def draw() -> None:
    """The component, which shows nothing. A fragment: mostly, what the browser says of itself changes nothing else."""
    st.fragment(_component)()


def _component() -> None:
    found = session.browser().memory.pop("found", False)
    if not session.runs_whole() and (found or session.needs_whole_run()):
        st.rerun()
    tab, served = session.browser(), session.served()
    data = {
        "token": served.token,
        "runs": [text for kept in served.shelf if len(text := _text(kept.run.experiment)) <= LARGEST],
        "wanted": tab.memory.pop("wanted", ""),
        "notes": notes.to_text(served.state.notes),
        "forget": tab.memory.pop("forget", False),
    }
    callbacks = session.hear("memory", {"found": _found, "runs": _runs, "notes": _notes})
    mount = component.component("memory", "memory/memory.js", html="<i hidden></i>")
    mount(key="memory", data=data, width="content", height="content", **callbacks)


def offer_to_forget() -> None:
    """A button that removes all runs, here and in the browser."""
    st.button(
        _("Forget my runs"),
        key="forget",
        icon=":material/delete_sweep:",
        type="tertiary",
        on_click=_forget,
        help=_(
            "Removes every run and your score from the server and from this browser. The server keeps them for an hour."
        ),
    )


def _found(message: dict[str, Any]) -> None:
    """The browser knows another session: after a reload this tab's own, else that of the tab used last."""
    token = str(message["token"])
    kept = sessions().find(token)
    if kept is None:
        session.browser().memory["wanted"] = token
        return
    now = session.served()
    same_tab = message["reload"] or (message["own"] and not kept.is_shown)
    if same_tab and kept.link == session.browser().opened_with:  # everything goes on where it was
        session.attach(kept)
        sessions().forget(now.token)
        settings.show_current()
    elif message["own"] or kept.absent > CLOSED:
        now.adopt(kept)
        session.browser().memory["found"] = True


def _runs(message: dict[str, Any]) -> None:
    """The experiments that the browser has kept, as the server has lost their runs: they are computed anew."""
    found = []
    for text in message["runs"]:
        try:
            found.append(from_json(str(text)))
        except FieldError:  # of an older version, perhaps
            continue
    session.served().restore(found)
    if found:
        session.browser().memory["found"] = True
        sentence = ngettext("{n} run of yours was found again.", "{n} runs of yours were found again.", len(found))
        st.toast(sentence.format(n=len(found)))


def _notes(message: str) -> None:
    """What was closed, and how guesses came out, in earlier visits."""
    session.try_send(e.Remembered(notes.from_text(str(message))))


def _forget() -> None:
    session.served().forget()
    session.browser().memory["forget"] = True


@lru_cache(maxsize=500)
def _text(experiment: Experiment) -> str:
    return to_json(experiment)
