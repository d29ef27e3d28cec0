"""The 3-D surface of the answer, on demand."""

import streamlit as st

from dashboard.app import events as e
from dashboard.page import session
from dashboard.page.language import _
from moons.inspection.boundary import answers, make_grid
from moons.plots.surface import surface_figure

COLUMNS, ROWS = 63, 50


def ask() -> None:
    """Show it; what it shows must not run away meanwhile."""
    session.close("show")
    session.try_send(e.SurfaceAsked())


def draw() -> None:
    """The dialog, where it was asked for."""
    if session.state().surface:
        session.show_while_drawing(e.SurfaceAsked(shown=False))
        st.dialog(_("The answer as a landscape"), width="large")(_body)()


def _body() -> None:
    player = session.player()
    dataset = player.run.history.dataset
    label = 1
    if dataset.n_classes > 2:
        label = st.selectbox(
            _("Class"), range(dataset.n_classes), key="surface_label", format_func=dataset.class_name, width=220
        )
    model = player.model()
    grid = make_grid(dataset, COLUMNS, ROWS)
    height = answers(model, grid)[:, label] if dataset.n_classes else model.predict(grid.points)
    figure = surface_figure(grid, height.numpy(), dataset, label, _=_)
    alt = _("A surface over the plane: as high as the network's answer there. Drag to turn it.")
    st.plotly_chart(figure, key="surface_chart", height=480, config={"displayModeBar": False}, alt=alt)
    sentence = _("At epoch {epoch}. The points stand where the surface should be.")
    st.caption(sentence.format(epoch=f"{player.epoch:,}"))
