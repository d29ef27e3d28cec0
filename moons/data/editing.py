"""Changes to a person's points in memory: each gives another table, and nothing goes through text."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from moons.data.cells import LONGEST_NAME, after_column, clean, unique
from moons.data.dataset import Dataset
from moons.data.labels import in_order
from moons.data.numbers import number
from moons.data.row_choice import FINITE, LABEL_EMPTY, NUMBER, NUMBER_EMPTY
from moons.data.table import Table
from moons.fields import FieldError

Row = tuple[float, float, str | float]  # x0, x1, and the class's name or the number to predict


def rows_of(table: Table) -> list[Row]:
    """The points in order, each with its class's name or its number."""
    labels: Iterable[str | float] = (table.class_names[int(y)] for y in table.y) if table.class_names else table.y
    return list(zip(table.x0, table.x1, labels, strict=True))


def with_rows(table: Table, rows: Sequence[Sequence[Any]], test: Sequence[bool] | None = None) -> Table:
    """The table with these points instead, under its own columns and with its own task.

    Cells may be numbers or text as a person writes it. `test` says which are held out; without, the table's own word
    is kept as far as its rows go, and rows beyond are training points. Raises FieldError for what isn't a point.
    """
    x0, x1 = (tuple(_number(row[i], at, table.columns[i]) for at, row in enumerate(rows, 1)) for i in (0, 1))
    kept = tuple(test) if test is not None else (*table.test, *[False] * (len(rows) - len(table.test)))[: len(rows)]
    test = kept if (test is not None or table.test) and len(set(kept)) == 2 else ()
    if not table.class_names:
        y = tuple(_number(row[2], at, table.columns[2]) for at, row in enumerate(rows, 1))
        return replace(table, x0=x0, x1=x1, y=y, test=test)
    labels = [_name(row[2], at, table.columns[2]) for at, row in enumerate(rows, 1)]
    names = in_order(set(labels))
    place = {name: i for i, name in enumerate(names)}
    return replace(table, x0=x0, x1=x1, y=tuple(place[label] for label in labels), class_names=tuple(names), test=test)


def edited(
    table: Table,
    *,
    changed: dict[int, dict[int, Any]] | None = None,
    added: Sequence[Sequence[Any]] = (),
    deleted: Iterable[int] = (),
) -> Table:
    """The table with cells changed, {row: {column: value}}, rows added as training points, and rows deleted."""
    gone, rows = set(deleted), [list(row) for row in rows_of(table)]
    for i, cells in (changed or {}).items():
        for column, value in cells.items():
            rows[i][column] = value
    test = list(table.test) or [False] * len(rows)
    kept = [i for i in range(len(rows)) if i not in gone]
    return with_rows(
        table,
        [*(rows[i] for i in kept), *added],
        [*(test[i] for i in kept), *[False] * len(added)] if table.test else None,
    )


def table_of(dataset: Dataset) -> Table:
    """The points of a dataset as a person's own: the same training points and the same test points."""
    n, m = len(dataset.y_train), len(dataset.y_test)
    X, y = map(np.concatenate, zip(dataset.train_in_units(), dataset.test_in_units(), strict=True))
    inputs = [tuple(float(str(value)) for value in column) for column in X.T]
    test = tuple([False] * n + [True] * m)
    if not dataset.n_classes:
        return Table(inputs[0], inputs[1], tuple(float(str(value)) for value in y), (), dataset.columns, test)
    used = sorted(set(y.tolist()))
    names = unique(dataset.class_names[label] if dataset.class_names else str(label) for label in used)
    place = {label: i for i, label in enumerate(used)}
    return Table(inputs[0], inputs[1], tuple(place[label] for label in y.tolist()), tuple(names), dataset.columns, test)


def _number(value: Any, row: int, column: str) -> float:
    if value is None or value == "":
        raise FieldError(NUMBER_EMPTY, row=f"{row:,}", column=after_column(column))
    found = number(value) if isinstance(value, str) else float(value)
    if found is None or not np.isfinite(found):
        rule = NUMBER if found is None else FINITE
        raise FieldError(rule, row=f"{row:,}", column=after_column(column), value=repr(value)[:LONGEST_NAME])
    return found


def _name(value: Any, row: int, column: str) -> str:
    name = clean(str(value)) if value is not None else ""
    if not name:
        raise FieldError(LABEL_EMPTY, row=f"{row:,}", column=after_column(column))
    return name
