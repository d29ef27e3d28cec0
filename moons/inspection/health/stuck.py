"""Rules for a run that is stuck below what its points allow: why, from the most particular cause to the most general.

All but `straight` and `saturated` are asked only of a run whose loss stands still, or never got below chance.
"""

import math

from moons.features import PLAIN
from moons.fields import N_
from moons.inspection.health.diagnosis import (
    HIGH_DROPOUT,
    REACHED,
    RISING,
    Diagnosis,
    at_chance,
    reached,
    stuck,
    told,
    was_thrown,
)
from moons.inspection.health.remedy import Remedy, change, scale_rate
from moons.inspection.health.signs import Signs
from moons.run import Experiment

DEAD = 0.5  # share of silent units: 0.44 at most in default runs, and they learn nevertheless
SATURATED = 0.7  # share of answers at the ends: 0.2 in networks that steps of a usual size have led there
VANISHING = 0.02  # first layer's gradient over the largest layer's: 0.1 or more in networks that learn
SWINGING = 0.01  # mean change per epoch, of the loss: a smooth fall of so much would not look flat
STEEP = 0.02  # norm of the largest gradient: a slope that can be followed, if the steps are long enough
FEW_UNITS = 8  # in the narrowest hidden layer: each ReLU unit bends the boundary once, and spirals need a dozen bends
STEADY = 0.1  # rate of Adam or RMSprop above which ReLUs die of their steps; ten times as much for the others
ROOM = 16  # units in a layer that has room to spare: the notebook's
CLIPPED = 10.0  # times shorter than it was: a step that has become a crawl
USUAL_RATE = 0.01  # the notebook's; Adam learns its points with it in a few hundred epochs
ACTIVATION = N_("Try the activation {activation}")
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
        _standstill(signs),
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
    return _standing(
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


def penalised(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """L1 or L2 holds the weights."""
    now = experiment.training_now
    if now.l1 == 0 and now.weight_decay == 0:
        return None
    return _standing(
        signs,
        N_("The penalty (L1 {l1:g}, L2 {l2:g}) pulls the weights towards 0 as strongly as the loss pulls them away."),
        {"l1": now.l1, "l2": now.weight_decay},
        change(experiment, N_("Train without a penalty"), "training", l1=0.0, weight_decay=0.0),
    )


def pulled(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """The loss climbs, as a penalty draws the weights in: no divergence."""
    return penalised(signs, experiment) if signs.drop <= RISING and not reached(signs) else None


def thinned(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """Too many units sit out."""
    now = experiment.training_now
    if now.dropout < HIGH_DROPOUT or not experiment.model.hidden:
        return None
    return _standing(
        signs,
        N_("In every update {dropout:.0%} of the hidden units sit out: too few are left to bend the boundary."),
        {"dropout": now.dropout},
        change(experiment, N_("Train without dropout"), "training", dropout=0.0),
    )


def unscaled(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """An input, or the number to predict, in units that training can't do with."""
    failed = not signs.finite or was_thrown(signs) or stuck(signs) or signs.epoch == experiment.epochs
    if not (signs.unscaled or signs.unscaled_target) or reached(signs) or not failed:
        return None
    target = signs.unscaled_target and not signs.unscaled
    return Diagnosis(
        "unscaled",
        told(
            signs,
            N_(
                "The loss is {loss:.3g}, and {score:.0%} of the points are right; nearest neighbours get "
                "{neighbours:.0%} right."
            ),
            N_("The loss is {loss:.3g}, with an R² of {score:.2f}; nearest neighbours have {neighbours:.2f}."),
        ),
        N_("The number to predict lies far from 0, or spreads much more or less than a unit.")
        if target
        else N_(
            "An input lies far from 0, or spreads much more or less than a unit: a rate that suits it suits no other."
        ),
        {"loss": signs.train_loss, "score": signs.train_score, "neighbours": signs.neighbour_score},
        None if target else change(experiment, N_("Standardise the inputs"), "data", standardise=True),
    )


def clipped(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """Clipping makes crawling steps of long ones."""
    clip, norm = experiment.training_now.clip_norm, math.hypot(*signs.gradient_norms)
    if clip is None or norm < CLIPPED * clip:
        return None
    return _standing(
        signs,
        N_("The gradient's norm is {norm:.2g}, and clipping cuts it to {clip:g}: the steps are too short."),
        {"norm": norm, "clip": clip},
        change(experiment, N_("Train without clipping"), "training", clip_norm=None),
    )


def swinging(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """The loss goes up and down and stays where it is."""
    if signs.swing < SWINGING:
        return None
    return _standing(
        signs,
        N_("From epoch to epoch it changes by {swing:.1%}: with a rate of {rate:g} the updates jump to and fro."),
        {"swing": signs.swing, "rate": experiment.training_now.learning_rate},
        scale_rate(experiment, 0.1),
    )


def slow(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """There is a slope, and the steps are too short for it."""
    if max(signs.gradient_norms) < STEEP * signs.scale:
        return None
    return _standing(
        signs,
        N_("The gradient has a norm of {norm:.2g}, so there is a way down, but at a rate of {rate:g} steps are tiny."),
        {"norm": max(signs.gradient_norms), "rate": experiment.training_now.learning_rate},
        scale_rate(experiment, max(10.0, USUAL_RATE / experiment.training_now.learning_rate)),
    )


def narrow(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """A layer of few units, and no slope left to follow."""
    fewest = min(experiment.model.hidden, default=ROOM)
    if fewest > FEW_UNITS or (at_chance(signs) and max(signs.gradient_norms) >= STEEP * signs.scale):
        return None
    wider = tuple(max(ROOM, units) for units in experiment.model.hidden)
    return Diagnosis(
        "underfitting",
        _standstill(signs),
        N_("The narrowest hidden layer is {units} wide: too few units to bend as the points need."),
        {
            "loss": signs.train_loss,
            "score": signs.train_score,
            "neighbours": signs.neighbour_score,
            "units": fewest,
        },
        change(experiment, N_("Give each hidden layer at least 16 units"), "model", hidden=wider),
    )


def flat(signs: Signs, experiment: Experiment) -> Diagnosis:
    """No other cause is left: the weights are where the loss is level."""
    if experiment.training_now.optimizer == "adam":
        remedy = change(experiment, N_("Start from other weights"), "model", seed=(experiment.model.seed + 1) % 10_000)
    else:
        label = N_("Try Adam, which lengthens its steps where it is level")
        remedy = change(experiment, label, "training", optimizer="adam", learning_rate=USUAL_RATE)
    return _standing(
        signs,
        N_(
            "The loss is level here, with a gradient of norm {norm:.1e}. That can pass, or it is a minimum "
            "that training can't leave."
        ),
        {"norm": max(signs.gradient_norms)},
        remedy,
    )


def _standing(signs: Signs, cause: str, evidence: dict[str, float | int], remedy: Remedy | None) -> Diagnosis:
    """A run that doesn't move: at chance level, or on a plateau below what the points allow."""
    values = {
        "loss": signs.train_loss,
        "score": signs.train_score,
        "chance": signs.chance_loss,
        "neighbours": signs.neighbour_score,
        "drop": signs.drop,
    }
    if at_chance(signs):
        sentence = told(
            signs,
            N_("The loss is {loss:.3f}, and guessing has {chance:.3f}: no better than chance, so far."),
            N_("The loss is {loss:.3g}, and always predicting the mean gives {chance:.3g}: no better, so far."),
        )
        return Diagnosis("at_chance", sentence, cause, values | evidence, remedy)
    return Diagnosis("plateau", _standstill(signs), cause, values | evidence, remedy)


def _standstill(signs: Signs) -> str:
    return told(
        signs,
        N_(
            "The loss stands at {loss:.3f}, and {score:.0%} of the points are right; nearest neighbours get "
            "{neighbours:.0%} right."
        ),
        N_("The loss stands at {loss:.3g}, with an R² of {score:.2f}; nearest neighbours have {neighbours:.2f}."),
    )
