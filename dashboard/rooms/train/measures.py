"""How good the network is, in the measures that people report, on training and test points."""

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from dashboard.page import chart, session
from dashboard.page.language import _, literal
from moons.data import Dataset
from moons.digits import decimals
from moons.inspection.metrics import ClassMetrics, NumberMetrics, measure_classes, measure_numbers
from moons.plots.metrics import calibration_figure, numbers_figure, roc_figure


def draw() -> None:
    """Of the epoch looked at."""
    player = session.player()
    model, dataset = player.model(), player.run.history.dataset
    splits = {"train": (dataset.X_train, dataset.y_train), "test": (dataset.X_test, dataset.y_test)}
    if dataset.n_classes:
        measured = {split: measure_classes(model, X, y) for split, (X, y) in splits.items()}
        _classes(measured, dataset.all_class_names)
    else:
        measured_numbers = {split: measure_numbers(model, X, y, dataset.scaling) for split, (X, y) in splits.items()}
        _numbers(measured_numbers, dataset)


def _classes(measured: dict[str, ClassMetrics], class_names: list[str]) -> None:
    names = {"train": _("Training points"), "test": _("Test points")}
    for column, (split, metrics) in zip(st.columns(2), measured.items(), strict=True):
        with column:
            st.markdown(f"**{names[split]}**")
            st.dataframe(
                _confusion(metrics.confusion, class_names), alt=_("Confusion matrix: true classes by predicted ones.")
            )
            st.dataframe(
                _per_class(metrics, class_names), hide_index=True, alt=_("Precision and recall of each class.")
            )
    curves = {split: metrics.roc for split, metrics in measured.items() if metrics.roc is not None}
    left, right = st.columns(2)
    if curves:
        with left:
            st.markdown(f"**{_('ROC')}**")
            areas = {split: metrics.auc for split, metrics in measured.items()}
            alt = _("ROC of class {label}.").format(label=class_names[1])
            chart.draw(roc_figure(curves, areas, _=_), key="roc", height=300, alt=alt)
            said = _("Each point is one threshold: how many of class {label} it finds, for how many false alarms.")
            st.caption(said.format(label=literal(class_names[1])))
    with right if curves else left:
        st.markdown(f"**{_('Calibration')}**")
        calibration = {split: metrics.calibration for split, metrics in measured.items()}
        alt = _("Probability given, against the share that came true.")
        chart.draw(calibration_figure(calibration, _=_), key="calibration", height=300, alt=alt)
        st.caption(_("On the diagonal, about 80% of the points given a probability of 80% are of that class."))


def _numbers(measured: dict[str, NumberMetrics], dataset: Dataset) -> None:
    names = {"train": _("Training points"), "test": _("Test points")}
    digits = decimals(float(np.ptp(measured["train"].true)), digits=5)
    rows = [
        (names[split], metrics.r2, f"{metrics.rmse:,.{digits}f}", f"{metrics.mae:,.{digits}f}")
        for split, metrics in measured.items()
    ]
    columns = ["", "R²", _("root mean squared error"), _("mean absolute error")]
    st.dataframe(pd.DataFrame(rows, columns=columns), hide_index=True)
    st.caption(
        _(
            "R² is the share of the targets' variance that the network explains: 1 is perfect, 0 is the mean. "
            "The errors are in the units of {name}."
        ).format(name=literal(dataset.columns[2]))
    )
    alt = _("Predicted against true numbers.")
    chart.draw(numbers_figure(measured, dataset.column_name(2, 40), _=_), key="numbers", height=360, alt=alt)


def _confusion(counts: NDArray[np.int64], names: list[str]) -> pd.DataFrame:
    """Counts, with the share of the row's class."""
    totals = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    cells = [
        [f"{n:,} ({share:.0%})" for n, share in zip(row, shares, strict=True)]
        for row, shares in zip(counts.tolist(), (counts / totals).tolist(), strict=True)
    ]
    return pd.DataFrame(
        cells,
        index=[_("true class {label}").format(label=name) for name in names],
        columns=[_("predicted {label}").format(label=name) for name in names],
    )


def _per_class(metrics: ClassMetrics, names: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            _("class"): names,
            _("precision"): [f"{value:.1%}" for value in metrics.precision],
            _("recall"): [f"{value:.1%}" for value in metrics.recall],
        }
    )
