"""How closely an exported program's losses agree with the recorded ones, and how a program's header says so."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Context

import numpy as np
from numpy.typing import NDArray

from moons.fields import N_
from moons.plots.words import Translate
from moons.run import History

CLOSE = 1e-4  # of the loss, the first loss or 1, whichever is largest: how far losses may differ and still agree
ROUNDING = 1e-5  # of the same: how far the losses after a single epoch differ by rounding alone
LARGE = 1e3  # from this on what a loss is decides how small a difference of losses is
_UP = Context(prec=1, rounding=ROUND_CEILING)
ADAPTIVE = ("rmsprop", "adam", "adamw")  # optimisers that divide by the size of past gradients


@dataclass(frozen=True)
class Agreement:
    """A program's losses beside the recorded ones, over the epochs compared so far. Losses are means per point."""

    compared: int  # epochs
    recorded: int  # epochs of the run
    agreeing: int  # epochs from the first on whose losses agree, see CLOSE
    difference: float  # the largest one over the epochs that agree
    last_losses: tuple[float, float]  # the program's and the recorded one of the last epoch compared
    seconds: float  # that the program has trained so far
    program_epochs: int | None = None  # that the program has trained, once it has ended
    single_epoch: float | None = None  # the largest difference after one epoch from the same weights; PyTorch has none
    largest: float = 1.0  # of the recorded losses that agree

    @property
    def ended(self) -> bool:
        """Whether all is compared that can be."""
        return self.program_epochs is not None

    @property
    def seconds_left(self) -> float | None:
        """About how long the rest of the comparison takes; None before the first epochs are compared."""
        return self.seconds * (self.recorded / self.compared - 1) if self.compared else None

    @property
    def complete(self) -> bool:
        """Whether all losses agree, and the program ends where the run ended."""
        return self.ended and self.agreeing == self.recorded and self.program_epochs == self.recorded


_UNMEASURED = {
    "torch": N_("The page recorded its losses with PyTorch. Run this program to compare."),
    "compiled": N_(
        "The page recorded its losses with its compiled engine, which rounds differently from PyTorch. Run this "
        "program to compare."
    ),
}
_EXACT = N_(
    "It was run and compared with the page: exactly the same losses over all {n} epochs that the page has trained."
)
_SAME = N_(
    "It was run and compared with the page: the same losses within {difference} over all {n} epochs that the page has "
    "trained."
)
_OTHER_END = N_(
    "It was run and compared with the page: the same losses within {difference} up to epoch {epoch}, but it ends after "
    "{program_epochs} epochs and the page after {n}."
)
_PART = N_(
    "It was run and compared with the page: the losses agree within {difference} up to epoch {epoch}, then they part. "
    "The last ones compared are {program} here and {recorded} on the page."
)
_APART = N_(
    "It was run and compared with the page: the losses differ from the first epoch on. The last ones compared are "
    "{program} here and {recorded} on the page."
)
_ROUNDING = N_(
    "From the page's weights a single epoch gives the same loss within {single}: what parts them is rounding, which "
    "grows from epoch to epoch."
)
_ADAPTIVE = N_("This optimiser divides by the size of past gradients, and so magnifies rounding where they are small.")
_LARGEST = N_("The largest of these losses is {largest}.")
_SECONDS = N_("On the page's machine its training takes about {seconds} s.")


def limit_of(losses: NDArray[np.float32]) -> NDArray[np.float64]:
    """How far a program's losses may differ from each of `losses` (n,) and still agree; n is at least 1."""
    return CLOSE * np.maximum(losses.astype(np.float64), max(1.0, float(losses[0])))


def header(history: History, agreement: Agreement | None, _: Translate) -> list[str]:
    """Paragraphs that say what the program of a run is, and what is known about its losses.

    An agreement that is still growing, or is about fewer epochs than the run has by now, is left out.
    """
    first = _("These lines hold all that decides this run: its points, its initial weights and its settings.")
    if agreement is None or not agreement.ended or agreement.recorded != history.n_epochs:
        return [first, _(_UNMEASURED[history.choice.name])]
    whole = agreement.recorded if history.ended else history.experiment.epochs
    values = {
        "n": f"{agreement.recorded:,}",
        "difference": _bound(agreement.difference),
        "epoch": f"{agreement.agreeing - 1:,}",
        "program": f"{agreement.last_losses[0]:.5g}",
        "recorded": f"{agreement.last_losses[1]:.5g}",
        "program_epochs": f"{agreement.program_epochs:,}",
        "single": _bound(agreement.single_epoch or 0.0),
        "seconds": f"{max(1, round(agreement.seconds * whole / max(1, agreement.compared))):,}",
        "largest": f"{agreement.largest:.0e}",
    }
    sentences = [*_findings(history, agreement), _SECONDS]
    return [first, " ".join(_(sentence).format(**values) for sentence in sentences)]


def _bound(difference: float) -> str:
    """One digit, rounded up: what is within it is within the difference that is said."""
    return f"{float(_UP.create_decimal(difference)):.0e}"


def _findings(history: History, agreement: Agreement) -> list[str]:
    large = [_LARGEST] if agreement.largest >= LARGE else []
    if agreement.complete:
        return [_SAME, *large] if agreement.difference else [_EXACT]
    if not agreement.agreeing:
        return [_APART]
    if agreement.agreeing == agreement.compared:
        return [_OTHER_END, *large]
    most = ROUNDING / CLOSE * float(limit_of(history.train_loss).max())
    if agreement.single_epoch is None or agreement.single_epoch > most:
        return [_PART, *large]
    adaptive = [_ADAPTIVE] if history.experiment.training.optimizer in ADAPTIVE else []
    return [_PART, *large, _ROUNDING, *adaptive]
