"""The key of colours: which class has which, with its name. For a number to predict, the colour bar is the key."""

from collections.abc import Iterable
from html import escape

import streamlit as st

from dashboard.page.language import _, ngettext
from moons.data import Dataset
from moons.plots import palette, points

MOST = 12  # classes
LETTERS = 24  # of a name


def draw(datasets: Iterable[Dataset], marks: str = "") -> None:
    """A line of colours and names of the datasets' classes, then of `marks`; one line for each set of names."""
    lines = {_line(dataset, marks): None for dataset in datasets if dataset.n_classes}
    for line in lines:
        st.html(line)


def tell_sample(dataset: Dataset) -> None:
    """Say so where not all points are drawn."""
    n_train, n_test = len(dataset.X_train), len(dataset.X_test)
    if max(n_train, n_test) > points.MOST:
        told = _("Drawn: {train} of {n_train} training points, {test} of {n_test} test points.").format(
            train=f"{min(n_train, points.MOST):,}",
            n_train=f"{n_train:,}",
            test=f"{min(n_test, points.MOST):,}",
            n_test=f"{n_test:,}",
        )
        st.html(f'<p class="class_key"><small>{escape(told)}</small></p>')


def _line(dataset: Dataset, marks: str) -> str:
    shown = range(min(dataset.n_classes, MOST))
    items = [
        f'<span class="class_mark" style="--class: {palette.class_color(label)}">{_name(dataset, label)}</span>'
        for label in shown
    ]
    left = dataset.n_classes - len(shown)
    if left:
        items.append(ngettext("and {n} more class", "and {n} more classes", left).format(n=left))
    return f'<p class="class_key">{" ".join(items)} <small>{escape(marks)}</small></p>'


def _name(dataset: Dataset, label: int) -> str:
    name = dataset.class_name(label, LETTERS)
    return escape(name if dataset.class_names else _("class {label}").format(label=name))
