"""3.2: what forward does, what logits are and are not, why arg-max, how many parameters, and XOR."""

from collections.abc import Sequence
from itertools import pairwise

import pandas as pd
import streamlit as st
import torch

from dashboard.page import session
from dashboard.page.language import _, literal, value_text
from dashboard.rooms.learn import clock, exercises, xor
from dashboard.rooms.learn.screens import Screen, cloud, open_lesson, quote, turn
from dashboard.rooms.train.tabs import index_column, logit_names
from moons.data import Dataset
from moons.fields import N_
from moons.inspection.points import a_few_rows
from moons.model import NaiveNet

FEW = 5  # points, as in the notebook
MARKED = "background-color:#0072b240"


def draw() -> None:
    """The section."""
    turn("network", SCREENS)


def _dataset() -> Dataset:
    return session.player().run.history.dataset


def _model() -> NaiveNet:
    """The network at the epoch looked at."""
    player = session.player()
    clock.draw(player)
    return player.model()


def _few(model: NaiveNet) -> tuple[torch.Tensor, pd.DataFrame]:
    """A few of the run's own points: their logits (n, classes), and a table with their rows and true classes."""
    dataset = _dataset()
    rows = a_few_rows(dataset, FEW)
    table = pd.DataFrame({_("point"): rows, "y": index_column(dataset, torch.from_numpy(dataset.y_train[rows]))})
    with torch.no_grad():
        return model(torch.from_numpy(dataset.X_train[rows])), table


def _show(table: pd.DataFrame, *whole: str, largest_of: Sequence[str] = ()) -> None:
    """The table of a few points beside a picture of where they are.

    `whole`: columns without decimals; `largest_of`: those of which each row's largest number is marked.
    """
    said, chart = st.columns([3, 2], gap="medium", vertical_alignment="center")
    whole = (_("point"), "y", *whole)
    with said:
        style = table.style.format("{:.4f}", subset=table.columns.difference([*whole]))
        style.highlight_max([*largest_of], axis=1, props=MARKED)
        st.dataframe(style, hide_index=True)
    with chart:
        cloud(session.player().run.history.dataset, "few", 230, table[_("point")].tolist())


def _forward() -> None:
    quote(_("forward defines the operations the network needs, they say, but I don't really get it."))
    st.markdown(_("forward is the calculation from the inputs to the outputs, layer by layer. Yours is:"))
    sizes = session.player().run.history.model_at(0).sizes
    activations = session.player().run.history.experiment.model.layer_activations
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
            rows.append(
                (
                    value_text(activations[number - 1]),
                    f"(1, {n_outputs})",
                    f"(1, {n_outputs})",
                    _("applied to each sum"),
                )
            )
    st.dataframe(
        pd.DataFrame(rows, columns=[_("layer"), _("shape that goes in"), _("shape that comes out"), _("what it does")]),
        hide_index=True,
    )
    st.caption(_("A shape says how many rows and columns: (1, 2) is 1 point with 2 numbers."))
    comes_out = (
        _("Writing `model(X)` calls it. One point goes in, a row of its two numbers; its logits come out, one a class.")
        if session.player().run.history.dataset.n_classes
        else _("Writing `model(X)` calls it. One point goes in, a row of its two numbers; the prediction comes out.")
    )
    st.markdown(comes_out)
    st.button(_("See it with a point's own numbers"), key="to_step", on_click=open_lesson, args=("step",))


def _logits() -> None:
    if _predicts_numbers():
        return
    quote(_("logit = a way to express a real number as a probability (0 to 1)?"))
    st.markdown(
        _(
            "No, that is softmax, which turns the logits into probabilities that add up to 1. A logit is a score: any "
            "number, also below 0. Here are those of your network for a few of your points. Add the same number to all "
            "logits, and see what stays:"
        )
    )
    left, right = st.columns(2, gap="medium")
    with left:
        model = _model()
    shift = right.slider(_("Add the same number to all logits"), -5.0, 5.0, 0.0, 0.5, key="logit_shift")
    logits, table = _few(model)
    logits = logits + shift
    for label, name in enumerate(logit_names(_dataset())):
        table[name] = logits[:, label].numpy()
    for label, name in enumerate(_dataset().all_class_names):
        table[_("softmax {n}").format(n=name)] = logits.softmax(dim=1)[:, label].numpy()
    _show(table)
    st.caption(
        _(
            "With the slider the logits change, the probabilities don't: only the distance between logits counts. "
            "y is the true class; its softmax should be near 1."
        )
    )


def _argmax() -> None:
    if _predicts_numbers():
        return
    quote(_("argmax returns an index; I'm not sure why it is used."))
    said = _(
        "There is one logit for each class, in order: number 0 belongs to class {first}, number 1 to class {second}. "
        "So the index of the largest logit is the predicted class. `predict` does that. Compare the last column with "
        "y, the true class:"
    )
    first, second, *_others = map(literal, _dataset().all_class_names)
    st.markdown(said.format(first=first, second=second))
    logits, table = _few(_model())
    for label, name in enumerate(logit_names(_dataset())):
        table[name] = logits[:, label].numpy()
    largest = logits.max(dim=1)
    table[_("largest")] = largest.values.numpy()
    table[_("its index = class")] = index_column(_dataset(), largest.indices)
    _show(table, _("its index = class"), largest_of=logit_names(_dataset()))
    indices = set(largest.indices.tolist())
    if len(indices) == 1:
        said = _("All {n} points get class {name} here: its logit is the largest for each of them.")
        name = literal(_dataset().class_name(indices.pop()))
        untrained = _(
            "The network isn't trained, and its random weights don't tell points apart. Train it, and look again."
        )
        st.info(" ".join([said.format(n=len(table), name=name), *([] if session.player().epoch else [untrained])]))
    st.caption(_("Softmax is not needed for this: the largest logit has the largest probability."))


def _predicts_numbers() -> bool:
    """Whether the run at hand has no classes; says so."""
    if _dataset().n_classes:
        return False
    st.info(_("Your network predicts a number, so it has one output and no logits. Choose data with classes for this."))
    st.button(_("Choose data"), key="to_data", on_click=session.open_room, args=("data",))
    return True


def _count() -> None:
    sizes = session.player().run.history.model_at(0).sizes
    st.markdown(
        _("Training changes every weight and every bias. Your network has the sizes {sizes}.").format(
            sizes=f"**{' → '.join(map(str, sizes))}**"
        )
    )
    total = sum((n_inputs + 1) * n_outputs for n_inputs, n_outputs in pairwise(sizes))
    guess = st.number_input(
        _("How many weights and biases does it have?"), 0, value=None, step=1, key="count_guess", width=260
    )
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
    Screen(N_("forward, layers"), _forward, ("forward", "layer", "unit", "weight", "bias", "activation"), follows=True),
    Screen(N_("Logits"), _logits, ("logit", "softmax"), follows=True),
    Screen(N_("Arg-max"), _argmax, ("argmax", "logit", "label"), follows=True),
    Screen(N_("Count them"), _count, ("parameter", "weight", "bias")),
    Screen(N_("XOR"), xor.draw, ("unit", "activation", "boundary", "seed")),
    Screen(
        N_("Exercises"),
        lambda: exercises.draw("network"),
        ("unit", "layer", "underfitting", "overfitting"),
    ),
)
