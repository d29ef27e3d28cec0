"""XOR with weights set by hand."""

from dataclasses import astuple, fields, replace

import pandas as pd
import streamlit as st

from dashboard.page import session
from dashboard.page.language import _
from moons.inspection.boundary import boundary, make_grid
from moons.inspection.points import evaluate
from moons.inspection.xor import (
    ANSWERS,
    CORNERS,
    SOLUTION,
    STARTS,
    TRAINING,
    Weights,
    corners,
    network,
    outputs,
    solves,
    starts_that_learn,
)
from moons.plots.boundary import boundary_figure

NAMES = [f.name for f in fields(Weights)]


def draw() -> None:
    """The question, nine numbers to set, and what they make of the four points."""
    st.markdown(_("Can a network with two hidden ReLU units solve XOR? The tutorial's quiz says no."))
    st.markdown(_("Class 1 where exactly one of x0 and x1 is 1. Set the weights by hand and prove the quiz wrong:"))
    left, right = st.columns([3, 2])
    with left:
        weights = _weights()
    with right:
        _picture(weights)
    _table(weights)
    if solves(weights):
        st.success(_("All four are right: two ReLU units do solve XOR."), icon=":material/check:")
    if weights == SOLUTION:
        st.markdown(
            _("That is relu(x0 + x1) − 2 · relu(x0 + x1 − 1), which is 1 on the two corners and 0 on the others.")
        )
    said = _(
        "That weights exist doesn't mean that training finds them: of {all} random starts, {two} get there with two "
        "units, {four} with four, {eight} with eight."
    )
    counts = {"two": starts_that_learn(2), "four": starts_that_learn(4), "eight": starts_that_learn(8)}
    st.caption(said.format(all=STARTS, **counts))


def _weights() -> Weights:
    rows = (
        (_("Unit a"), NAMES[0:3], (_("× x0"), _("× x1"), _("+ bias"))),
        (_("Unit b"), NAMES[3:6], (_("× x0"), _("× x1"), _("+ bias"))),
        (_("Output"), NAMES[6:9], (_("× a"), _("× b"), _("+ bias"))),
    )
    for title, names, labels in rows:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
            st.markdown(f"**{title}**", width=56)
            for name, label in zip(names, labels, strict=True):
                st.number_input(label, -9.0, 9.0, step=0.5, format="%g", key=f"xor_{name}", width=88)
    with st.container(horizontal=True):
        st.button(_("Show the answer"), key="xor_answer", on_click=_set, args=(SOLUTION,))
        st.button(_("Start over"), key="xor_over", on_click=_set, args=(Weights(),))
    return Weights(**{name: float(getattr(session.state().lessons, f"xor_{name}")) for name in NAMES})


def _set(weights: Weights) -> None:
    said = {f"xor_{name}": value for name, value in zip(NAMES, astuple(weights), strict=True)}
    session.choose(replace(session.state().lessons, **said))


def _picture(weights: Weights) -> None:
    dataset, model = corners(), network(weights)
    figure = boundary_figure(
        boundary(model, make_grid(dataset)), dataset, evaluate(model, dataset, TRAINING), theme=session.theme(), _=_
    )
    alt = _("The plane coloured by the class that these weights predict, under the four points.")
    st.plotly_chart(figure, key="xor_boundary", height=260, config={"displayModeBar": False}, alt=alt)


def _table(weights: Weights) -> None:
    h, output = outputs(weights)
    frame = pd.DataFrame(CORNERS.astype(int), columns=["x0", "x1"])
    frame["a = ReLU"], frame["b = ReLU"], frame[_("output")] = h[:, 0], h[:, 1], output
    frame[_("class, where above 0")] = (output > 0).astype(int)
    frame[_("should be")] = ANSWERS
    frame[_("right")] = (output > 0) == (ANSWERS == 1)
    st.dataframe(frame, hide_index=True)
