"""The losses that training can minimise. Adding one is adding an entry."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor, nn

from moons.fields import N_
from moons.kernel import losses as kernel
from moons.kernel.dispatch import Coded

Loss = Callable[[Tensor, Tensor], Tensor]  # outputs (n, outputs), targets (n,) -> mean over the points, ()


@dataclass(frozen=True)
class LossEntry:
    """One loss, of classes or of numbers to predict."""

    label: str  # untranslated
    help: str  # untranslated
    make: Callable[[], Loss]  # a mean over points: of logits (n, classes) and y, or of predictions (n,) and y
    source: str  # the same in an exported program, which defines what is no module
    kernel: Callable[[int], int] | None = None  # n_classes -> its code in the compiled engine; None: it has none
    in_nats: bool = False

    def of_outputs(self, *, classes: bool) -> Loss:
        """As a function of a network's outputs."""
        loss: Loss = self.make()
        return loss if classes else lambda outputs, y: loss(outputs.squeeze(dim=1), y)


def squared_error(logits: Tensor, y: Tensor) -> Tensor:
    """Brier's score: the squared distance from the probabilities to 1 for the true class and 0 for the others."""
    target = nn.functional.one_hot(y, logits.shape[1])
    return (logits.softmax(dim=1) - target).square().sum(dim=1).mean()


def focal(logits: Tensor, y: Tensor) -> Tensor:
    """T.-Y. Lin and others, "Focal loss for dense object detection", 2017, with its exponent of 2."""
    cost = nn.functional.cross_entropy(logits, y, reduction="none")
    return ((1 - (-cost).exp()).square() * cost).mean()


def hinge(logits: Tensor, y: Tensor) -> Tensor:
    """J. Weston and C. Watkins, "Support vector machines for multi-class pattern recognition", 1999: margin 1."""
    true = y.unsqueeze(dim=1)
    lacking = 1 - logits.gather(1, true) + logits
    return lacking.scatter(1, true, 0.0).clamp(min=0).sum(dim=1).mean()


def _codes(two: Coded, many: Coded) -> Callable[[int], int]:
    return lambda n_classes: two.code if n_classes == 2 else many.code


CLASS_LOSSES: dict[str, LossEntry] = {
    "cross_entropy": LossEntry(
        N_("Cross-entropy"),
        N_("Minus the logarithm of the probability of the true class, nats per point."),
        nn.CrossEntropyLoss,
        "nn.CrossEntropyLoss()",
        _codes(kernel.cross_entropy_of_two, kernel.cross_entropy_of_many),
        in_nats=True,
    ),
    "squared_error": LossEntry(
        N_("Squared error of the probabilities"),
        N_("Its gradient vanishes where the network is sure, even if it is wrong."),
        lambda: squared_error,
        "squared_error",
        _codes(kernel.squared_error_of_two, kernel.squared_error_of_many),
    ),
    "focal": LossEntry(
        N_("Focal"),
        N_("Cross-entropy times the squared probability of the other classes: points that are right count little."),
        lambda: focal,
        "focal",
        _codes(kernel.focal_of_two, kernel.focal_of_many),
    ),
    "hinge": LossEntry(
        N_("Hinge"),
        N_("Is 0 once each wrong class's logit is at least 1 below the true one's. Its logits give no probabilities."),
        lambda: hinge,
        "hinge",
        _codes(kernel.hinge_of_two, kernel.hinge_of_many),
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
