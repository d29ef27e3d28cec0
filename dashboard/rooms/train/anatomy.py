"""The network's inside in numbers: each layer, the space a hidden layer makes of the plane, one point's way through."""

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.app import events as e
from dashboard.page import chart, session
from dashboard.page.language import _, literal, value_text
from dashboard.rooms.train import diagram
from dashboard.rooms.train.diagram import LONGEST
from moons import TrainSpec
from moons.data import Dataset
from moons.digits import Digits
from moons.inspection.layers import gradient_norms, layers
from moons.inspection.path import Path, path
from moons.inspection.space import hidden_space
from moons.plots.layers import histograms_figure, norms_figure
from moons.plots.path import path_figure
from moons.plots.space import space_figure


def draw_layers() -> None:
    """Weights, gradients and answers of each layer, at the epoch looked at."""
    player = session.player()
    history, epoch = player.run.history, player.epoch
    model, spec = player.model(), history.experiment.segment(epoch)[0]
    norms = gradient_norms(history, epoch)
    found = layers(model, spec, history.dataset)
    rows = [
        {
            _("Layer"): number,
            _("Activation"): value_text(layer.activation),
            _("Units"): layer.n_units,
            _("Mean output"): f"{layer.mean:.3g}",
            _("Spread"): f"{layer.std:.3g}",
            _("From"): f"{layer.low:.3g}",
            _("To"): f"{layer.high:.3g}",
            _("Dead units"): _share(layer.dead),
            _("Saturated"): _share(layer.saturated),
            _("Gradient norm"): f"{layer.gradient_norm:.3g}",
        }
        for number, layer in enumerate(found, start=1)
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=_("Each layer's outputs over the training points."))
    st.caption(
        _(
            "Dead: a ReLU unit that gives 0 for every training point. Saturated: outputs where the "
            "activation is nearly flat."
        )
    )
    left, right = st.columns([1.4, 1])
    with left:
        alt = _("Histograms of each layer's weights and of their gradients.")
        chart.draw(histograms_figure(found, _=_), key="histograms", height=320, alt=alt)
    with right:
        if not history.n_epochs:
            st.caption(_("Nothing yet: the gradients of trained epochs appear when the run pauses or ends."))
            return
        alt = _("The length of each layer's gradient over the epochs.")
        chart.draw(norms_figure(norms, _=_), key="norms", height=320, alt=alt)


def draw_space() -> None:
    """The plane as a hidden layer sees it."""
    player = session.player()
    sizes, dataset = player.run.history.sizes, player.run.history.dataset
    if len(sizes) == 2:
        st.caption(_("This network has no hidden layer: it sees the inputs as they are."))
        return
    # another network may not have what was chosen for the one before
    layer = max(1, min(session.state().inside.space_layer, len(sizes) - 2))
    _fit(space_layer=layer)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(_("Hidden layer"), range(1, len(sizes) - 1), key="space_layer", width=140)
        layer, model = session.state().inside.space_layer, player.model()
        names = [diagram.unit_name(model, dataset, layer, unit) for unit in range(sizes[layer])]
        axes = ("principal", "units") if sizes[layer] > 1 else ("principal",)
        chosen = session.state().inside
        _fit(space_axes=chosen.space_axes if chosen.space_axes in axes else "principal")
        words = {"principal": _("Two principal components"), "units": _("Two units")}
        st.selectbox(_("Axes"), axes, key="space_axes", format_func=words.__getitem__, width=240)
        units = None
        if session.state().inside.space_axes == "units":
            last = sizes[layer] - 1
            _fit(space_across=min(chosen.space_across, last), space_up=min(chosen.space_up, last))
            st.selectbox(_("Across"), range(sizes[layer]), key="space_across", format_func=names.__getitem__, width=180)
            st.selectbox(_("Up"), range(sizes[layer]), key="space_up", format_func=names.__getitem__, width=180)
            units = session.state().inside.space_across, session.state().inside.space_up
    found = hidden_space(model, dataset, layer, units)
    figure = space_figure(found, dataset, theme=session.theme(), _=_)
    alt = _("The plane's grid, bent by the network, with the training points.")
    chart.draw(figure, key="space", height=440, alt=alt)
    sentence = _("The grid is the plane, bent by the layers before. The picture shows {share} of the points' variance.")
    st.caption(sentence.format(share=f"{found.share:.1%}"))


def draw_path() -> None:
    """One training point on its way from the inputs to its loss."""
    player = session.player()
    history = player.run.history
    dataset = history.dataset
    _fit(path_point=min(session.state().inside.path_point, len(dataset.y_train) - 1))
    st.number_input(_("Training point"), 0, len(dataset.y_train) - 1, key="path_point", width=180)
    model, spec = player.model(), history.experiment.segment(player.epoch)[0]
    found = path(model, spec, dataset, session.state().inside.path_point)
    names = tuple(diagram.unit_name(model, dataset, 0, unit) for unit in range(model.sizes[0]))
    st.markdown(f"{_place(dataset, found)} {_loss(dataset, found, spec)}")
    tall = max(180, 40 + 14 * max(model.sizes))
    alt = _("What each layer makes of the point, as bars.")
    chart.draw(path_figure(found, names, dataset, _=_), key="path", height=min(tall, 500), alt=alt)
    st.caption(_("Click a training point in the picture above to follow that one."))


def _place(dataset: Dataset, found: Path) -> str:
    """Where the point lies, in a person's own units, and as what the network gets that."""
    x0, x1 = dataset.train_in_units()[0][found.point].tolist()
    names = [literal(dataset.column_name(place, LONGEST)) for place in (0, 1)]
    where = f"{names[0]} = {x0:.6g}, {names[1]} = {x1:.6g}."
    if dataset.scaling.is_identity:
        return where
    return f"{where} " + _("The network gets them shifted and scaled, as {x0} and {x1}.").format(
        x0=f"{found.x[0]:.4f}", x1=f"{found.x[1]:.4f}"
    )


def _loss(dataset: Dataset, found: Path, spec: TrainSpec) -> str:
    """What the network makes of the point."""
    if found.probabilities is not None:
        sentence = (
            _(
                "Its class is {y}. The network gives this class a probability of {probability}: the loss is −ln of it, "
                "{loss}."
            )
            if spec.class_loss == "cross_entropy"
            else _("Its class is {y}. The network gives this class a probability of {probability}: the loss is {loss}.")
        )
        y, probability = literal(dataset.class_name(int(found.y))), found.probabilities[int(found.y)]
        return sentence.format(y=y, probability=f"{probability:.4f}", loss=f"{Digits(found.loss):.4f}")
    true, predicted = dataset.train_in_units()[1][found.point], dataset.y_to_units(found.sums[-1])[0]
    sentence = _("Its number is {y}; the network predicts {prediction}, so its loss is {loss}.")
    if not dataset.scaling.keeps_y:
        sentence = _(
            "Its number is {y}; the network predicts {prediction}. The loss, of standardised numbers, is {loss}."
        )
    said = {"y": diagram.answer_text(dataset, true), "prediction": diagram.answer_text(dataset, predicted)}
    return sentence.format(**said, loss=f"{Digits(found.loss):.4f}")


def _fit(**fitting: Any) -> None:
    """Choose what this network has, where it lacks what was chosen for the one before."""
    session.show_while_drawing(e.Chosen(replace(session.state().inside, **fitting)))


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"
