"""Rules for a run that its network or its inputs hold back.

All but `straight` and `saturated` are asked only of a run whose loss stands still, or never got below chance.
"""

from moons.features import PLAIN
from moons.fields import N_
from moons.inspection.health.diagnosis import (
    REACHED,
    STEEP,
    Diagnosis,
    at_chance,
    reached,
    standing,
    standstill,
    stuck,
    told,
    was_thrown,
)
from moons.inspection.health.remedy import ACTIVATION, ROOM, USUAL_RATE, Remedy, change, scale_rate
from moons.inspection.health.signs import Signs
from moons.run import Experiment

DEAD = 0.5  # share of silent units: 0.44 at most in default runs, and they learn nevertheless
SATURATED = 0.7  # share of answers at the ends: 0.2 in networks that steps of a usual size have led there
VANISHING = 0.02  # first layer's gradient over the largest layer's: 0.1 or more in networks that learn
FEW_UNITS = 8  # in the narrowest hidden layer: each ReLU unit bends the boundary once, and spirals need a dozen bends
STEADY = 0.1  # rate of Adam or RMSprop above which ReLUs die of their steps; ten times as much for the others
UNSEEN = 0.1  # of the score that the points allow and the inputs don't: far above the noise of asking neighbours
TINY = 1e-30  # keeps a network without any gradient from dividing by 0


def unseen(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """It does as well as its inputs allow, and the points allow much more: a coordinate is missing."""
    if not (_is_blind(signs, experiment) and stuck(signs)) or reached(signs):
        return None
    if signs.train_score < signs.inputs_score - UNSEEN:
        return None
    features = tuple(dict.fromkeys((*PLAIN, *experiment.model.features)))
    return Diagnosis(
        "underfitting",
        standstill(signs),
        told(
            signs,
            N_("From these inputs alone, nearest neighbours get {inputs:.0%} right: no training makes up for that."),
            N_(
                "From these inputs alone, nearest neighbours have an R² of {inputs:.2f}: no training makes up for that."
            ),
        ),
        {
            "loss": signs.train_loss,
            "score": signs.train_score,
            "neighbours": signs.neighbour_score,
            "inputs": signs.inputs_score,
        },
        change(experiment, N_("Give it both x0 and x1"), "model", features=features),
    )


def _is_blind(signs: Signs, experiment: Experiment) -> bool:
    return bool(set(PLAIN) - set(experiment.model.features)) and signs.inputs_score < signs.attainable - UNSEEN


def straight(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """It can draw a straight line only, does so about as well as can be, and the points need a bend."""
    model = experiment.model
    bends = set(model.layer_activations) - {"linear"} or set(model.features) - set(PLAIN)
    if bends or reached(signs) or _is_blind(signs, experiment) or signs.train_score < signs.line_score - REACHED:
        return None
    if experiment.model.hidden:
        remedy = change(experiment, ACTIVATION, "model", activation="relu", activations=())
    else:
        remedy = change(experiment, N_("Add a hidden layer of 16 units"), "model", hidden=(ROOM,))
    return Diagnosis(
        "underfitting",
        told(
            signs,
            N_(
                "The boundary is a straight line, and {score:.0%} of the points are right; nearest neighbours "
                "get {neighbours:.0%} right."
            ),
            N_("The prediction is a plane, with an R² of {score:.2f}; nearest neighbours have {neighbours:.2f}."),
        ),
        N_("Without a hidden layer and an activation that bends, a network can't do better."),
        {"score": signs.train_score, "neighbours": signs.neighbour_score},
        remedy,
    )


def alike(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """All first weights were 0, so nothing tells one unit of a layer from another."""
    model = experiment.model
    random = model.init != "zeros" and model.init_scale > 0
    if not model.hidden or random or signs.by_hand is not None:
        return None
    label = N_("Start from random weights")
    return standing(
        signs,
        N_("All weights started at 0: the units of a layer get the same gradient, if any, and stay alike for ever."),
        {},
        change(experiment, label, "model", init="pytorch", init_scale=1.0),
    )


def dead(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """Half of a layer or more gives 0 whatever comes in."""
    if signs.dead < DEAD:
        return None
    return Diagnosis(
        "dead",
        N_("In one layer {dead:.0%} of the ReLU units give 0 for every training point."),
        N_("Where a ReLU gives 0 its slope is 0: no gradient passes, and such a unit learns no more."),
        {"dead": signs.dead},
        _revive(experiment),
    )


def _revive(experiment: Experiment) -> Remedy | None:
    """Undo what has silenced ReLUs: their start, or the steps; or else an activation that is never flat."""
    now = experiment.training_now
    if experiment.model.init_scale != 1:
        return change(experiment, N_("Start from random weights of the usual size"), "model", init_scale=1.0)
    adaptive = now.optimizer in ("adam", "adamw", "rmsprop")
    if now.learning_rate >= STEADY * (1 if adaptive else 10):
        return scale_rate(experiment, min(0.1, USUAL_RATE / now.learning_rate) if adaptive else 0.1)
    return change(experiment, ACTIVATION, "model", activation="leaky_relu", activations=())


def saturated(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """Most answers of a layer lie where its activation is flat, and the run is stuck, or was thrown there."""
    if signs.saturated < SATURATED or reached(signs) or not (stuck(signs) or was_thrown(signs)):
        return None
    pushed = N_(
        "There the activation is flat and lets almost no gradient pass. Large updates have pushed the units there."
    )
    by_hand = N_("There the activation is flat and lets almost no gradient pass. Weights were set by hand here.")
    return Diagnosis(
        "saturated",
        N_("In one layer {saturated:.0%} of the units' answers lie at an end of the {lowest:d} to 1 range."),
        pushed if signs.by_hand is None else by_hand,
        {"saturated": signs.saturated, "lowest": -1 if "tanh" in experiment.model.layer_activations else 0},
        scale_rate(experiment, 0.1) if signs.by_hand is None else None,
    )


def vanishing(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """The gradient shrinks from layer to layer on its way back: now, or in the untrained network already."""
    now, start = (norms[0] / max(*norms, TINY) for norms in (signs.gradient_norms, signs.start_norms))
    if len(experiment.model.hidden) < 2 or min(now, start) > VANISHING:
        return None
    norms = signs.gradient_norms if now <= start else signs.start_norms
    other = "relu" if "tanh" in experiment.model.layer_activations else "tanh"
    return Diagnosis(
        "vanishing",
        N_("The first layer's gradient has a norm of {first:.1e}, the largest layer's {largest:.1e}."),
        N_("Each layer shrinks the gradient on its way back, so the first ones hardly learn."),
        {"first": norms[0], "largest": max(norms)},
        change(experiment, ACTIVATION, "model", activation=other, activations=()),
    )


def narrow(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """A layer of few units, and no slope left to follow."""
    fewest = min(experiment.model.hidden, default=ROOM)
    if fewest > FEW_UNITS or (at_chance(signs) and max(signs.gradient_norms) >= STEEP * signs.scale):
        return None
    wider = tuple(max(ROOM, units) for units in experiment.model.hidden)
    return Diagnosis(
        "underfitting",
        standstill(signs),
        N_("The narrowest hidden layer is {units} wide: too few units to bend as the points need."),
        {
            "loss": signs.train_loss,
            "score": signs.train_score,
            "neighbours": signs.neighbour_score,
            "units": fewest,
        },
        change(experiment, N_("Give each hidden layer at least 16 units"), "model", hidden=wider),
    )
