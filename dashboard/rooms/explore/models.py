"""Models that aren't networks, fitted to the same points and measured on the same held-out ones."""

from collections.abc import Callable, Iterator
from functools import partial

import pandas as pd
import streamlit as st
import torch

from dashboard.app.exploring import Asked, Steps
from dashboard.app.names import score_text
from dashboard.app.words import literal
from dashboard.page import session
from dashboard.page.language import _, translator
from dashboard.rooms.explore import steps, study
from moons import Dataset, Experiment, History, ModelSpec
from moons.classical import models_for
from moons.features import PLAIN
from moons.inspection.boundary import Grid, boundary_of, make_grid, shares
from moons.inspection.classical import NETWORK, Comparison, Fit, LeftOut, fit_each, network_fit
from moons.plots.thumbnail import small_boundary

PIXELS = 75, 60  # of a small boundary
CARD = 170  # pixels
SEED = 0


def draw() -> None:
    """The button, the sentence, a card for the network and for each model."""
    player = session.player()
    dataset, now = player.run.history.dataset, session.state().experiment
    inputs = now.model.features
    wanted = Asked("models", Experiment(data=now.data, model=ModelSpec(features=inputs)))
    planned = len(models_for(dataset.task))
    st.caption(_introduction(inputs))
    label = _("Fit {n} models").format(n=planned)
    make = partial(_fits, dataset, inputs, make_grid(dataset, *PIXELS))
    steps.draw(wanted, make, planned, label, _show, complete=_complete, seconds=_seconds(dataset))


def _introduction(inputs: tuple[str, ...]) -> str:
    said = _(
        "Each model of scikit-learn learns from the network's training points and is measured on the same test points. "
        "Nobody has tuned them. Those that measure distances get standardised inputs."
    )
    return said if inputs == PLAIN else f"{said} {_('All get the same inputs as the network.')}"


def _fits(dataset: Dataset, inputs: tuple[str, ...], grid: Grid, _stop: Callable[[], bool]) -> Iterator[object]:
    return fit_each(dataset, inputs, grid.points, random_state=SEED)


def _seconds(dataset: Dataset) -> float:
    """About how long all take: mostly trees and scikit-learn's network."""
    return 2 + len(dataset.y_train) * max(2, dataset.n_classes) / 4_000


def _complete(found: Steps) -> bool:
    return found.done == found.planned


def _show(found: Steps) -> None:
    if found.failure is None:
        study.progress(found)
    player = session.player()
    dataset = player.run.history.dataset
    grid = make_grid(dataset, *PIXELS)
    seconds = player.run.seconds if player.epoch else None
    network = network_fit(player.model(), dataset, grid.points, seconds)
    fits = tuple(one for one in found.results if isinstance(one, Fit))
    left_out = tuple(one for one in found.results if isinstance(one, LeftOut))
    compared = Comparison(network, fits, left_out, found.planned)
    if not found.running:
        st.markdown(verdict(compared, dataset, trained=player.epoch > 0))
    with st.container(horizontal=True, gap="small", key="models"):
        for fit in (network, *fits):
            _card(fit, dataset, grid)
    for sentence in _remarks(compared, dataset):
        st.caption(sentence)
    if fits and not found.running:
        _take_away(compared, dataset)


def verdict(compared: Comparison, dataset: Dataset, *, trained: bool) -> str:
    """When a network is worth it, in a sentence or two with numbers."""
    found = compared.worth
    if found is None:
        return ""
    if not trained:
        return _("The network is untrained: train it, then look here again.")
    names = _names(dataset)
    words = {
        "network": score_text(found.network, dataset.n_classes),
        "best": names[found.best],
        "score": score_text(found.best_score, dataset.n_classes),
        "chance": f"{100 * found.chance:.1f}",
    }
    if dataset.n_classes:
        which = (
            _(
                "**A network is worth it here.** It is right for {network} of the test points, the best of the others, "
                "{best}, for {score}: more than chance explains (±{chance} points)."
            ),
            _(
                "**Another model is better here.** {best} is right for {score} of the test points, the network for "
                "{network}: more than chance explains (±{chance} points)."
            ),
            _(
                "**A network is not needed here.** It is right for {network} of the test points, the best of the "
                "others, {best}, for {score}: no more than chance explains (±{chance} points)."
            ),
        )
    else:
        which = (
            _(
                "**A network is worth it here.** Its R² on the test points is {network}, that of the best of the "
                "others, {best}, is {score}: more than chance explains."
            ),
            _(
                "**Another model is better here.** On the test points {best} has an R² of {score}, the network of "
                "{network}: more than chance explains."
            ),
            _(
                "**A network is not needed here.** Its R² on the test points is {network}, that of the best of the "
                "others, {best}, is {score}: no more than chance explains."
            ),
        )
    sentence = which[0] if found.network_ahead else which[1] if found.network_behind else which[2]
    quick = next((fit for fit in compared.fits if fit.key == found.quickest), None)
    said = sentence.format(**words)
    if quick is None or quick.seconds is None or compared.network.seconds is None:
        return said
    also = _("The quickest that is at least as good, {name}, is fitted in {seconds}; the network took {network}.")
    return f"{said} " + also.format(
        name=names[quick.key], seconds=_time(quick.seconds), network=_time(compared.network.seconds)
    )


def _names(dataset: Dataset) -> dict[str, str]:
    return {key: _(entry.label) for key, entry in models_for(dataset.task).items()}


def _time(seconds: float) -> str:
    if seconds < 1:
        return _("{n} ms").format(n=f"{max(1, round(1_000 * seconds)):,}")
    return _("{n} s").format(n=f"{seconds:,.1f}")


def _card(fit: Fit, dataset: Dataset, grid: Grid) -> None:
    """A model's name, its picture, its scores and its time."""
    entry = models_for(dataset.task).get(fit.key)
    name = _(entry.label) if entry else _("The network")
    with st.container(border=True, width=CARD, height="stretch", gap="xsmall", key=f"model_{fit.key}"):
        st.markdown(f"**{name}**")
        st.image(_picture(fit, dataset, grid), alt=_("The answer over the plane: {change}.").format(change=name))
        train, test = (score_text(score, dataset.n_classes) for score in (fit.train_score, fit.test_score))
        said = _("Test **{test}**  \nTrain {train}").format(test=test, train=train)
        st.markdown(f"{said}  \n{_taken(fit)}", help=_(entry.help) if entry else None)


def _taken(fit: Fit) -> str:
    """How long a model took to learn."""
    if fit.seconds is None:
        return _("untrained")
    taken = _("trained in {time}") if fit.key == NETWORK else _("fitted in {time}")
    return taken.format(time=_time(fit.seconds))


def _picture(fit: Fit, dataset: Dataset, grid: Grid) -> str:
    answers = torch.from_numpy(fit.answers)
    answer = boundary_of(answers if dataset.n_classes else shares(answers, grid), grid)
    return small_boundary(answer, dataset, fit.errors > 0 if dataset.n_classes else None)


def _remarks(compared: Comparison, dataset: Dataset) -> list[str]:
    """What must be known about the models: which learned from a part of the points, and which are left out."""
    names, n = _names(dataset), len(dataset.y_train)
    said = [
        _(
            "{name} learned from {part} of the {n} points, evenly over the sorted answers: its time grows with the "
            "cube of their number."
        ).format(name=names[fit.key], part=f"{fit.n_points:,}", n=f"{n:,}")
        for fit in compared.fits
        if fit.n_points < n
    ]
    for one in compared.left_out:
        too_many = _("{name} is left out: with more than {most} classes it takes too long.")
        refused = _("{name} is left out: scikit-learn says “{reason}”")
        sentence = too_many if one.most_classes is not None else refused
        said.append(sentence.format(name=names[one.key], most=one.most_classes, reason=literal(one.reason)))
    if dataset.n_classes:
        said.append(_("Crosses are test points that a model puts in the wrong class."))
    return said


def _take_away(compared: Comparison, dataset: Dataset) -> None:
    """The numbers as a table, and the program that measures them again."""
    score = _("accuracy") if dataset.n_classes else "R²"
    names = _names(dataset)
    rows = [
        {
            _("model"): names.get(fit.key, _("The network")),
            _("{score}, train").format(score=score): round(fit.train_score, 4),
            _("{score}, test").format(score=score): round(fit.test_score, 4),
            _("seconds"): None if fit.seconds is None else round(fit.seconds, 4),
        }
        for fit in (compared.network, *compared.fits)
    ]
    with st.container(horizontal=True, gap="small"):
        run, language = session.player().run, session.language()
        make = partial(_script, run.history, (compared.network, *compared.fits), language)
        said = _("Fits these models again and prints the same scores; the times are those of your machine.")
        st.download_button(
            _("Python script (scikit-learn)"), make, "classical.py", "text/x-python", key="classical.py",
            icon=":material/download:", on_click="ignore", help=said,
        )  # fmt: skip
        st.download_button(
            _("Table (CSV)"), pd.DataFrame(rows).to_csv(index=False), "models.csv", "text/csv", key="models.csv",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip


def _script(history: History, fits: tuple[Fit, ...], language: str) -> str:
    from moons.export.classical import to_classical_script  # noqa: PLC0415

    return to_classical_script(history, fits, random_state=SEED, _=translator(language))
