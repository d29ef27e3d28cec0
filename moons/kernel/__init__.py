"""Training as one compiled call: forward, loss, backward and update, for many epochs. `epochs` puts it together.

All arrays are laid out (unit, sample), and the innermost loop runs over samples, so that it becomes vector
instructions. Points are taken in blocks that stay in the processor's nearest cache, and units in fours, so that
each number loaded serves several multiplications. Sums may be reordered ("reassoc"), but NaN and infinity keep
their meaning: a diverged run reads as diverged.

A network's rows in A, Z and D are its units, inputs first: A holds activations, D the loss's derivatives by what
they were computed from, and Z that itself, for the activations whose slope needs it. Parameters and gradients are
flat, in the order of `model.parameters()`.
"""

from moons.kernel.epochs import train_epochs, warm_up

__all__ = ["train_epochs", "warm_up"]
