"""Why did the notebook's loss stop at 0.674? An investigation: the log, the clues, the cause, the fix."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from dashboard.app import events as e
from dashboard.app.beside import Training
from dashboard.app.state import Cursor, Looked, Motion, Notice, RunId
from dashboard.page import session, settings
from dashboard.page.language import _
from dashboard.rooms.learn.runs import beside, points_of, scores_of, trained
from dashboard.rooms.learn.screens import Screen, cloud, turn
from dashboard.rooms.train import stage, transport
from moons import Experiment, History
from moons.data import SCRAMBLED, Dataset
from moons.fields import N_
from moons.inspection.boundary import boundary, make_grid
from moons.inspection.curve import thin
from moons.inspection.mystery import PRINTED, Clues, clues
from moons.inspection.points import evaluate
from moons.plots.boundary import boundary_figure
from moons.plots.memory import memory_picture
from moons.plots.mystery import printed_figure

NOTEBOOK = Experiment()
AS_IT_HAPPENED = replace(NOTEBOOK, data=replace(NOTEBOOK.data, transfer=SCRAMBLED))
WATCHED = 100  # epochs a picture: the whole run in a few seconds
PLAIN = {"displayModeBar": False}


@dataclass(frozen=True)
class Suspect:
    """A possible cause, and the experiment that would have cured it."""

    label: str  # untranslated
    tried: Experiment | None  # None: the real one
    answer: str  # untranslated; names the numbers of the trial


SUSPECTS: dict[str, Suspect] = {
    "epochs": Suspect(
        N_("Too few epochs"),
        replace(AS_IT_HAPPENED, training=replace(NOTEBOOK.training, epochs=60_000)),
        N_("No. After {epochs:,} epochs the loss is {loss:.3f}, and {test:.0%} of fresh points are right."),
    ),
    "rate": Suspect(
        N_("The learning rate is too small"),
        replace(AS_IT_HAPPENED, training=replace(NOTEBOOK.training, learning_rate=0.1)),
        N_("No. With a rate ten times larger the loss ends at {loss:.3f}, and {test:.0%} of fresh points are right."),
    ),
    "units": Suspect(
        N_("The network is too small"),
        replace(AS_IT_HAPPENED, model=replace(NOTEBOOK.model, hidden=(64,))),
        N_("No. With 64 hidden units the loss ends at {loss:.3f}, and {test:.0%} of fresh points are right."),
    ),
    "data": Suspect(
        N_("The points were mixed up on the way"),
        None,
        N_("Yes. Every number arrived, but in another place. The labels stayed where they were."),
    ),
}


def draw() -> None:
    """The investigation."""
    if trained(_happened()):
        turn("mystery", SCREENS)


def _sent() -> Dataset:
    return points_of(NOTEBOOK)


def _happened() -> Training:
    return beside(AS_IT_HAPPENED, points_of(AS_IT_HAPPENED))


def _broken() -> History:
    """The run as it happened."""
    return _happened().run.history


def _found() -> Clues:
    return clues(_sent(), _broken(), _broken().n_epochs)


def _log() -> None:
    st.markdown(
        _(
            "These losses were printed when the notebook was first run. The loss fell at every line, and nobody "
            "noticed anything. The same run, done again here, just now:"
        )
    )
    table, chart = st.columns([2, 3])
    with table:
        frame = pd.DataFrame(_found().losses, columns=[_("epoch"), _("notebook"), _("here")])
        st.dataframe(frame.style.format({_("notebook"): "{:.4f}", _("here"): "{:.4f}"}), hide_index=True)
        st.caption(_("Other random weights, so the digits differ. The curve is the same."))
    with chart:
        _printed(honest=False)
    st.segmented_control(_("Did this network learn?"), ("yes", "no"), key="mystery_guess", format_func=_yes_or_no)
    if session.state().lessons.mystery_guess:
        st.info(_("A falling loss alone can't tell. Five clues can: go and find them."), icon=":material/search:")


def _yes_or_no(answer: str) -> str:
    return {"yes": _("Yes, the loss falls"), "no": _("No")}[answer]


def _printed(*, honest: bool) -> None:
    figure = printed_figure(thin(_broken().train_loss), PRINTED, honest=honest, theme=session.theme(), _=_)
    alt = _("The loss over the epochs, with the six that the notebook printed.")
    st.plotly_chart(figure, key=f"printed_{honest}", height=300, config=PLAIN, alt=alt)


def _clues() -> None:
    found = session.state().lessons.mystery_found
    st.markdown(_("Five questions that nobody asked then. Look at the answers; then say what happened."))
    st.progress(len(found) / len(CLUES), _("{found} of {all} clues found").format(found=len(found), all=len(CLUES)))
    sides = (("chance", "boundary"), ("accuracy", "arrived", "checksum"))
    for column, keys in zip(st.columns(2), sides, strict=True):
        with column:
            for key in keys:
                _clue(key)
    if found:
        _suspects()


def _clue(key: str) -> None:
    question, show = CLUES[key]
    with st.container(border=True):
        st.markdown(f"**{_(question)}**")
        if key in session.state().lessons.mystery_found:
            show()
        else:
            st.button(_("Look"), key=f"look_{key}", icon=":material/search:", on_click=_look, args=(key,))


def _look(clue: str) -> None:
    lessons = session.state().lessons
    session.choose(replace(lessons, mystery_found=lessons.mystery_found | {clue}))


def _chance_clue() -> None:
    _printed(honest=True)
    text = _(
        "Guessing costs ln 2 = {chance:.3f}. The loss ends at {loss:.3f}: hardly better. "
        "Each point of the line is one epoch."
    )
    st.caption(text.format(chance=_found().chance_loss, loss=_broken().train_loss[-1]))


def _accuracy_clue() -> None:
    found = _found()
    with st.container(horizontal=True):
        st.metric(_("training points right"), f"{found.accuracy:.0%}")
        st.metric(_("by guessing"), f"{found.chance_accuracy:.0%}")
    st.caption(_("The notebook never printed this number."))


def _boundary_clue() -> None:
    model, sent = _broken().model_at(_broken().n_epochs), _sent()
    verdicts = evaluate(model, sent, NOTEBOOK.training)
    figure = boundary_figure(boundary(model, make_grid(sent)), sent, verdicts, theme=session.theme(), _=_)
    alt = _("The decision boundary of the trained network under the two moons: it passes them by.")
    st.plotly_chart(figure, key="mystery_boundary", height=280, config=PLAIN, alt=alt)
    st.caption(_("The boundary has nothing to do with the moons."))


def _arrived_clue() -> None:
    found = _found()
    columns = pd.MultiIndex.from_product([[_("sent"), _("received")], ["x0", "x1"]])
    rows = [[*there, *here] for there, here in zip(found.sent.tolist(), found.received.tolist(), strict=True)]
    frame = pd.DataFrame(rows, columns=columns)
    frame[_("label"), "y"] = found.labels
    st.dataframe(frame.style.format("{:.3f}", subset=frame.columns[:4]), hide_index=True)
    for column, dataset, name in zip(
        st.columns(2), (_sent(), _broken().dataset), (_("sent"), _("received")), strict=True
    ):
        with column:
            st.caption(name)
            cloud(dataset, f"cloud_{name}", 180)
    st.caption(_("{moved:.0%} of the points arrived somewhere else.").format(moved=found.moved))


def _checksum_clue() -> None:
    found = _found()
    with st.container(horizontal=True):
        st.metric(_("sent"), f"{found.sent_checksum:08x}")
        st.metric(_("received"), f"{found.received_checksum:08x}")
    st.caption(_("One line of code would have shown it: a checksum of what was sent, and of what arrived."))


def _suspects() -> None:
    guess = st.segmented_control(
        _("What happened? Each guess is tried at once."),
        SUSPECTS,
        key="mystery_suspect",
        format_func=lambda key: _(SUSPECTS[key].label),
        on_change=_note_guess,
    )
    if guess is None:
        return
    suspect = SUSPECTS[guess]
    if suspect.tried is None:
        st.success(_(suspect.answer), icon=":material/check:")
        return
    tried = beside(suspect.tried, _broken().dataset)
    if not trained(tried):
        return
    run = tried.run.history
    scores = scores_of(run)
    values = {"epochs": run.n_epochs, "loss": scores.train_loss, "test": scores.test_score}
    st.warning(_(suspect.answer).format(**values), icon=":material/close:")


def _has_guessed() -> bool:
    """Whether a person has said what they think; if not, asks them: the cause is theirs to find."""
    if session.state().lessons.mystery_guessed:
        return True
    st.info(_("First say what you think happened. The clues help; then you see whether you are right."))
    _suspects()
    return False


def _note_guess() -> None:
    """Remember that there was one: the widget's own value goes where it isn't drawn."""
    session.choose(replace(session.state().lessons, mystery_guessed=True))


def _cause() -> None:
    if not _has_guessed():
        return
    st.markdown(
        _(
            "A table's columns lie one after the other in memory: first every x0, then every x1. That PyTorch release "
            "copied this memory to the Apple GPU and read it there row by row, as pairs. So two x0 became one point."
        )
    )
    st.html(memory_picture(_found().sent, _found().labels, theme=session.theme(), _=_))
    st.caption(_("Shown for the first five points only."))
    st.markdown(_("The notebook even printed a warning, which said just that and which nobody read:"))
    st.code("UserWarning: The dst MTL buffer in copy_to_mps is non-contiguous", language=None)
    st.markdown(_("The cure is to lay the numbers out row by row before they are sent:"))
    st.code("X = torch.from_numpy(np.ascontiguousarray(X)).to(device)", language="python")
    st.caption(_("On this page every transfer is read back and compared, so it can't happen unseen."))


def _fix() -> None:
    if not _has_guessed():
        return
    st.markdown(_("With the points in order, and nothing else changed, the same network learns the moons. Watch it:"))
    fixed = beside(NOTEBOOK, _sent())
    if not trained(fixed):
        return
    rows = {_("as it happened"): scores_of(_broken()), _("fixed"): scores_of(fixed.run.history)}
    frame = pd.DataFrame(
        {
            _("loss"): [f"{scores.train_loss:.4f}" for scores in rows.values()],
            _("training points right"): [f"{scores.train_score:.1%}" for scores in rows.values()],
            _("fresh points right"): [f"{scores.test_score:.1%}" for scores in rows.values()],
        },
        index=list(rows),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(_("Watch it as it happened"), key="watch_broken", on_click=_watch, args=("broken",))
        st.button(_("Fix it and watch it learn"), key="watch_fixed", type="primary", on_click=_watch, args=("fixed",))
    if _is_watched():
        transport.draw()
        stage.draw()
    st.table(frame)


def _is_watched() -> bool:
    """Whether one of the mystery's runs is on the page, as it was asked for."""
    return session.state().experiment in (NOTEBOOK, AS_IT_HAPPENED) and session.state().lessons.mystery_watched


def _watch(which: str) -> None:
    """Put the run on the page, from its start; the person's own can be had back."""
    if not session.is_new(f"watch_{which}", session.drawn()):
        return
    now = session.choose(replace(session.state().transport, speed=WATCHED))
    session.choose(replace(now.lessons, mystery_watched=True))
    run = RunId(AS_IT_HAPPENED if which == "broken" else NOTEBOOK)
    notice = Notice(lambda _: _("The notebook's run is on the page now."), undo=True)
    settings.send(e.RunOpened(Looked(run, Cursor(0, Motion.FORWARD), by_hand=True), notice))


CLUES: dict[str, tuple[str, Callable[[], None]]] = {
    "chance": (N_("What would guessing cost?"), _chance_clue),
    "accuracy": (N_("How many points are right?"), _accuracy_clue),
    "boundary": (N_("Where is the boundary?"), _boundary_clue),
    "arrived": (N_("What did the device receive?"), _arrived_clue),
    "checksum": (N_("Are these the numbers that were sent?"), _checksum_clue),
}
SCREENS = (
    Screen(N_("The log"), _log, ("loss", "epoch")),
    Screen(N_("The clues"), _clues, ("chance", "accuracy", "boundary", "checksum", "test_set")),
    Screen(N_("The cause"), _cause, ("tensor", "device", "checksum")),
    Screen(N_("The fix"), _fix, ("loss", "accuracy", "test_set"), is_live=_is_watched),
)
