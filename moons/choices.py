"""What the keys of the registries are called, untranslated: each choice of a setting by its label."""

from collections.abc import Callable

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
