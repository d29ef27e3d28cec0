"""The schedules: how the learning rate changes over a run. Adding one is adding an entry."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moons.fields import N_

Floats = NDArray[np.float64]

WARMUP_SHARE = 0.05  # of all epochs
STEP_FACTOR = 0.1  # at each third of the run
FINAL_FACTOR = 0.01  # of the exponential schedule, at the last epoch


@dataclass(frozen=True)
class Schedule:
    """One schedule. Both engines and the exported program are given its rates."""

    label: str  # untranslated
    help: str  # untranslated
    factor: Callable[[Floats, int], Floats]  # (epochs (n,), epochs of the run) -> what the rate is multiplied by, (n,)
    source: str  # `factor` in an exported program, by `epoch` and EPOCHS


SCHEDULES: dict[str, Schedule] = {
    "constant": Schedule(
        N_("Constant"), N_("The same rate in every epoch."), lambda epoch, epochs: np.ones_like(epoch), "1.0"
    ),
    "step": Schedule(
        N_("Step decay"),
        N_("A tenth of the rate after each third of the run (torch.optim.lr_scheduler.StepLR)."),
        lambda epoch, epochs: STEP_FACTOR ** (epoch // max(1, epochs // 3)),
        f"{STEP_FACTOR} ** (epoch // max(1, EPOCHS // 3))",
    ),
    "cosine": Schedule(
        N_("Cosine"),
        N_("Falls to 0 along half a cosine (CosineAnnealingLR)."),
        lambda epoch, epochs: (1 + np.cos(np.pi * epoch / epochs)) / 2,
        "(1 + math.cos(math.pi * epoch / EPOCHS)) / 2",
    ),
    "warmup": Schedule(
        N_("Warm-up"),
        N_("Rises evenly over the first 5% of the run, then stays (LinearLR)."),
        lambda epoch, epochs: np.minimum(1.0, (epoch + 1) / max(1, round(WARMUP_SHARE * epochs))),
        f"min(1.0, (epoch + 1) / max(1, round({WARMUP_SHARE} * EPOCHS)))",
    ),
    "exponential": Schedule(
        N_("Exponential"),
        N_("Falls by the same share in each epoch, to 1% (ExponentialLR)."),
        lambda epoch, epochs: FINAL_FACTOR ** (epoch / epochs),
        f"{FINAL_FACTOR} ** (epoch / EPOCHS)",
    ),
}
