"""What a person should know about the points that three columns of a file give."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from moons.data.generators import CLASSIFICATION
from moons.data.grid import Grid
from moons.data.options import Note, note
from moons.data.table import MOST
from moons.fields import N_

MANY = 20_000  # points: of more, single ones aren't looked at


def remarks(sheet: Grid, task: str, X: NDArray[np.float64], labels: Sequence[str]) -> list[Note]:
    """What a person should know about the points themselves."""
    notes = []
    if sheet.index_columns:
        template = N_("{column} only counts the rows, so it isn't proposed as an input.")
        notes += [note(template, (), i, column=sheet.columns[i]) for i in sorted(sheet.index_columns)]
    if sheet.split is not None:
        name = sheet.columns[sheet.split]
        notes.append(note(N_("{column} says which points are held out."), (), sheet.split, column=name))
    if len(X) > MOST:
        template = N_("The table has {all} rows: a sample of {kept} is used, with each class in proportion.")
        notes.append(note(template, all=f"{len(X):,}", kept=f"{MOST:,}"))
    if task != CLASSIFICATION or len(X) > MANY:
        return notes
    alone = [name for name, count in Counter(labels).items() if count == 1]
    if alone and len(alone) < 5:
        template = N_("Classes with a single point, which is never held out: {names}.")
        notes.append(note(template, names=", ".join(alone)))
    labels_at: dict[tuple[float, ...], set[str]] = {}
    for point, name in zip(map(tuple, X.tolist()), labels, strict=True):
        labels_at.setdefault(point, set()).add(name)
    torn = sum(len(labels) > 1 for labels in labels_at.values())
    if torn:
        template = N_("Places with points of several classes, which no network can tell apart: {count}.")
        notes.append(Note(template, (("count", f"{torn:,}"),)))
    if len(labels_at) <= len(X) // 2:
        template = N_("Many points are the same: {count} of {all} are different.")
        notes.append(Note(template, (("count", f"{len(labels_at):,}"), ("all", f"{len(X):,}"))))
    return notes
