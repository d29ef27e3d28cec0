"""See how a neural network learns: data, model, training and its replayable history, without a screen."""

from moons.data import Dataset, DataSpec, make_dataset
from moons.device import select_device
from moons.edit import Edit
from moons.fields import FieldError
from moons.many import run_many
from moons.model import ModelSpec, NaiveNet, build_model
from moons.progress import Chunk, Scores, State
from moons.run import Experiment, History, run
from moons.train import train
from moons.train_spec import TrainSpec

__version__ = "0.1.0"

__all__ = [
    "Chunk",
    "DataSpec",
    "Dataset",
    "Edit",
    "Experiment",
    "FieldError",
    "History",
    "ModelSpec",
    "NaiveNet",
    "Scores",
    "State",
    "TrainSpec",
    "build_model",
    "make_dataset",
    "run",
    "run_many",
    "select_device",
    "train",
]
