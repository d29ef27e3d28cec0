"""Where the points come from: a shape chosen by its picture, or a person's own, from a file, a table or clicks."""

from pathlib import Path

import streamlit as st

from dashboard.page import session
from dashboard.page.language import _, kind_text
from dashboard.rooms.data import import_step, own, picker, sketch, upload
from moons.data import OWN, DataSpec

_STYLE = Path(__file__).with_name("data.css")


def draw() -> None:
    """The room."""
    st.html(_STYLE)
    brought = session.state().data_room.upload
    if brought is not None and session.state().data_room.reading is None:
        import_step.draw(brought)
        return
    picker.draw()
    left, right = st.columns([1.15, 1], gap="large")
    spec = session.state().experiment.data
    with left:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{kind_text(spec.kind)}**", width="stretch")
            own.file(spec)
        sketch.draw(spec)
    with right:
        _own(spec)


def _own(spec: DataSpec) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{_('As a table') if spec.kind == OWN else _('Your own points')}**", width="stretch")
        own.buttons(spec)
    if spec.kind != OWN:
        st.caption(_("Make these points your own to add, move and delete some, or bring a file."))
    else:
        own.table(spec)
        import_step.draw_origin()
    upload.draw()
