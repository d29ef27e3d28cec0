"""Rules for a run that its training holds below what its points allow, the most particular cause first.

All but `pulled` and `unscaled` are asked only of a run whose loss stands still, or never got below chance.
"""

import math

from moons.fields import N_
from moons.inspection.health.diagnosis import (
    HIGH_DROPOUT,
    RISING,
    STEEP,
    Diagnosis,
    reached,
    standing,
    stuck,
    told,
    was_thrown,
)
from moons.inspection.health.remedy import ADAM, STANDARDISE, STANDARDISE_ALL, USUAL_RATE, change, scale_rate
from moons.inspection.health.signs import Signs
from moons.run import Experiment

SWINGING = 0.01  # mean change per epoch, of the loss: a smooth fall of so much would not look flat
CLIPPED = 10.0  # times shorter than it was: a step that has become a crawl


def penalised(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """L1 or L2 holds the weights."""
    now = experiment.training_now
    if now.l1 == 0 and now.weight_decay == 0:
        return None
    return standing(
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
    return standing(
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
        change(experiment, STANDARDISE_ALL if target else STANDARDISE, "data", standardise=True),
    )


def clipped(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """Clipping makes crawling steps of long ones."""
    clip, norm = experiment.training_now.clip_norm, math.hypot(*signs.gradient_norms)
    if clip is None or norm < CLIPPED * clip:
        return None
    return standing(
        signs,
        N_("The gradient's norm is {norm:.2g}, and clipping cuts it to {clip:g}: the steps are too short."),
        {"norm": norm, "clip": clip},
        change(experiment, N_("Train without clipping"), "training", clip_norm=None),
    )


def swinging(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """The loss goes up and down and stays where it is."""
    if signs.swing < SWINGING:
        return None
    return standing(
        signs,
        N_("From epoch to epoch it changes by {swing:.1%}: with a rate of {rate:g} the updates jump to and fro."),
        {"swing": signs.swing, "rate": experiment.training_now.learning_rate},
        scale_rate(experiment, 0.1),
    )


def slow(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """There is a slope, and the steps are too short for it."""
    if max(signs.gradient_norms) < STEEP * signs.scale:
        return None
    return standing(
        signs,
        N_("The gradient has a norm of {norm:.2g}, so there is a way down, but at a rate of {rate:g} steps are tiny."),
        {"norm": max(signs.gradient_norms), "rate": experiment.training_now.learning_rate},
        scale_rate(experiment, max(10.0, USUAL_RATE / experiment.training_now.learning_rate)),
    )


def flat(signs: Signs, experiment: Experiment) -> Diagnosis:
    """No other cause is left: the weights are where the loss is level."""
    if experiment.training_now.optimizer == "adam":
        remedy = change(experiment, N_("Start from other weights"), "model", seed=(experiment.model.seed + 1) % 10_000)
    else:
        remedy = change(experiment, ADAM, "training", optimizer="adam", learning_rate=USUAL_RATE)
    return standing(
        signs,
        N_(
            "The loss is level here, with a gradient of norm {norm:.1e}. That can pass, or it is a minimum "
            "that training can't leave."
        ),
        {"norm": max(signs.gradient_norms)},
        remedy,
    )
