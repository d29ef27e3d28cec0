"""3.3: loss, gradient, learning rate and epoch, each with the numbers of the run at hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st
import torch

from dashboard.app import events as e
from dashboard.app.player import Player
from dashboard.page import session
from dashboard.page.language import _, ngettext, value_text
from dashboard.rooms.learn import clock, exercises, walk
from dashboard.rooms.learn.screens import Screen, quote, turn
from dashboard.rooms.learn.step import COSTLY, FEW_UPDATES, UPDATES
from dashboard.rooms.train import stage, transport
from moons.digits import Digits
from moons.features import FEATURES
from moons.fields import N_
from moons.inspection.costs import measures, most_expensive
from moons.inspection.slope import along_gradient, along_weight
from moons.inspection.step import Uncleared, open_step, parameter_index, uncleared
from moons.loss import guessing_loss, loss_entry
from moons.plots.slope import piled_figure, rates_figure, valley_figure

COSTLIEST = 5  # points
SOUND = 1e9  # a loss of less has a gradient that is a number
PLAIN = {"displayModeBar": False}
RIGHT = st.column_config.Column(alignment="right")  # as numbers are, for columns that hold names or text


def draw() -> None:
    """The section."""
    turn("training", SCREENS)


def _has_numbers(player: Player, *measured: float) -> bool:
    """Whether what was measured is finite. Where not, the run has diverged: says so, and where to look instead."""
    if np.isfinite(measured).all():
        return True
    sound = np.flatnonzero(player.run.history.train_loss < SOUND)
    said = _("The run has diverged: at epoch {epoch} the numbers are too large to show. Look at epoch {earlier}.")
    st.info(said.format(epoch=f"{player.epoch:,}", earlier=f"{max(sound, default=0):,}"))
    return False


def _looked_at() -> Player:
    player = session.player()
    clock.draw(player)
    return player


def _loss() -> None:
    classes = session.player().run.history.dataset.n_classes > 0
    entry = loss_entry(session.state().experiment.training, session.player().run.history.dataset.n_classes)
    if classes and not entry.in_nats:
        said = _("Your run's loss is “{name}” instead of cross-entropy. {help}")
        st.markdown(said.format(name=_(entry.label), help=_(entry.help)))
        st.markdown(_("The loss is the mean over all points. The points with the highest loss:"))
    elif classes:
        quote(_("I was told cross-entropy suits classification."))
        st.markdown(
            _(
                "It is −ln, the natural logarithm with a minus before it, of the probability that the network gives "
                "to the true class: −ln 1 is 0, −ln 0.5 is 0.69, −ln 0.01 is 4.61. So a wrong answer costs most where "
                "the network is sure of it. The loss is the mean over all points. The points with the highest loss:"
            )
        )
        st.caption(
            _(
                "`CrossEntropyLoss` is given the logits: it does the softmax itself, together with the logarithm, so "
                "that no probability is rounded to 0 before."
            )
        )
    else:
        st.markdown(
            _(
                "Yours predicts a number, so the loss looks at the error, prediction − y: its square, or with "
                "Huber less for large errors. The loss is the mean over all points. The points with the highest "
                "loss:"
            )
        )
    player = _looked_at()
    dearest = most_expensive(player.run.history, player.epoch, COSTLIEST)
    if not _has_numbers(player, dearest.loss, *dearest.costs):
        return
    frame = pd.DataFrame(dearest.X, columns=["x0", "x1"])
    dataset = player.run.history.dataset
    frame["y"] = [dataset.class_name(label) for label in dearest.y.tolist()] if classes else dearest.y
    frame[_("probability of y") if classes else _("prediction")] = dearest.answers
    frame[_("−ln of it") if entry.in_nats else _("its loss") if classes else _("what the error costs")] = dearest.costs
    whole = {_("point"), "y"} if classes else {_("point")}
    frame.insert(0, _("point"), dearest.rows)
    shown = frame.style.format("{:.4f}", subset=[column for column in frame.columns if column not in whole])
    st.dataframe(shown, hide_index=True, column_config={"y": RIGHT})
    said = _(
        "Mean over all {n} points: **{loss:.4f}**. These {few} alone make {share:.0%} of it. "
        "Guessing would cost {guess:.4f}."
    )
    history = player.run.history
    guess = guessing_loss(history.dataset, history.experiment.training_now)
    n = len(history.dataset.y_train)
    share = dearest.costs.sum() / max(n * dearest.loss, 1e-30)
    st.markdown(said.format(n=f"{n:,}", loss=dearest.loss, few=len(dearest.rows), share=share, guess=guess))
    if classes:
        _measured(player, int(dearest.rows[0]))


def _measured(player: Player, row: int) -> None:
    """One point by three measures: why this one is trained with."""
    dataset = player.run.history.dataset
    with torch.no_grad():
        logits = player.model()(torch.from_numpy(dataset.X_train[[row]]))[0].numpy()
    found = measures(logits, int(dataset.y_train[row]))
    names = {"cross_entropy": _("Cross-entropy"), "squared_error": _("Squared error"), "accuracy": _("Accuracy")}
    wrong = _("wrong") if found["accuracy"].cost else _("right")
    frame = pd.DataFrame(
        {
            _("measure"): names.values(),
            _("loss of point {row}").format(row=row): [
                wrong if name == "accuracy" else f"{found[name].cost:.4f}" for name in names
            ],
            _("slope at its logit"): [f"{Digits(found[name].slope):.4f}" for name in names],
        }
    )
    st.markdown(_("Why not something else? The same point, {row}, by three measures:").format(row=row))
    st.dataframe(frame, hide_index=True, column_config=dict.fromkeys(frame.columns[1:], RIGHT))
    st.caption(
        _(
            "The slope is what backward starts from. Accuracy has none: a small nudge leaves a wrong point wrong, so "
            "no weight learns which way to go. Squared error flattens out where the network is sure and wrong. "
            "There cross-entropy is steepest."
        )
    )


def _zero_grad() -> None:
    quote(_("zero_grad removes the previous gradients."))
    st.markdown(
        _(
            "Right. `backward` adds its gradients to those that are there already. Without `zero_grad` each "
            "update would also use all earlier gradients, though they belong to weights that have changed "
            "since. Here are your run's next updates, with it and without:"
        )
    )
    player = _looked_at()
    history, epoch = player.run.history, player.epoch
    step = open_step(history, epoch)
    costly = player.state.parameters.size * len(step.y) >= COSTLY
    piled = uncleared(history, epoch, None, FEW_UPDATES if costly else UPDATES)
    layer = step.layers[0].weight
    unit = int(np.abs(layer.gradient).max(axis=1).argmax())
    gradient, without = float(layer.gradient[unit, 0]), float(layer.without_zero_grad[unit, 0])
    if not _has_numbers(player, gradient, without):
        return
    alt = _("The length of the gradient over the next updates: with zero_grad, and without.")
    st.plotly_chart(piled_figure(piled, theme=session.theme(), _=_), key="piled", height=300, config=PLAIN, alt=alt)
    if epoch == 0:
        st.markdown(_first_update(unit, gradient, piled))
        return
    said = _("One weight, unit {unit} of the first layer: the last update left {left}, this one adds {gradient}.")
    last = _("Without zero_grad, .grad would be {unclear}, and the step would be taken with that.")
    values = {"unit": unit, "left": _four(without - gradient), "gradient": _four(gradient)}
    st.markdown(said.format(**values) + " " + last.format(unclear=_four(without)))


def _first_update(unit: int, gradient: float, piled: Uncleared) -> str:
    """Why both ways begin with the same number, and how far apart they get."""
    said = _(
        "One weight, unit {unit} of the first layer: this is the first update, so nothing is left of an earlier one. "
        "With zero_grad and without, .grad is {gradient}."
    ).format(unit=unit, gradient=_four(gradient))
    later = int(max(np.flatnonzero(np.isfinite(piled.cleared) & np.isfinite(piled.piled_up)), default=0))
    if later == 0:
        return said
    grown = ngettext(
        "{n} update later the gradient is {cleared} long with zero_grad, and {piled_up} long without.",
        "{n} updates later the gradient is {cleared} long with zero_grad, and {piled_up} long without.",
        later,
    ).format(n=later, cleared=_four(float(piled.cleared[later])), piled_up=_four(float(piled.piled_up[later])))
    return f"{said} {grown}"


def _four(value: float) -> str:
    return f"{Digits(value):.4f}"


def _gradient() -> None:
    quote(_("What is backward? Does it mean backpropagation?"))
    st.markdown(
        _(
            "Yes. It goes back from the loss through the network, and finds for every weight how steeply the loss "
            "rises with it: its gradient. Here is one weight: the curve is the loss for other values of it, while all "
            "the rest stays; the dot is where it is now."
        )
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        player = _looked_at()
        history = player.run.history
        sizes = history.sizes
        lessons = session.state().lessons
        if lessons.valley_source >= sizes[0]:
            lessons = session.show_while_drawing(e.Chosen(replace(lessons, valley_source=0))).lessons
        if lessons.valley_unit is None or lessons.valley_unit >= sizes[1]:
            session.show_while_drawing(e.Chosen(replace(lessons, valley_unit=_steepest(player))))
        unit = st.slider(_("Unit of the first layer"), 0, sizes[1] - 1, key="valley_unit") if sizes[1] > 1 else 0
        labels = [FEATURES[name].label for name in history.experiment.model.features]
        source = st.segmented_control(
            _("Weight of the input"),
            range(sizes[0]),
            key="valley_source",
            format_func=labels.__getitem__,
            required=True,
        )
    valley = along_weight(history, player.epoch, parameter_index(sizes, 0, unit, source))
    if not _has_numbers(player, valley.loss, valley.gradient):
        return
    alt = _("The loss over the values of one weight, with the slope where it is now.")
    figure = valley_figure(valley, theme=session.theme(), _=_)
    st.plotly_chart(figure, key="valley", height=300, config=PLAIN, alt=alt)
    if valley.gradient == 0:
        st.markdown(
            _(
                "The gradient is exactly 0: this unit gives 0 for every point, so a small change of the weight "
                "changes nothing."
            )
        )
        return
    up = _("It is above 0, so a larger weight costs more: the update makes it smaller.")
    down = _("It is below 0, so a larger weight costs less: the update makes it larger.")
    said = _("The dashed line is the slope here: the gradient, {gradient:.4f}.").format(gradient=valley.gradient)
    st.markdown(f"{said} {up if valley.gradient > 0 else down}")


def _steepest(player: Player) -> int:
    """The unit of the first layer with the largest gradient."""
    history, epoch = player.run.history, player.epoch
    return int(np.abs(open_step(history, epoch).layers[0].weight.gradient).max(axis=1).argmax())


def _rate() -> None:
    quote(_("step puts the new weights into the network."))
    st.markdown(
        _(
            "Right: new = old − rate × gradient, for all of them. The rate says how far. Here is the loss after a "
            "single step from where your network is now, for every rate:"
        )
    )
    player = _looked_at()
    training = player.run.experiment.training_now
    if training.optimizer != "sgd":
        said = _("{optimizer} makes its update from this gradient and what it remembers of earlier ones.")
        st.caption(said.format(optimizer=value_text(training.optimizer)))
    rates = along_gradient(player.run.history, player.epoch)
    if not _has_numbers(player, rates.loss, rates.losses[0]):
        return
    alt = _("The loss after one step, over the learning rate.")
    figure = rates_figure(rates, rate=training.learning_rate, theme=session.theme(), _=_)
    st.plotly_chart(figure, key="rates", height=300, config=PLAIN, alt=alt)
    best = float(rates.rates[np.nanargmin(rates.losses)])
    said = _(
        "Dotted: the loss before the step, {loss:.4f}. On the left the step is too small to help. The "
        "lowest loss is at a rate of about {best:.2g}. On the right the step jumps over the valley. But "
        "the best rate for one step is not the best for thousands, as the slopes change on the way."
    )
    st.markdown(said.format(loss=rates.loss, best=best))


def _epoch() -> None:
    history = session.player().run.history
    steps = history.experiment.training_now.steps_per_epoch(len(history.dataset.y_train))
    said = ngettext(
        "One pass over all {n} points is an epoch. In yours there is {steps} update. Press Train and watch.",
        "One pass over all {n} points is an epoch. In yours there are {steps} updates. Press Train and watch.",
        steps,
    )
    st.markdown(said.format(n=f"{len(history.dataset.y_train):,}", steps=steps))
    with st.container(key="watch"):  # by whose width the pictures find their places
        transport.draw()
        stage.draw()
    st.caption(
        _(
            "In the picture each dot is one point, and the colour under it shows what the network "
            "predicts. In the chart each point of a line is one epoch. The dotted line is guessing."
        )
        if history.dataset.n_classes
        else _(
            "In the picture each dot is one point, and the colour under it is the number that the network "
            "predicts. In the chart each point of a line is one epoch. The dotted line is the loss of "
            "always predicting the mean."
        )
    )


def _landscape() -> None:
    st.markdown(f"**{_('The loss as a landscape')}**")
    player = _looked_at()
    loss, distance = walk.progress_of(player)
    if _has_numbers(player, loss, distance):
        walk.draw(player, loss, distance)


SCREENS = (
    Screen(N_("Loss"), _loss, ("loss", "softmax", "chance"), follows=True),
    Screen(N_("backward, gradient"), _gradient, ("gradient", "backpropagation", "weight"), follows=True),
    Screen(N_("zero_grad"), _zero_grad, ("zero_grad", "gradient", "backpropagation"), follows=True),
    Screen(N_("step, learning rate"), _rate, ("step", "learning_rate", "optimizer", "gradient"), follows=True),
    Screen(N_("Epoch"), _epoch, ("epoch", "batch", "zero_grad", "loss", "boundary"), is_live=lambda: True),
    Screen(N_("Landscape"), _landscape, ("landscape", "loss", "gradient", "weight", "optimizer"), follows=True),
    Screen(
        N_("Exercises"),
        lambda: exercises.draw("training"),
        ("epoch", "learning_rate", "overfitting"),
    ),
)
