"""Is it luck? What one run can't tell, by many runs on the person's own points."""

import numpy as np
import streamlit as st

from dashboard.app.exploring import ManyRuns
from dashboard.app.names import score_text
from dashboard.page import session
from dashboard.page.language import _, ngettext
from dashboard.rooms.explore import landscape, study
from dashboard.rooms.explore.seeds import luck_text
from dashboard.rooms.learn import exercises, walk
from dashboard.rooms.learn.screens import Screen, turn
from moons.digits import Digits
from moons.explore.seeds import seed_experiments
from moons.explore.seeds import seeds as summarise
from moons.explore.sweep import Axis, Sweep, axis, sweep, sweep_experiments
from moons.fields import N_
from moons.optimizers import OPTIMIZERS
from moons.plots.explore import band_figure, scores_figure
from moons.plots.sweep import lines_figure

SEEDS = 20
RATES = axis("learning_rate", 1e-4, 10.0, 11)
EACH = 3  # seeds of a learning rate
RACING = ("sgd", "momentum", "adam")
NEAR = 1.5  # times the lowest loss
CHART = {"displayModeBar": False}


def draw() -> None:
    """The lesson."""
    turn("luck", SCREENS)


def _luck() -> None:
    st.markdown(
        _(
            "Your run began with random weights. With others, the same settings would end elsewhere. How far away? "
            "Only more runs can tell."
        )
    )
    wanted = study.asked("seeds", SEEDS, "weights")
    study.draw(
        wanted,
        lambda: seed_experiments(wanted.experiment, SEEDS),
        _("Run {n} seeds").format(n=SEEDS),
        _show_luck,
    )


def _show_luck(found: ManyRuns) -> None:
    summary = summarise([one for _index, one in sorted(found.outcomes.items())])
    n_classes, own = found.asked.experiment.data.class_count, found.outcomes.get(0)
    st.markdown(luck_text(summary, n_classes))
    if own is not None and np.isfinite(own.scores.test_score) and len(summary.outcomes) > 1:
        others = [one.scores.test_score for index, one in found.outcomes.items() if index]
        said = ngettext(
            "Yours, {score}, is better than {n} of the {all} other run.",
            "Yours, {score}, is better than {n} of the {all} other runs.",
            len(others),
        )
        better = int(np.sum(np.array(others) < own.scores.test_score))
        st.markdown(said.format(score=score_text(own.scores.test_score, n_classes), n=better, all=len(others)))
    losses, scores = st.columns([3, 2], gap="medium")
    with losses:
        alt = _("The loss of all runs over the epochs: least, quartiles, median and largest.")
        figure = band_figure(summary, theme=session.theme(), _=_)
        st.plotly_chart(figure, key="luck_losses", height=300, config=CHART, alt=alt)
    with scores:
        figure = scores_figure(summary, n_classes, own=own.scores.test_score if own else None, _=_)
        st.plotly_chart(figure, key="luck_scores", height=300, config=CHART, alt=luck_text(summary, n_classes))
    st.caption(_("Dotted: your run. One run is one draw: a fair report gives several, and their spread."))
    st.button(_("More about these runs"), key="luck_explore", on_click=_explore)


def _explore() -> None:
    session.look(room="explore", panel="seeds", seeds=SEEDS, varied="weights")


def _rates() -> tuple[Axis, float]:
    """The learning rates tried, the run's own among them, and that."""
    own = session.state().experiment.training_now.learning_rate
    return Axis("learning_rate", tuple(sorted({*RATES.values, own}))), own  # type: ignore[type-var]


def _rate() -> None:
    st.markdown(
        _(
            "The notebook says `lr=1e-2` and not why. Here is your run with other learning rates, each the median of "
            "{n} seeds."
        ).format(n=EACH)
    )
    axes = (_rates()[0],)
    _sweep("lesson_rate", axes, EACH, _show_rate)


def _sweep(panel: str, axes: tuple[Axis, ...], n_seeds: int, show: study.Show) -> None:
    wanted = study.asked(panel, axes, n_seeds)
    n = n_seeds * int(np.prod([len(one.values) for one in axes]))
    study.draw(
        wanted,
        lambda: sweep_experiments(wanted.experiment, axes, n_seeds),
        _("Run {n} experiments").format(n=n),
        show,
    )


def _swept(found: ManyRuns) -> Sweep:
    axes, n_seeds = found.asked.settings
    assert isinstance(axes, tuple)
    assert isinstance(n_seeds, int)
    return sweep(axes, n_seeds, found.outcomes)


def _show_rate(found: ManyRuns) -> None:
    summary, own = _swept(found), found.asked.experiment.training_now.learning_rate
    figure = lines_figure(summary, own=own, _=_)
    alt = _("The test loss at the end over the learning rate.")
    st.plotly_chart(figure, key="luck_rates", height=320, config=CHART, alt=alt)
    if not found.running:
        st.markdown(rate_text(summary, own))
    st.caption(
        _(
            "Dotted: your rate. 0.01 is a habit, not a law: few runs diverge at it, and more epochs make up for its "
            "small steps. The best rate depends on the points, the network, the optimiser and the epochs."
        )
    )


def rate_text(found: Sweep, own: float) -> str:
    """Which learning rate ends lowest, in a sentence with numbers."""
    losses, rates = found.test_loss[0], found.axes[0].values
    if not np.isfinite(losses).any():
        return _("Every run so far has diverged.")
    best, mine = int(np.nanargmin(losses)), float(losses[rates.index(own)])
    said = _("The lowest test loss is at a rate of {best}: {loss}.").format(
        best=f"{rates[best]:g}", loss=f"{Digits(float(losses[best])):.4f}"
    )
    if rates[best] == own:
        said += " " + _("That is yours.")
    elif np.isfinite(mine):
        said += " " + _("Yours, {own}, ends at {loss}.").format(own=f"{own:g}", loss=f"{Digits(mine):.4f}")
    lost = [rate for rate, done, away in zip(rates, found.done[0], found.diverged[0], strict=True) if done == away > 0]
    if lost:
        said += " " + _("At {rate} every run diverged.").format(rate=f"{lost[0]:g}")
    return said


def _adam() -> None:
    st.markdown(
        _(
            "Tutorials say Adam, the notebook SGD. Which is better? Here is your run with each optimiser at each "
            "learning rate, as one rate alone would be unfair to one of them."
        )
    )
    _sweep("lesson_adam", (_rates()[0], Axis("optimizer", RACING)), 1, _show_adam)


def _show_adam(found: ManyRuns) -> None:
    summary, own = _swept(found), found.asked.experiment.training_now.learning_rate
    alt = _("The test loss at the end over the learning rate, a line for each optimiser.")
    st.plotly_chart(lines_figure(summary, own=own, _=_), key="luck_adam", height=340, config=CHART, alt=alt)
    if not found.running:
        st.markdown(optimizers_text(summary))
    st.caption(
        _(
            "Adam scales each weight's step by its own past gradients, so that a small rate goes far even where the "
            "gradient is small. SGD gets as far with a larger rate, if the loss is about as steep in all directions."
        )
    )


def optimizers_text(found: Sweep) -> str:
    """How low each optimiser gets, and at how many learning rates about as low as any."""
    rates, names = found.axes[0].values, found.axes[1].values
    if not np.isfinite(found.test_loss).any():
        return _("Every run so far has diverged.")
    lowest = float(np.nanmin(found.test_loss))
    said = []
    for name, losses in zip(names, found.test_loss, strict=True):
        if not np.isfinite(losses).any():
            continue
        best = int(np.nanargmin(losses))
        sentence = _("{name} gets to {loss} at {rate}, and near the lowest of all at {n} of {all} rates.")
        words = {"name": OPTIMIZERS[str(name)].label, "loss": f"{Digits(float(losses[best])):.4f}"}
        near = int(np.sum(losses <= NEAR * lowest))
        said.append(sentence.format(**words, rate=f"{rates[best]:g}", n=near, all=len(rates)))
    return " ".join(said)


def _walk() -> None:
    player = session.player()
    loss, distance = walk.progress_of(player)
    if np.isfinite((loss, distance)).all():
        walk.tell(player, loss, distance)
    own = session.state().experiment.training_now.optimizer
    landscape.show("all", tuple(name for name in RACING if name != own))


SCREENS = (
    Screen(N_("Is it luck?"), _luck, ("seed", "initial", "accuracy")),
    Screen(N_("Why 0.01?"), _rate, ("learning_rate", "loss")),
    Screen(N_("Why Adam?"), _adam, ("adam", "optimizer", "learning_rate", "gradient")),
    Screen(N_("Landscape"), _walk, ("landscape", "loss", "gradient", "weight", "optimizer")),
    Screen(N_("Exercises"), lambda: exercises.draw("luck"), ("learning_rate", "optimizer")),
)
