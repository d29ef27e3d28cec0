"""Rules about the run as a whole: does it diverge, has it begun, can the data be learned, is it learned by heart."""

from moons.fields import N_
from moons.inspection.health.diagnosis import RISING, SOLVED, Diagnosis, is_rare, reached, told, was_thrown
from moons.inspection.health.remedy import change, longer, scale_rate
from moons.inspection.health.signs import Signs
from moons.run import Experiment

EARLY_UPDATES = 200  # too few to judge by; after as many every default run is below 0.6 nats, where guessing has 0.69
ENOUGH_POINTS = 60  # below, asking neighbours tells shuffled labels from noisy ones no better than chance
UNRELATED = 0.05  # R² that neighbours or a plane have on numbers that were shuffled: below 0, about 2 / n
SHUFFLED_ERRORS = 3.0  # standard errors above chance; labels that mean something lie further out
UNDERSTOOD = 0.15  # of the test score above what neighbours tell: the network has found what few points hide
MISSED = 0.5  # recall below which a class is as good as ignored
CONTRADICTORY = 0.05  # share of the points
OVERFIT_RISE = 1.2  # test loss over its best: above 1.0 in no default run
OVERFIT_GAP = 0.05  # training score over test score: at most 0.04 in default runs
SHORT = 0.1  # norm to clip at: at rates of 3 to 10 deep networks learned with it, and with 1.0 they did not
EXPLODING = 10.0  # norm of a layer's gradient, in units of Signs.scale: at most 1 in default runs

TOO_LARGE = N_("The learning rate of {rate:g} is too large: each update overshoots and the next one corrects too much.")
TOO_LARGE_BY_HAND = N_(
    "Weights were set by hand at epoch {by_hand:,}: from there, a learning rate of {rate:g} makes updates overshoot."
)
TOO_EARLY = N_("Too few updates to tell more.")


def exploding(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """A deep network's gradient has grown by orders of magnitude."""
    largest = max(signs.gradient_norms)
    if reached(signs) or len(experiment.model.hidden) < 2 or largest < EXPLODING * signs.scale:
        return None
    clipped = change(experiment, N_("Clip gradients to a norm of {clip_norm:g}"), "training", clip_norm=SHORT)
    return Diagnosis(
        "exploding",
        N_("A layer's gradient has a norm of {largest:.3g}; at the start the largest was {start:.3g}."),
        N_("Each layer multiplies the gradient on its way back, so in a deep network it can grow out of hand."),
        {"largest": largest, "start": max(signs.start_norms)},
        clipped or scale_rate(experiment, 0.1),
    )


def not_finite(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """Training ended, as the loss is no finite number."""
    if signs.finite:
        return None
    return _diverging(
        signs,
        experiment,
        N_("Training ended after epoch {epoch:,}: the loss is no finite number any more. Its largest was {peak:.3g}.")
        if signs.epoch
        else N_("Training ended within the first epoch: the loss is no finite number any more."),
        {"epoch": signs.epoch, "peak": signs.peak_loss},
    )


def thrown(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """An update threw the loss far up, and it has not come down since."""
    if reached(signs) or not was_thrown(signs):
        return None
    return _diverging(
        signs,
        experiment,
        N_(
            "The loss jumped from {start:.2f} at epoch {since:,} to {peak:.3g} at epoch {peak_epoch:,}. "
            "Now it is {loss:.3g}."
        )
        if signs.since
        else N_(
            "The loss jumped from {start:.2f} at the start to {peak:.3g} at epoch {peak_epoch:,}. Now it is {loss:.3g}."
        ),
        {
            "peak": signs.peak_loss,
            "peak_epoch": signs.peak_epoch,
            "since": signs.since,
            "start": signs.start_loss,
            "loss": signs.train_loss,
        },
    )


def untrained(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """Before the first update, with the weights that it was built with."""
    if signs.epoch > 0 or signs.by_hand is not None or not signs.finite:
        return None
    return Diagnosis(
        "untrained",
        told(
            signs,
            N_("The network has not learned anything yet: loss {loss:.2f}, accuracy {score:.1%}."),
            N_("The network has not learned anything yet: its loss is {loss:.2f}."),
        ),
        told(
            signs,
            N_("Its weights are random. Guessing would have a loss of {guess:.2f}."),
            N_("Its weights are random. Always predicting the mean would have a loss of {guess:.2f}."),
        ),
        {"loss": signs.train_loss, "score": signs.train_score, "guess": signs.guess_loss},
        None,
    )


def set_by_hand(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """Weights were set by hand, or loaded, too few updates ago to judge by."""
    if signs.by_hand is None or signs.updates >= EARLY_UPDATES or not signs.finite:
        return None
    return Diagnosis(
        "learning",
        N_("Weights were set by hand at epoch {by_hand:,}, where the loss was {start:.3g}. Now it is {loss:.3g}.")
        if signs.updates
        else N_("Weights were set by hand at this epoch: with them, the loss is {loss:.3g}."),
        TOO_EARLY,
        {"by_hand": signs.by_hand, "start": signs.start_loss, "loss": signs.train_loss},
        None,
    )


def just_started(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """Too few updates to judge by, unless they have solved it. At the end of a run, the remedy is a longer one."""
    if signs.updates >= EARLY_UPDATES or (reached(signs) and signs.train_loss < SOLVED * signs.scale):
        return None
    return Diagnosis(
        "learning",
        N_("At update {updates:,} the loss has gone from {start:.3g} to {loss:.3g}.")
        if f"{signs.start_loss:.3g}" != f"{signs.train_loss:.3g}"
        else N_("At update {updates:,} the loss is {loss:.3g}, almost the same as at the start."),
        TOO_EARLY,
        {"updates": signs.updates, "start": signs.start_loss, "loss": signs.train_loss},
        longer(experiment) if signs.epoch == experiment.epochs else None,
    )


def shuffled(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """Where a point lies says nothing about its class, to neighbours or to a line."""
    if not signs.n_classes:
        return _unrelated(signs)
    chance = float(signs.shares.max())
    error = (chance * (1 - chance) / signs.n_points) ** 0.5
    if signs.n_points < ENOUGH_POINTS or signs.attainable > chance + SHUFFLED_ERRORS * error or is_rare(signs):
        return None
    if signs.test_score > signs.attainable + UNDERSTOOD:
        return None
    return Diagnosis(
        "shuffled",
        N_("A point's nearest neighbours tell its class in {neighbours:.0%} of cases; guessing does in {chance:.0%}."),
        N_("Points and labels don't belong together: one or the other was mixed up on the way. Look at the data."),
        {"neighbours": signs.neighbour_score, "chance": chance},
        None,
    )


def _unrelated(signs: Signs) -> Diagnosis | None:
    """The same of numbers to predict."""
    if signs.n_points < ENOUGH_POINTS or signs.attainable > UNRELATED:
        return None
    return Diagnosis(
        "shuffled",
        N_("A point's nearest neighbours explain {neighbours:.0%} of how the numbers differ: as good as nothing."),
        N_("Points and numbers don't belong together, or noise hides how: they may be mixed up. Look at the data."),
        {"neighbours": max(0.0, signs.attainable)},
        None,
    )


def contradictory(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """Points of several classes at the same places."""
    if signs.contradictory < CONTRADICTORY:
        return None
    return Diagnosis(
        "data",
        N_("{share:.0%} of the points lie where most others have another class: no boundary gets them right."),
        N_("The same inputs have several classes. Another column may tell them apart. Look at the data."),
        {"share": signs.contradictory},
        None,
    )


def unbalanced(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """A rare class is as good as ignored."""
    if not signs.n_classes:
        return None
    rarest = int(signs.shares.argmin())
    if not is_rare(signs) or signs.recalls[rarest] >= MISSED:
        return None
    return Diagnosis(
        "unbalanced",
        N_(
            "Class {rarest} has {share:.1%} of the points, and {recall:.0%} of those are found. "
            "An accuracy of {score:.1%} hides it."
        ),
        N_(
            "Always predicting the majority class is nearly always right, so the loss has little to"
            " gain from the rare one."
        ),
        {
            "rarest": signs.class_names[rarest],
            "share": float(signs.shares[rarest]),
            "recall": float(signs.recalls[rarest]),
            "score": signs.train_score,
        },
        None,
    )


def overfitting(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """Test points do worse than they did, and worse than training points."""
    gap = signs.train_score - signs.test_score
    if signs.test_loss < OVERFIT_RISE * signs.best_test_loss or gap < OVERFIT_GAP:
        return None
    stop = change(experiment, N_("Stop at epoch {epochs:,}"), "training", epochs=max(1, signs.best_test_epoch))
    return Diagnosis(
        "overfitting",
        told(
            signs,
            N_(
                "The gap opened at epoch {opened:,}: since then the test loss rose from {best:.2f} to {test_loss:.2f}. "
                "Accuracy is {train:.1%} on training points, {test:.1%} on fresh ones."
            ),
            N_(
                "The gap opened at epoch {opened:,}: since then the test loss rose from {best:.2g} to {test_loss:.2g}. "
                "R² is {train:.2f} on training points, {test:.2f} on fresh ones."
            ),
        ),
        N_("The network memorises the noise of its training points."),
        {
            "opened": signs.best_test_epoch,
            "best": signs.best_test_loss,
            "test_loss": signs.test_loss,
            "train": signs.train_score,
            "test": signs.test_score,
        },
        stop,
    )


def rising(signs: Signs, experiment: Experiment) -> Diagnosis | None:
    """The loss climbs, without a jump."""
    now = experiment.training_now
    if reached(signs) or signs.drop > RISING or now.l1 or now.weight_decay:
        return None
    return _diverging(
        signs,
        experiment,
        N_("The loss rises: it is {loss:.3g}, {rise:.0%} more than at epoch {half:,}."),
        {"loss": signs.train_loss, "rise": -signs.drop, "half": signs.half},
    )


def _diverging(signs: Signs, experiment: Experiment, sentence: str, evidence: dict[str, float | int]) -> Diagnosis:
    """Updates are too long for the weights that training led to; or for those set by hand.

    No rate is a remedy for the latter: what is steady from the start need not be so from there.
    """
    values = evidence | {"rate": experiment.training_now.learning_rate, "by_hand": signs.by_hand or 0}
    if signs.by_hand is not None:
        return Diagnosis("diverging", sentence, TOO_LARGE_BY_HAND, values, None)
    return Diagnosis("diverging", sentence, TOO_LARGE, values, scale_rate(experiment, 0.1))
