"""The points: drawn from a generator or a person's own, as a training set and a test set."""

from moons.data.alterations import scramble, scrambled
from moons.data.csv_file import read_csv
from moons.data.dataset import Dataset
from moons.data.draw import make_dataset
from moons.data.generators import CLASSIFICATION, GENERATORS, REGRESSION, Generator, Points
from moons.data.sheet import Sheet, sheet_of
from moons.data.spec import INTACT, OWN, OWN_LABEL, SCRAMBLED, TEST_SEED, TRANSFERS, DataSpec
from moons.data.table import Table

__all__ = [
    "CLASSIFICATION",
    "GENERATORS",
    "INTACT",
    "OWN",
    "OWN_LABEL",
    "REGRESSION",
    "SCRAMBLED",
    "TEST_SEED",
    "TRANSFERS",
    "DataSpec",
    "Dataset",
    "Generator",
    "Points",
    "Sheet",
    "Table",
    "make_dataset",
    "read_csv",
    "scramble",
    "scrambled",
    "sheet_of",
]
