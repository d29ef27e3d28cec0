"""The test score against the number of training points."""

from functools import partial

import streamlit as st

from dashboard.app.exploring import ManyRuns
from dashboard.app.names import score_text
from dashboard.page import session
from dashboard.page.language import _, ngettext
from dashboard.rooms.explore import study
from moons.explore.learning_curve import LearningCurve, learning_curve, size_experiments, sizes_of
from moons.explore.table import outcomes_csv
from moons.plots.explore import learning_figure

SMALL_GAIN = 0.005  # of the score, by the last doubling


def draw() -> None:
    """The number of draws, and what came of them."""
    st.slider(_("Draws per size"), 1, 50, key="curve_seeds", width=260)
    view = session.state().view
    wanted = study.asked("curve", view.curve_seeds)
    n = len(sizes_of(wanted.experiment)) * view.curve_seeds
    make = lambda: size_experiments(wanted.experiment, view.curve_seeds)  # noqa: E731
    study.draw(wanted, make, _("Run {n} experiments").format(n=n), _show)


def _show(found: ManyRuns) -> None:
    (n_seeds,) = found.asked.settings
    assert isinstance(n_seeds, int)
    curve = learning_curve(found.asked.experiment, n_seeds, found.outcomes)
    n_classes = found.asked.experiment.data.class_count
    if not found.running and len(curve.sizes) > 1 and curve.done[-2:].all():
        st.markdown(_verdict(curve, n_classes))
    lost = sum(one.diverged for one in found.outcomes.values())
    if lost:
        said = ngettext("{diverged} of {n} run diverged.", "{diverged} of {n} runs diverged.", found.done)
        st.caption(said.format(diverged=lost, n=found.done))
    alt = _("The score on training and on test points against the number of training points.")
    st.plotly_chart(
        learning_figure(curve, n_classes, _=_), key="curve_chart", height=420, config={"displayModeBar": False}, alt=alt
    )
    study.take_away(partial(outcomes_csv, found.outcomes), "learning_curve.csv")
    st.caption(_("The line is the median over the draws of the points, the band their middle half."))


def _verdict(curve: LearningCurve, n_classes: int) -> str:
    """Whether more points would help, in a sentence with numbers."""
    before, last = curve.test_score[2, -2], curve.test_score[2, -1]
    words = {
        "before": score_text(before, n_classes),
        "last": score_text(last, n_classes),
        "fewer": f"{curve.sizes[-2]:,}",
        "most": f"{curve.sizes[-1]:,}",
    }
    helps = _("From {fewer} to {most} points the test score rises from {before} to {last}: more points would help.")
    ends = _(
        "From {fewer} to {most} points the test score goes from {before} to {last}: more points would hardly help."
    )
    sentence = ends if last - before < SMALL_GAIN else helps
    return sentence.format(**words)
