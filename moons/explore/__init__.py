"""What only many runs can show: seeds, sweeps, learning curves. A plan of experiments in, a summary of outcomes out."""

from moons.explore.estimate import estimated_seconds
from moons.explore.learning_curve import LearningCurve, learning_curve, size_experiments
from moons.explore.outcome import Outcome, outcome, outcomes_of
from moons.explore.search import Search, Tried, search
from moons.explore.seeds import VARIED, Seeds, seed_experiments, seeds
from moons.explore.settings import SETTINGS, settings_for
from moons.explore.sweep import Axis, Sweep, axis, sweep, sweep_csv, sweep_experiments
from moons.explore.table import outcomes_csv, search_csv

__all__ = [
    "SETTINGS",
    "VARIED",
    "Axis",
    "LearningCurve",
    "Outcome",
    "Search",
    "Seeds",
    "Sweep",
    "Tried",
    "axis",
    "estimated_seconds",
    "learning_curve",
    "outcome",
    "outcomes_csv",
    "outcomes_of",
    "search",
    "search_csv",
    "seed_experiments",
    "seeds",
    "settings_for",
    "size_experiments",
    "sweep",
    "sweep_csv",
    "sweep_experiments",
]
