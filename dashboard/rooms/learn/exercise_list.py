"""The exercises: one setting to change in the run at hand, and what to answer to each guess."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from moons import Experiment, ModelSpec
from moons.data import DataSpec
from moons.fields import N_, Between, rule_of


@dataclass(frozen=True)
class Exercise:
    """One thing to change. All texts are untranslated."""

    key: str
    change: Callable[[Experiment], Experiment]  # raises FieldError where the rules don't allow it
    why: str  # what is behind it, whatever the outcome
    lower: str  # to whoever expected that, where it isn't so
    higher: str

    def reply(self, guess: str) -> str:
        """What speaks against a wrong guess."""
        return {"lower": self.lower, "higher": self.higher}.get(guess, NO_CHANGE)


NO_CHANGE = N_("This setting does matter for your run.")


def _data(experiment: Experiment, **fields: object) -> Experiment:
    return replace(experiment, data=replace(experiment.data, **fields))  # type: ignore[arg-type]


def _model(experiment: Experiment, **fields: object) -> Experiment:
    return replace(experiment, model=replace(experiment.model, **fields))  # type: ignore[arg-type]


def _training(experiment: Experiment, **fields: object) -> Experiment:
    return replace(experiment, training=replace(experiment.training, **fields))  # type: ignore[arg-type]


def _noisier(experiment: Experiment) -> Experiment:
    return _data(experiment, noise=round(experiment.data.noise + 0.2, 6))


def _fewer_points(experiment: Experiment) -> Experiment:
    return _data(experiment, n_points=max(20, experiment.data.n_points // 16 * 2))


def _other_points(experiment: Experiment) -> Experiment:
    rule = rule_of(DataSpec, "seed")
    assert isinstance(rule, Between)
    return _data(experiment, seed=(experiment.data.seed + 1) % int(rule.high + 1))


def _wrong_labels(experiment: Experiment) -> Experiment:
    """Of classes; a number to predict has none."""
    return _data(experiment, label_noise=0.2) if experiment.data.class_count else experiment


def _wider(experiment: Experiment) -> Experiment:
    return _model(experiment, hidden=tuple(4 * units for units in experiment.model.hidden) or (16,))


def _deeper(experiment: Experiment) -> Experiment:
    return _model(experiment, hidden=(*experiment.model.hidden, 16), activations=())


def _restarted(experiment: Experiment) -> Experiment:
    rule = rule_of(ModelSpec, "seed")
    assert isinstance(rule, Between)
    return _model(experiment, seed=(experiment.model.seed + 1) % int(rule.high + 1))


def _straight(experiment: Experiment) -> Experiment:
    return _model(experiment, hidden=(), activations=())


EXERCISES: dict[str, tuple[Exercise, ...]] = {
    "data": (
        Exercise(
            "noise",
            _noisier,
            N_(
                "Where the classes overlap, no boundary can be right for all points. More training doesn't change that."
            ),
            N_("More noise never makes the shape easier to see."),
            N_("Noise costs something only where it closes the gap between the classes."),
        ),
        Exercise(
            "points",
            lambda experiment: _data(experiment, n_points=4 * experiment.data.n_points),
            N_("More points show more of the shape. It helps most where there were few, or where they are noisy."),
            N_("More points help only as long as the shape isn't clear yet."),
            N_("More points are more to fit, but the test asks for the shape, and that gets clearer."),
        ),
        Exercise(
            "few",
            _fewer_points,
            N_("With few points the network can fit them and still be wrong in the gaps between them."),
            N_("Few points are easy to fit, but the fresh ones lie elsewhere."),
            N_("Even these few points show the shape."),
        ),
        Exercise(
            "labels",
            _wrong_labels,
            N_("The network is taught the wrong labels too. Being sure then costs a lot wherever a label is wrong."),
            N_("Wrong labels hold no information that would help."),
            N_("The right labels around them outvoted the wrong ones."),
        ),
        Exercise(
            "draw",
            _other_points,
            N_("Another draw from the same shape. How far the result moves is how much of it is luck."),
            N_("This draw was not the luckier one."),
            N_("This draw was not the harder one."),
        ),
        Exercise(
            "scale",
            lambda experiment: _data(experiment, standardise=not experiment.data.standardise),
            N_("Standardised inputs have mean 0 and spread 1, so that one learning rate suits both."),
            N_("It helps most where the inputs' scales differ a lot."),
            N_("The scale of the inputs doesn't change what can be learned, only how fast."),
        ),
    ),
    "network": (
        Exercise(
            "units",
            _wider,
            N_("Each ReLU unit can bend the boundary once: more units, more bends, and more ways to get there."),
            N_("More units help only where there were too few bends."),
            N_("More units can overfit; here they didn't."),
        ),
        Exercise(
            "layer",
            _deeper,
            N_("A second layer bends what is bent already, so it often gets there in fewer epochs."),
            N_("One more layer is also one more through which gradients must pass."),
            N_("One more layer can be harder to train, but here it isn't."),
        ),
        Exercise(
            "one_unit",
            lambda experiment: _model(experiment, hidden=(1,), activations=()),
            N_("A single unit has a single hinge: the boundary stays straight, and some points stay wrong."),
            N_("A small network is quick to train, but it can't bend."),
            N_("For these points a straight boundary will do."),
        ),
        Exercise(
            "straight",
            _straight,
            N_("Without a hidden layer the logits are sums of the inputs, so the boundary is a straight line."),
            N_("It is simpler, but nothing in it can bend."),
            N_("For these points a straight boundary will do."),
        ),
        Exercise(
            "tanh",
            lambda experiment: _model(experiment, activation="tanh", activations=()),
            N_(
                "tanh bends smoothly where ReLU has a corner. Which one does better depends on the learning rate "
                "and the points."
            ),
            N_("Smooth isn't faster by itself: far out, tanh is flat and passes little gradient."),
            N_("tanh goes flat far out; here that did no harm."),
        ),
        Exercise(
            "zeros",
            lambda experiment: _model(experiment, init="zeros"),
            N_("All units start alike, get the same gradient and stay alike: many units do the work of one, or none."),
            N_("0 looks like a neutral start, but units that are equal can't learn different things."),
            N_("Your network has no units that must become different."),
        ),
    ),
    "training": (
        Exercise(
            "epochs",
            lambda experiment: _training(experiment, epochs=2 * experiment.epochs),
            N_(
                "Each epoch goes on from the last. The gain shrinks, and at some point the network memorises the noise."
            ),
            N_("There was little left to learn, or what is learned now is noise."),
            N_("It could have overfitted, but there was still something to learn."),
        ),
        Exercise(
            "rate",
            lambda experiment: _training(experiment, learning_rate=10 * experiment.training.learning_rate),
            N_("Ten times longer steps save epochs, until they are so long that they jump over the valley."),
            N_("Longer steps are faster only as long as they land lower."),
            N_("These steps are long, but still short enough to land lower."),
        ),
        Exercise(
            "slow",
            lambda experiment: _training(experiment, learning_rate=experiment.training.learning_rate / 100),
            N_("Steps a hundred times shorter get a hundredth as far in the same epochs."),
            N_("Small steps are careful, but they don't arrive."),
            N_("Your run had epochs to spare."),
        ),
        Exercise(
            "batch",
            lambda experiment: _training(experiment, batch_size=16),
            N_("Small batches give many updates an epoch, each from a rough estimate of the gradient."),
            N_("Many updates help while there is far to go; near the goal their noise gets in the way."),
            N_("A batch's gradient is rough, but many updates outweigh that."),
        ),
        Exercise(
            "adam",
            lambda experiment: _training(experiment, optimizer="adam"),
            N_("Adam scales each weight's step by its own earlier gradients, so flat directions move too."),
            N_("Adam is quick at first; in the end it can overfit, or jump about."),
            N_("Adam's steps are larger where gradients are small, and here that pays."),
        ),
        Exercise(
            "decay",
            partial(_training, weight_decay=0.1),
            N_("Weight decay pulls every weight towards 0. The network is less sure, and bends less."),
            N_("It helps against overfitting; here it mostly keeps the network from being sure."),
            N_("Smaller weights are less sure, but here they are also less wrong."),
        ),
    ),
    "luck": (
        Exercise(
            "restart",
            _restarted,
            N_("No setting has changed: only the random weights at the start. What differs at the end is luck."),
            N_("Nothing about these weights is better. A guess here can only be lucky."),
            N_("Nothing about these weights is worse. A guess here can only be lucky."),
        ),
        Exercise(
            "small_start",
            lambda experiment: _model(experiment, init_scale=round(experiment.model.init_scale / 10, 6)),
            N_("Weights near 0 give small gradients, so the first epochs are slow. After that the start matters less."),
            N_("A gentle start isn't a head start: the weights have farther to grow."),
            N_("The start was slower, but there were epochs enough to make up for it."),
        ),
        Exercise(
            "tenth",
            lambda experiment: _training(experiment, learning_rate=experiment.training.learning_rate / 10),
            N_("A tenth of the rate goes about a tenth of the way in the same epochs."),
            N_("Short steps are careful, but the run ends before it arrives."),
            N_("Your run had epochs to spare, or its steps were too long."),
        ),
        Exercise(
            "momentum",
            lambda experiment: _training(experiment, optimizer="momentum"),
            N_("Momentum adds up past steps: about ten times as far along a valley that keeps its direction."),
            N_("Going faster helps only where the valley goes on downhill, and the steps aren't too long already."),
            N_("Momentum can overshoot, but it swings back."),
        ),
        Exercise(
            "rmsprop",
            lambda experiment: _training(experiment, optimizer="rmsprop"),
            N_(
                "RMSprop scales each weight's step by the size of its recent gradients, as Adam does, without momentum."
            ),
            N_("Steps as long in flat places as in steep ones can also jump about, or overfit."),
            N_("Steps that stay long where gradients are small pay here."),
        ),
        Exercise(
            "cosine",
            lambda experiment: _training(experiment, schedule="cosine"),
            N_("The rate falls to 0 along half a cosine: on average half as far, and ever shorter steps at the end."),
            N_("Short steps at the end help where long ones jump about; yours didn't."),
            N_("It goes less far, but there was little left to go, or the short steps at the end made up for it."),
        ),
    ),
}
