"""The link to what is on the screen, for another machine, a class or a frame in another page."""

from collections.abc import Mapping
from functools import partial
from html import escape
from urllib.parse import urlencode

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from dashboard.app.view import HIDEABLE, View
from dashboard.page import component, session
from dashboard.page.language import _
from moons import Experiment
from moons.data import table
from moons.fields import help_of, label_of
from moons.share import TURNS, VERSION

EPOCH = "&view.epoch="  # what the browser writes before the epoch that it shows, unless that is 0


def draw() -> None:
    """Behind "Share": a link to copy, what it hides, and a frame."""
    with st.popover(_("Share"), icon=":material/share:", type="tertiary", key="share", on_change="rerun") as share:
        if share.open:
            _links()


def _links() -> None:
    # of the defaults it means; and without an epoch, which goes on while this stands open
    shared = session.state().shared
    view = {"hide": shared.hidden_in_link, "only": shared.only_in_link, "task": shared.task_in_link}
    query = session.link(epoch=0, **view) or {"v": VERSION}
    _promise(query)
    st.pills(
        _("Hide from whoever opens it"),
        HIDEABLE,
        key="hidden_in_link",
        selection_mode="multi",
        format_func=lambda group: _(HIDEABLE[group]),
    )
    st.toggle(_(label_of(View, "only")), key="only_in_link", help=_(help_of(View, "only")))
    st.text_input(
        _(label_of(View, "task")), key="task_in_link", max_chars=300, help=_(help_of(View, "task")),
        placeholder=_("Find a learning rate at which the loss jumps."),
    )  # fmt: skip
    link = address(query)
    epoch = session.player().epoch
    words = {"copy": _("Copy link"), "copied": _("Copied"), "link": _("Link")}
    _copy()(key="copy", data={"begin": link, "mark": EPOCH, "end": "", "epoch": epoch, "words": words})
    st.caption(_("To show it inside another page:"))
    words = {"copy": _("Copy frame"), "copied": _("Copied"), "link": _("Frame")}
    begin, end = f'<iframe src="{escape(link)}', '&amp;embed=true" width="100%" height="700"></iframe>'
    _copy()(key="copy_frame", data={"begin": begin, "mark": escape(EPOCH), "end": end, "epoch": epoch, "words": words})
    st.button(
        _("Make a class sheet"), key="make_sheet", icon=":material/assignment:", type="tertiary",
        on_click=_make_sheet,
        help=_("A task with a goal that the page checks. Students hand in a code; you check many at once."),
    )  # fmt: skip


def _make_sheet() -> None:
    session.open_room("classroom")
    session.close("share")  # it would cover the form


def address(query: Mapping[str, str]) -> str:
    """The whole link of these parameters."""
    return f"{(st.context.url or '').partition('?')[0]}?{urlencode(query, safe=':,-')}"


def copy(text: str, key: str, *, label: str, button: str) -> None:
    """A text to copy."""
    words = {"copy": button, "copied": _("Copied"), "link": label}
    _copy()(key=key, data={"begin": text, "mark": "", "end": "", "epoch": 0, "fixed": True, "words": words})


def _file(experiment: Experiment) -> str:
    from moons.export.tables import to_json  # noqa: PLC0415

    return to_json(experiment)


def _promise(query: Mapping[str, str]) -> None:
    """What whoever opens the link will see, or what it has no room for."""
    if TURNS in query:
        st.warning(
            _(
                "Changes on the way and weights set by hand are too many for a link. Download the experiment as a "
                "file, and share that instead."
            )
        )
        st.download_button(
            _("Experiment (JSON)"), partial(_file, session.state().experiment), "moons.json", "application/json",
            key="share_file", icon=":material/download:", on_click="ignore",
        )  # fmt: skip
    elif query.get("data.table") == table.LEFT_OUT:
        st.warning(_("Your own points are too many for a link. Download them as a file, and share that too."))
    else:
        st.markdown(_("This link opens to the same picture, trained, on another machine."))


def _copy() -> ComponentRenderer:
    html = "<div><input readonly><button type='button'></button></div>"
    return component.component("copy", "copy.js", css="copy.css", html=html)
