"""Exercises on the person's own run: predict first, then see."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from dashboard.app import events as e
from dashboard.app.names import score_text
from dashboard.app.state import Cursor, Looked, Notice, RunId
from dashboard.page import session, settings
from dashboard.page.language import _, value_text
from dashboard.rooms.learn.runs import beside, points_of, scores_of
from moons import Experiment, FieldError, History
from moons.digits import Digits
from moons.fields import N_
from moons.inspection.variations import rewound

PATIENCE = 4.0  # seconds that the run at hand may take to its end
ALIKE = 0.1  # losses that differ by less than this share count as the same
OUTCOMES = {"lower": N_("lower"), "same": N_("about the same"), "higher": N_("higher")}


@dataclass(frozen=True)
class Exercise:
    """One thing to change in the run at hand. All texts are untranslated."""

    key: str
    question: str
    change: Callable[[Experiment], Experiment]  # raises FieldError where the rules don't allow it
    why: str  # what is behind it, whatever the outcome


def more_epochs(experiment: Experiment) -> Experiment:
    return _training(experiment, epochs=2 * experiment.epochs)


def larger_rate(experiment: Experiment) -> Experiment:
    return _training(experiment, learning_rate=10 * experiment.training.learning_rate)


def more_units(experiment: Experiment) -> Experiment:
    return _model(experiment, hidden=tuple(4 * units for units in experiment.model.hidden) or (16,))


def one_more_layer(experiment: Experiment) -> Experiment:
    return _model(experiment, hidden=(*experiment.model.hidden, 16), activations=())


def more_noise(experiment: Experiment) -> Experiment:
    return replace(experiment, data=replace(experiment.data, noise=round(experiment.data.noise + 0.2, 6)))


def more_points(experiment: Experiment) -> Experiment:
    return replace(experiment, data=replace(experiment.data, n_points=4 * experiment.data.n_points))


NOISE = Exercise(
    "noise",
    N_("Noise of {then} instead of {now}. The loss on fresh points at the end will be …"),
    more_noise,
    N_("Where the classes overlap, no boundary can be right for all points. More training doesn't change that."),
)
POINTS = Exercise(
    "points",
    N_("{then} points to learn from instead of {now}. The loss on fresh points at the end will be …"),
    more_points,
    N_("More points show more of the shape. It helps most where there were few, or where they are noisy."),
)
UNITS = Exercise(
    "units",
    N_("Hidden units {then} instead of {now}. The loss on fresh points at the end will be …"),
    more_units,
    N_("Each ReLU unit can bend the boundary once: more units, more bends, and more ways to get there."),
)
LAYER = Exercise(
    "layer",
    N_("One more layer: {then} instead of {now}. The loss on fresh points at the end will be …"),
    one_more_layer,
    N_("A second layer bends what is bent already, so it often gets there in fewer epochs."),
)
EPOCHS = Exercise(
    "epochs",
    N_("{then} epochs instead of {now}. The loss on fresh points at the end will be …"),
    more_epochs,
    N_("Each epoch goes on from the last. The gain shrinks, and at some point the noise is learned by heart."),
)
RATE = Exercise(
    "rate",
    N_("A learning rate of {then} instead of {now}. The loss on fresh points at the end will be …"),
    larger_rate,
    N_("Ten times longer steps save epochs, until they are so long that they jump over the valley."),
)


def draw(*exercises: Exercise) -> None:
    """The exercises, one under the other."""
    st.markdown(_("Predict first, then see it happen to your own run."))
    own = session.served().compute(session.state().looked.run, PATIENCE)
    for exercise in exercises:
        with st.container(border=True):
            _ask(exercise, own.history)


def _ask(exercise: Exercise, mine: History) -> None:
    now = rewound(mine.experiment)
    then = _changed(exercise, now)
    if then is None:
        st.caption(_("This exercise has nothing to change in your run."))
        return
    if then.model != now.model:  # in another network a weight set by hand would be another weight
        now, then = replace(now, edits=()), replace(then, edits=())
    st.markdown(_(exercise.question).format(now=_what_changed(then, now), then=_what_changed(now, then)))
    guess = st.segmented_control(
        _("Your prediction"),
        OUTCOMES,
        key=f"guess_{exercise.key}",
        format_func=lambda outcome: _(OUTCOMES[outcome]),
        label_visibility="collapsed",
    )
    if guess is None:
        return
    with st.spinner(_("Training …")):
        other = beside(then, mine.dataset if then.data == now.data else points_of(then))
        if now == mine.experiment:
            _see(exercise, guess, {_("your run"): mine, _("changed"): other})
            return
        anew = beside(now, mine.dataset)
    st.caption(
        _(
            "Your run was changed on its way, or has weights set by hand. Here both runs start anew with its present "
            "settings, so that this one thing alone differs."
        )
    )
    _see(exercise, guess, {_("your settings"): anew, _("changed"): other})


def _changed(exercise: Exercise, now: Experiment) -> Experiment | None:
    """The run to compare with; None at the limit of what is allowed, or with a person's own points."""
    try:
        then = exercise.change(now)
    except FieldError:
        return None
    own = now.data.own is not None and then.data != now.data
    return None if own or then == now else then


def _see(exercise: Exercise, guess: str, runs: dict[str, History]) -> None:
    """Two runs by name, the second one changed."""
    mine, other = runs.values()
    scores = [scores_of(run) for run in (mine, other)]
    outcome = _outcome(*(each.test_loss for each in scores))
    if guess == outcome:
        st.success(_("Right: it is {outcome}.").format(outcome=_(OUTCOMES[outcome])), icon=":material/check:")
    else:
        st.warning(_("It is {outcome}.").format(outcome=_(OUTCOMES[outcome])), icon=":material/visibility:")
    n_classes = mine.dataset.n_classes
    score = _("accuracy, fresh points") if n_classes else _("R², fresh points")
    frame = pd.DataFrame(
        {
            _("epochs"): [f"{run.n_epochs:,}" for run in (mine, other)],
            _("loss, training points"): [f"{Digits(each.train_loss):.4f}" for each in scores],
            _("loss, fresh points"): [f"{Digits(each.test_loss):.4f}" for each in scores],
            score: [score_text(each.test_score, n_classes) for each in scores],
        },
        index=list(runs),
    )
    st.table(frame)
    if other.ended is None:
        st.caption(_("The changed run takes longer than you would wait: it was stopped on its way."))
    st.markdown(_(exercise.why))
    st.button(_("Put the changed run on the page"), key=f"take_{exercise.key}", on_click=_take, args=(other,))


def _take(other: History) -> None:
    run = RunId(other.experiment, session.state().looked.run.device)
    notice = Notice(lambda _: _("The changed run is on the page now."), undo=True)
    settings.send(e.RunOpened(Looked(run, Cursor(other.experiment.epochs)), notice))


def _outcome(before: float, after: float) -> str:
    if not after <= before * (1 + ALIKE):  # so that NaN, a run that has diverged, counts as higher
        return "higher"
    return "lower" if after < before * (1 - ALIKE) else "same"


def _what_changed(other: Experiment, this: Experiment) -> str:
    """The value in `this` of the one field in which the two differ."""
    pairs = ((other.data, this.data), (other.model, this.model), (other.training, this.training))
    values = [value for before, after in pairs for name, value in vars(after).items() if getattr(before, name) != value]
    return ", ".join(map(value_text, values))


def _training(experiment: Experiment, **fields: object) -> Experiment:
    return replace(experiment, training=replace(experiment.training, **fields))  # type: ignore[arg-type]


def _model(experiment: Experiment, **fields: object) -> Experiment:
    return replace(experiment, model=replace(experiment.model, **fields))  # type: ignore[arg-type]
