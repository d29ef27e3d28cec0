"""How a setting's value reads: each choice of a registry by its label, untranslated; widths and small numbers."""

from collections.abc import Callable

import numpy as np

from moons.activations import ACTIVATIONS
from moons.data import TRANSFERS
from moons.fields import N_
from moons.losses import CLASS_LOSSES, REGRESSION_LOSSES
from moons.model import INIT_LABELS
from moons.optimizers import OPTIMIZERS
from moons.schedules import SCHEDULES

NAMES: dict[str, str] = TRANSFERS | INIT_LABELS
NAMES |= {key: entry.label for key, entry in ACTIVATIONS.items()} | {k: entry.label for k, entry in OPTIMIZERS.items()}
NAMES |= {key: entry.label for key, entry in SCHEDULES.items()}
NAMES |= {key: entry.label for key, entry in (CLASS_LOSSES | REGRESSION_LOSSES).items()}
ONE, SEVERAL = N_("1 unit"), N_("{widths} units")


def units_text(widths: str, _: Callable[[str], str]) -> str:
    """The widths of hidden layers, which alone could be taken for the number of layers."""
    return _(ONE) if widths == "1" else _(SEVERAL).format(widths=widths)


def number_text(value: object) -> str:
    """A number as a beginner reads it: 15,000 with its comma, and 0.00001, not 1e-05. Anything else as it is."""
    if isinstance(value, int):
        return f"{value:,}"
    return (
        np.format_float_positional(value, trim="-") if isinstance(value, float) and "e-" in str(value) else str(value)
    )
