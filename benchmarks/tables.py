"""What is read of each file in a folder with defaults alone: `python -m benchmarks.tables ../shared/tables`."""

import sys
import time
from pathlib import Path

import numpy as np

from moons import DataSpec, FieldError, make_dataset
from moons.data import OWN, read_table


def lines_of(path: Path) -> list[str]:
    """A file's table, notes and questions, a line each."""
    start = time.perf_counter()
    try:
        sheet = read_table(path.read_bytes(), name=path.name)
        places = sheet.guess()
        chosen = sheet.selection(*places)
    except FieldError as error:
        return [f"REFUSED  {error}"]
    said = [f"  note   {note}" for note in chosen.notes]
    for question in chosen.questions:
        answers = ", ".join(("*" if answer.key == question.chosen else "") + str(answer) for answer in question.answers)
        said.append(f"  asks   {question}  [{answers}]")
    try:
        table = chosen.table()
    except FieldError as error:
        return [f"REFUSED  {error}", *said]
    dataset = make_dataset(DataSpec(kind=OWN, table=table, standardise=table.suggests_standardise))
    different = len(np.unique(np.concatenate([dataset.X_train, dataset.X_test]), axis=0))
    classes = " ".join(table.class_names) if table.class_names else f"number {min(table.y):g} to {max(table.y):g}"
    spent = time.perf_counter() - start
    head = f"{len(table.y)} points ({different} different), {table.columns}, {classes}"
    standard = ", standardised" if table.suggests_standardise else ""
    first = f"first ({table.x0[0]!r}, {table.x1[0]!r}, {table.y[0]!r})"
    return [f"{head}{standard}, {first}, {spent:.2f} s", *said]


def main() -> None:
    """Print them."""
    for path in sorted(Path(sys.argv[1]).iterdir()):
        print(path.name)
        for line in lines_of(path):
            print("   ", line)


if __name__ == "__main__":
    main()
