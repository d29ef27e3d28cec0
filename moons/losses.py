"""The losses that training can minimise. Adding one is adding an entry."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor, nn

from moons.fields import N_
from moons.kernel import codes
from moons.kernel import losses as kernel

Loss = Callable[[Tensor, Tensor], Tensor]  # outputs (n, outputs), targets (n,) -> mean over the points, ()


@dataclass(frozen=True)
class LossEntry:
    """One loss, of classes or of numbers to predict."""

    label: str  # untranslated
    help: str  # untranslated
    make: Callable[[], nn.Module]  # a mean over points: of logits (n, classes) and y, or of predictions (n,) and y
    source: str  # the same in an exported program
    kernel: Callable[[int], int] | None = None  # n_classes -> its code in the compiled engine; None: it has none

    def of_outputs(self, *, classes: bool) -> Loss:
        """As a function of a network's outputs."""
        loss: Loss = self.make()
        return loss if classes else lambda outputs, y: loss(outputs.squeeze(dim=1), y)


CLASS_LOSSES: dict[str, LossEntry] = {
    "cross_entropy": LossEntry(
        N_("Cross-entropy"),
        N_("Minus the logarithm of the probability of the true class, nats per point."),
        nn.CrossEntropyLoss,
        "nn.CrossEntropyLoss()",
        lambda n_classes: codes.TWO_CLASSES if n_classes == 2 else codes.MANY_CLASSES,
    ),
}
REGRESSION_LOSSES: dict[str, LossEntry] = {
    "mse": LossEntry(
        N_("Mean squared error"),
        N_("Squares each error."),
        nn.MSELoss,
        "nn.MSELoss()",
        lambda n_classes: kernel.mse.code,
    ),
    "huber": LossEntry(
        N_("Huber"),
        N_("Squares small errors; beyond 1 it grows in a straight line."),
        nn.HuberLoss,
        "nn.HuberLoss()",
        lambda n_classes: kernel.huber.code,
    ),
}
