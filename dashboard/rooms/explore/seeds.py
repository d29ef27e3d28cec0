"""The same experiment under many seeds."""

from functools import partial

import streamlit as st

from dashboard.app.exploring import ManyRuns
from dashboard.app.names import score_text
from dashboard.app.words import literal
from dashboard.page import session
from dashboard.page.language import _, ngettext
from dashboard.rooms.explore import study
from moons.digits import Digits
from moons.explore.outcome import Outcome, plane_of
from moons.explore.seeds import VARIED, Seeds, seed_experiments
from moons.explore.seeds import seeds as summarise
from moons.explore.table import outcomes_csv
from moons.inspection.health import CONDITIONS, MEANINGS
from moons.plots import explore as plots

MOST_NAMED = 8  # stuck runs with a button each
CHART = {"displayModeBar": False}


def draw() -> None:
    """The choice of seeds, and what came of them."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.slider(_("Runs"), 2, 200, key="seeds", width=260)
        st.segmented_control(
            _("What varies"), VARIED, key="varied", format_func=lambda one: _(VARIED[one]), required=True
        )
    view = session.state().view
    label = _("Run {n} seeds").format(n=view.seeds)
    wanted = study.asked("seeds", view.seeds, view.varied)
    study.draw(wanted, lambda: seed_experiments(wanted.experiment, view.seeds, view.varied), label, _show)


def _show(found: ManyRuns) -> None:
    outcomes = [one for _index, one in sorted(found.outcomes.items())]
    summary = summarise(outcomes)
    dataset = session.player().run.history.dataset
    n_classes = found.asked.experiment.data.class_count
    st.markdown(luck_text(summary, n_classes))
    _stuck(summary, n_classes)
    losses, scores = st.columns([3, 2], gap="medium")
    with losses:
        names = {"train": _("Training loss"), "test": _("Test loss")}
        st.segmented_control(
            _("Loss"), names, key="seeds_split", format_func=names.__getitem__, required=True,
            label_visibility="collapsed",
        )  # fmt: skip
        split, log = session.state().exploration.seeds_split, session.state().view.log
        figure = plots.band_figure(summary, split=split, log=log, theme=session.theme(), _=_)
        alt = _("The loss of all runs over the epochs: least, quartiles, median and largest.")
        st.plotly_chart(figure, key="seeds_losses", height=320, config=CHART, alt=alt)
    with scores:
        st.markdown(f"**{_('Final test accuracy') if n_classes else _('Final R² on the test points')}**")
        figure = plots.scores_figure(summary, n_classes, _=_)
        st.plotly_chart(figure, key="seeds_scores", height=320, config=CHART, alt=luck_text(summary, n_classes))
    grid = plane_of(found.asked.experiment).grid
    columns = dataset.columns[0], dataset.columns[1]
    mean, apart = st.columns(2, gap="medium")
    with mean:
        label = 1
        if n_classes > 2:
            label = st.selectbox(_("Class"), range(n_classes), key="seeds_class", format_func=dataset.class_name)
        name = dataset.class_name(label) if n_classes else ""
        of_class = _("Mean probability of {name}")
        title = of_class.format(name=name) if n_classes else _("Mean prediction")
        st.markdown(f"**{of_class.format(name=literal(name)) if n_classes else title}**")
        figure = plots.mean_figure(summary, grid, columns, label=label, _=_)
        st.plotly_chart(figure, key="seeds_mean", height=320, config=CHART, alt=title)
    with apart:
        title = _("Where the runs disagree")
        st.markdown(f"**{title}**")
        figure = plots.disagreement_figure(summary, grid, columns, _=_)
        st.plotly_chart(figure, key="seeds_apart", height=320, config=CHART, alt=title)
    study.take_away(partial(outcomes_csv, found.outcomes), "seeds.csv")


def luck_text(summary: Seeds, n_classes: int) -> str:
    """How much of the result is luck, in a sentence with numbers."""
    n, lost = len(summary.outcomes), len(summary.outcomes) - len(summary.finite_scores)
    if lost == n:
        return _("Every run so far has diverged.")
    diverged = ngettext("{diverged} of {n} run diverged.", "{diverged} of {n} runs diverged.", n)
    aside = f" {diverged.format(diverged=lost, n=n)}" if lost else ""
    low, lower, _middle, upper, high = (score_text(value, n_classes) for value in summary.quartiles)
    of_classes = _("The test accuracy lies between {low} and {high}, half of the runs between {lower} and {upper}.")
    of_numbers = _("R² on the test points lies between {low} and {high}, half of the runs between {lower} and {upper}.")
    sentence = of_classes if n_classes else of_numbers
    if low == high:
        alike = _("Every run has the test accuracy {score}.") if n_classes else _("Every run has an R² of {score}.")
        return alike.format(score=low) + aside
    said = sentence.format(low=low, lower=lower, upper=upper, high=high) + aside
    if summary.apart == 0:
        return said
    apart = _("{n:.1f} points").format(n=100 * summary.apart) if n_classes else f"{Digits(summary.apart):.4f}"
    return f"{said} " + _("Two runs less than {apart} apart may differ by luck alone.").format(apart=apart)


def _stuck(summary: Seeds, n_classes: int) -> None:
    """How many runs have a fault, and a button for each of the first."""
    n = len(summary.outcomes)
    if not summary.stuck:
        st.caption(ngettext("{n} run has no fault.", "None of the {n} runs has a fault.", n).format(n=n))
        return
    kinds = ", ".join(f"{_(CONDITIONS[name])} ({_(MEANINGS[name])}): {count}" for name, count in summary.stuck.items())
    said = ngettext("{stuck} of {n} runs has a fault.", "{stuck} of {n} runs have a fault.", summary.n_stuck)
    st.caption(f"{said.format(stuck=summary.n_stuck, n=n)} {kinds}.")
    worst = sorted(
        (one for one in summary.outcomes if one.condition in summary.stuck), key=lambda one: one.scores.test_score
    )
    with st.container(horizontal=True, gap="small"):
        for one in worst[:MOST_NAMED]:
            _way_to(one, n_classes)
        if len(worst) > MOST_NAMED:
            with st.popover(_("{n} more").format(n=len(worst) - MOST_NAMED), key="more_stuck", type="tertiary"):
                for one in worst[MOST_NAMED:]:
                    _way_to(one, n_classes)


def _way_to(one: Outcome, n_classes: int) -> None:
    """A button that opens a run: the one it names, wherever it stands when the click arrives."""
    seeds = one.experiment.model.seed, one.experiment.data.seed
    label = f"{plots.seed_text(one, _)} · {score_text(one.scores.test_score, n_classes)}"
    fault = f"{_(CONDITIONS[one.condition])}: {_(MEANINGS[one.condition])}."
    st.button(
        label, key=f"stuck_{seeds[0]}_{seeds[1]}", type="tertiary", help=fault,
        on_click=partial(study.open_run, one.experiment),
    )  # fmt: skip
