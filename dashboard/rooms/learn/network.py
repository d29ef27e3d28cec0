"""3.2: what forward does, what logits are and are not, why arg-max, how many parameters, and XOR."""

from itertools import pairwise

import pandas as pd
import streamlit as st
import torch

from dashboard import session
from dashboard.language import _, literal
from dashboard.notebook import SAMPLES, index_column, logit_names
from dashboard.rooms.learn import clock, exercises, xor
from dashboard.rooms.learn.screens import Screen, quote, turn
from moons.data import Dataset
from moons.fields import N_
from moons.model import NaiveNet


def draw() -> None:
    """The section."""
    turn("network", SCREENS)


def _dataset() -> Dataset:
    return session.player().history.dataset


def _model() -> NaiveNet:
    """The network at the epoch looked at."""
    player = session.player()
    player.pause()
    with player.turn(wait=True):
        clock.draw(player)
        return player.history.model_at(player.epoch)


def _samples() -> tuple[torch.Tensor, pd.DataFrame]:
    """The notebook's five points, as a tensor and as a table."""
    return torch.tensor(SAMPLES), pd.DataFrame(SAMPLES, columns=["x0", "x1"])


def _forward() -> None:
    quote(_("forward defines the operations the network needs, they say, but I don't really get it."))
    st.markdown(
        _("It is the way of the numbers through the network, written down: one line after the other. Yours is:")
    )
    sizes = session.player().history.model_at(0).sizes
    activations = session.player().history.experiment.model.layer_activations
    rows = []
    for number, (n_inputs, n_outputs) in enumerate(pairwise(sizes), start=1):
        last = number == len(sizes) - 1
        rows.append(
            (
                f"Linear({n_inputs}, {n_outputs})",
                f"(1, {n_inputs})",
                f"(1, {n_outputs})",
                _("weights × inputs + bias, for each unit"),
            )
        )
        if not last:
            rows.append((activations[number - 1], f"(1, {n_outputs})", f"(1, {n_outputs})", _("bends each sum")))
    st.dataframe(
        pd.DataFrame(rows, columns=[_("layer"), _("goes in"), _("comes out"), _("what it does")]), hide_index=True
    )
    st.markdown(_("Writing `model(X)` calls it. A point goes in; a logit for each class comes out, or the prediction."))
    st.button(_("See it with a point's own numbers"), key="to_step", on_click=lambda: session.put(lesson="step"))


def _logits() -> None:
    if _predicts_numbers():
        return
    quote(_("logit = a way to express a real number as a probability (0 to 1)?"))
    st.markdown(_("No, that is softmax. A logit is a score: any number, also below 0. Here are those of your network:"))
    model = _model()
    points, table = _samples()
    shift = st.slider(_("Add the same number to all logits"), -5.0, 5.0, 0.0, 0.5, key="logit_shift")
    with torch.no_grad():
        logits = model(points) + shift
    for label, name in enumerate(logit_names(_dataset())):
        table[name] = logits[:, label].numpy()
    for label, name in enumerate(_dataset().all_class_names):
        table[_("softmax {n}").format(n=name)] = logits.softmax(dim=1)[:, label].numpy()
    st.dataframe(table.style.format("{:.4f}"), hide_index=True)
    st.caption(_("The logits change, the probabilities don't: only the distance between logits counts."))


def _argmax() -> None:
    if _predicts_numbers():
        return
    quote(_("argmax returns an index; I'm not sure why it is used."))
    said = _(
        "There is one logit for each class, in order: number 0 belongs to class {first}, number 1 to class {second}. "
        "So the index of the largest logit is the predicted class. `predict` does that:"
    )
    first, second, *_others = map(literal, _dataset().all_class_names)
    st.markdown(said.format(first=first, second=second))
    model = _model()
    points, table = _samples()
    with torch.no_grad():
        logits = model(points)
    for label, name in enumerate(logit_names(_dataset())):
        table[name] = logits[:, label].numpy()
    largest = logits.max(dim=1)
    table[_("largest")] = largest.values.numpy()
    table[_("its index = class")] = index_column(_dataset(), largest.indices)
    st.dataframe(table.style.format("{:.4f}", subset=table.columns[:-1]), hide_index=True)
    st.caption(_("Softmax is not needed for this: the largest logit has the largest probability."))


def _predicts_numbers() -> bool:
    """Whether the run at hand has no classes; says so."""
    if _dataset().n_classes:
        return False
    st.info(_("Your network predicts a number, so it has one output and no logits. Choose data with classes for this."))
    return True


def _count() -> None:
    sizes = session.player().history.model_at(0).sizes
    st.markdown(
        _("Training changes every weight and every bias. Your network has the sizes {sizes}.").format(
            sizes=f"**{' → '.join(map(str, sizes))}**"
        )
    )
    total = sum((n_inputs + 1) * n_outputs for n_inputs, n_outputs in pairwise(sizes))
    guess = st.number_input(_("How many numbers are that?"), 0, value=None, step=1, key="count_guess")
    if guess is None:
        return
    if guess != total:
        st.warning(_("Not {guess}. Count weights and biases layer by layer.").format(guess=f"{guess:,}"))
        if not st.toggle(_("Show me"), key="count_shown"):
            return
    lines = [
        _("weights {n_inputs} × {n_outputs} + biases {n_outputs} = {sum}").format(
            n_inputs=n_inputs, n_outputs=n_outputs, sum=f"{(n_inputs + 1) * n_outputs:,}"
        )
        for n_inputs, n_outputs in pairwise(sizes)
    ]
    st.success("  \n".join([*lines, _("Together {total}.").format(total=f"**{total:,}**")]), icon=":material/check:")


SCREENS = (
    Screen(N_("forward"), _forward, ("forward", "layer", "unit", "weight", "bias", "activation")),
    Screen(N_("Logits"), _logits, ("logit", "softmax")),
    Screen(N_("Arg-max"), _argmax, ("argmax", "logit", "label")),
    Screen(N_("Count them"), _count, ("parameter", "weight", "bias")),
    Screen(N_("XOR"), xor.draw, ("unit", "activation", "boundary", "seed")),
    Screen(
        N_("Exercises"),
        lambda: exercises.draw(exercises.UNITS, exercises.LAYER),
        ("unit", "layer", "underfitting", "overfitting"),
    ),
)
