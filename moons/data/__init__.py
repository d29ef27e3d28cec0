"""The points: drawn from a generator or a person's own, as a training set and a test set."""

from moons.data.alterations import scramble, scrambled
from moons.data.csv_file import read_csv
from moons.data.dataset import Dataset
from moons.data.draw import make_dataset
from moons.data.editing import edited, rows_of, table_of, with_rows
from moons.data.generators import CLASSIFICATION, GENERATORS, REGRESSION, Generator, Points
from moons.data.guessing import NONE
from moons.data.options import Answer, CellErrors, Note, Problem, Question, ReadOptions, Sentence
from moons.data.reading import read_table
from moons.data.scaling import Scaling
from moons.data.selection import Selection
from moons.data.sheet import Sheet, sheet_of
from moons.data.spec import INTACT, OWN, OWN_LABEL, SCRAMBLED, TEST_SEED, TRANSFERS, DataSpec
from moons.data.table import Table

__all__ = [
    "CLASSIFICATION",
    "GENERATORS",
    "INTACT",
    "NONE",
    "OWN",
    "OWN_LABEL",
    "REGRESSION",
    "SCRAMBLED",
    "TEST_SEED",
    "TRANSFERS",
    "Answer",
    "CellErrors",
    "DataSpec",
    "Dataset",
    "Generator",
    "Note",
    "Points",
    "Problem",
    "Question",
    "ReadOptions",
    "Scaling",
    "Selection",
    "Sentence",
    "Sheet",
    "Table",
    "edited",
    "make_dataset",
    "read_csv",
    "read_table",
    "rows_of",
    "scramble",
    "scrambled",
    "sheet_of",
    "table_of",
    "with_rows",
]
