"""Backpropagation's chain rule, read off an opened step: the factors whose product is a weight's gradient."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from moons.fields import N_, Between
from moons.inspection.step.opened import Layer, Step
from moons.task import Task


@dataclass(frozen=True)
class Factor:
    """One factor of a chain: its name, a template to translate and fill with `values`, and its number."""

    name: str
    values: dict[str, int]  # of units, counted from 0; `label`: of a class
    value: float


@dataclass(frozen=True)
class Source:
    """One way the loss reaches a unit: through `unit` of the next layer. Contributes gradient · weight."""

    unit: int
    gradient: float  # of the loss by that unit's z
    weight: float


@dataclass(frozen=True)
class Spread:
    """The parts that the points of a batch have in the gradient of one weight: it is their sum."""

    largest: tuple[tuple[int, float], ...]  # (row of the training set, its part), by size
    rest: float  # of all other points together
    gradient: float  # autograd's


@dataclass(frozen=True)
class Chain:
    """The factors whose product is the gradient of one weight; a hidden unit's first one is the sum of `sources`."""

    factors: tuple[Factor, ...]
    sources: tuple[Source, ...]  # none in the last layer
    gradient: float  # autograd's


def chain(step: Step, layer: int, unit: int, source: int | None) -> Chain:
    """How backpropagation makes the gradient of one weight, for a single point: gradient by z, times input.

    The weight leads from input `source` of layer `layer` (from 0) to its `unit`; None means the unit's bias. In the
    last layer the gradient by z is the loss's, of cross-entropy softmax − target; before it, the next layer's, led
    back through its weights and the activation's slope (D. Rumelhart, G. Hinton and R. Williams, Nature 323, 1986).

    Raises FieldError for a step of more than one point, and for a weight that isn't there.
    """
    _check("step.points", len(step.y), 1, 1)
    here = _checked(step, layer, unit, source)
    last = layer == len(step.layers) - 1
    sources = () if last else tuple(_sources(step.layers[layer + 1], unit))
    if last:
        factors = [Factor(_of_output(step, unit), {"label": unit}, float(here.dz[0, unit]))]
    else:
        led_back = sum(way.gradient * way.weight for way in sources)
        factors = [
            Factor(
                N_("how the loss changes with the activation of unit {unit}, from the next layer"),
                {"unit": unit},
                led_back,
            ),
            Factor(N_("slope of the activation of unit {unit}"), {"unit": unit}, float(here.slope[0, unit])),
        ]
        if step.dropout:
            name = N_("dropout of unit {unit}: 0 where it sits out")
            factors.insert(1, Factor(name, {"unit": unit}, float(here.mask[0, unit])))
    if source is None:
        return Chain(
            (*factors, Factor(N_("1, as the bias is added unchanged"), {}, 1.0)),
            sources,
            float(here.bias.gradient[unit]),
        )
    factors.append(Factor(N_("input {source} of the layer"), {"source": source}, float(here.inputs[0, source])))
    return Chain(tuple(factors), sources, float(here.weight.gradient[unit, source]))


def spread(step: Step, layer: int, unit: int, source: int | None, count: int = 4) -> Spread:
    """Which points make the gradient of one weight: each gives its gradient by z, times its input.

    `layer`, `unit` and `source` as in `chain`. Raises FieldError for a weight that isn't there.
    """
    here = _checked(step, layer, unit, source)
    parts = here.dz[:, unit].astype(float)
    if source is not None:
        parts = parts * here.inputs[:, source]
    first = np.argsort(-np.abs(parts), kind="stable")[:count]
    largest = tuple((int(step.points[k]), float(parts[k])) for k in first)
    gradient = here.bias.gradient[unit] if source is None else here.weight.gradient[unit, source]
    return Spread(largest, float(parts.sum() - parts[first].sum()), float(gradient))


def _checked(step: Step, layer: int, unit: int, source: int | None) -> Layer:
    _check("layer", layer, 0, len(step.layers) - 1)
    here = step.layers[layer]
    _check("unit", unit, 0, here.z.shape[1] - 1)
    if source is not None:
        _check("source", source, 0, here.inputs.shape[1] - 1)
    return here


def _sources(following: Layer, unit: int) -> Iterator[Source]:
    for k, weights in enumerate(following.weight.before):
        yield Source(k, float(following.dz[0, k]), float(weights[unit]))


def _of_output(step: Step, unit: int) -> str:
    if step.task is Task.REGRESSION:
        return N_("how the loss changes with the prediction")
    if step.loss_name != "cross_entropy":
        return N_("how the loss changes with logit {label}")
    if unit == step.y[0]:
        return N_(
            "how the loss changes with logit {label}: the probability of class {label}, minus 1 as it is the true class"
        )
    return N_("how the loss changes with logit {label}: the probability of class {label}, as it is not the true class")


def _check(field: str, value: int, low: int, high: int) -> None:
    Between(low, high, 1).check(field, value)
