"""One training step, opened: every number of the loop's six lines, as PyTorch's autograd has it."""

from moons.inspection.step.chain import Chain, Factor, Source, Spread, chain, spread
from moons.inspection.step.difference import Difference, finite_difference, parameter_index, parameter_place
from moons.inspection.step.opened import Layer, Parameter, Step, open_step
from moons.inspection.step.uncleared import Uncleared, uncleared

__all__ = ["Chain", "Difference", "Factor", "Layer", "Parameter", "Source", "Spread", "Step", "Uncleared"]
__all__ += ["chain", "finite_difference", "open_step", "parameter_index", "parameter_place", "spread", "uncleared"]
