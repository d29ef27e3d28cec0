"""The terms of the field, each in a sentence or two, one click from where it stands."""

import re
from functools import cache
from html import escape
from itertools import pairwise

import streamlit as st

from dashboard.app import events as e
from dashboard.app.questions import SHOWN
from dashboard.page import component, session, settings
from dashboard.page.language import _
from moons.explore.settings import SETTINGS
from moons.fields import N_

# key -> the term, and what it means; in the order in which a beginner meets them
TERMS: dict[str, tuple[str, str]] = {
    "dataset": (N_("dataset"), N_("The examples to learn from. Here each is a point: two numbers, and its class.")),
    "feature": (N_("feature"), N_("A number that describes an example. Here a point has two: x0 and x1.")),
    "label": (
        N_("label, class"),
        N_("The right answer for an example: the group it belongs to, as 0, 1, …"),
    ),
    "tensor": (
        N_("tensor"),
        N_("Numbers in a block with a shape: (256, 2) is 256 rows of 2. PyTorch computes with them."),
    ),
    "dtype": (N_("dtype"), N_("The kind of number a tensor holds: float32 has about 7 digits, int64 whole numbers.")),
    "device": (N_("device"), N_("Where a tensor is stored and computed with: the CPU or a GPU.")),
    "training_set": (N_("training set"), N_("The points that the network learns from.")),
    "test_set": (
        N_("test set"),
        N_("Points that it never learns from. They tell whether it understood or memorised."),
    ),
    "unit": (
        N_("unit, neuron"),
        N_("Multiplies its inputs by its weights, adds its bias, and applies the activation."),
    ),
    "layer": (
        N_("layer"),
        N_("A group of units that all get the same inputs. A hidden layer is one that is neither input nor output."),
    ),
    "weight": (N_("weight"), N_("The number by which a unit multiplies one of its inputs. Training changes it.")),
    "bias": (N_("bias"), N_("The number a unit adds to its sum. It lets the unit's line lie anywhere.")),
    "parameter": (N_("parameter"), N_("Any number that training changes: all weights and biases.")),
    "activation": (
        N_("activation, ReLU"),
        N_(
            "What a unit does to its sum. ReLU keeps what is above 0 and makes the rest 0. Without one the "
            "boundary stays straight."
        ),
    ),
    "forward": (N_("forward"), N_("From the inputs through all layers to the logits.")),
    "logit": (
        N_("logit"),
        N_(
            "The score of one class: any number, also below 0. Only its distance to the other logits counts. Not "
            "a probability."
        ),
    ),
    "softmax": (
        N_("softmax"),
        N_("Turns logits into probabilities: e to the power of each, divided by the sum of all."),
    ),
    "argmax": (
        N_("arg-max"),
        N_("The index of the largest number. The classes are numbered 0, 1, …, so that index is the class."),
    ),
    "boundary": (N_("decision boundary"), N_("Where the predicted class changes from one to the other.")),
    "accuracy": (
        N_("accuracy"),
        N_("The share of points put in the right class. With two classes of equal size, guessing gets 50%."),
    ),
    "loss": (
        N_("loss, cross-entropy"),
        N_(
            "How wrong the network is, as one number: the mean of −ln of the true class's "
            "probability. 0 is perfect; guessing gets ln of the number of classes."
        ),
    ),
    "gradient": (
        N_("gradient"),
        N_("For each parameter: how much the loss would grow if it grew a little. The update goes the other way."),
    ),
    "backpropagation": (
        N_("backpropagation"),
        N_(
            "How all gradients are found in one pass from the loss back to the inputs, by the chain rule. "
            "backward() does it."
        ),
    ),
    "zero_grad": (N_("zero_grad"), N_("Sets all gradients to 0, as backward() adds to what is there.")),
    "learning_rate": (N_("learning rate"), N_("How far an update goes: the gradient is multiplied by it.")),
    "optimizer": (
        N_("optimiser, SGD"),
        N_("The rule that turns gradients into updates. SGD: new = old − rate × gradient."),
    ),
    "training": (
        N_("training"),
        N_("Changing the weights and biases, update by update, so that the loss falls. Train begins it or goes on."),
    ),
    "run": (N_("run"), N_("One training from the initial weights to the end, with all that was recorded on the way.")),
    "epoch": (N_("epoch"), N_("One pass over all training points.")),
    "batch": (N_("batch"), N_("The points of one update. Here all at once, unless you set a batch size.")),
    "chance": (
        N_("chance level"),
        N_("The result of guessing: with two classes a loss of ln 2 = 0.693, and half the points right."),
    ),
    "overfitting": (
        N_("overfitting"),
        N_("The training points get better while fresh ones get worse: the network memorises the noise."),
    ),
    "underfitting": (
        N_("underfitting"),
        N_("The network is too simple for the points, so even the training points stay wrong."),
    ),
    "dead_relu": (
        N_("dead ReLU"),
        N_("A unit that gives 0 for every point. No gradient passes, so it never learns again."),
    ),
    "saturation": (
        N_("saturation"),
        N_("A tanh or sigmoid unit whose sum is so far from 0 that its curve is flat: almost no gradient passes."),
    ),
    "vanishing": (
        N_("vanishing gradient"),
        N_(
            "A gradient that shrinks from layer to layer on its way back, until the first layers hardly learn. "
            "Exploding: it grows."
        ),
    ),
    "seed": (N_("seed"), N_("A number that decides what is drawn at random. The same seed draws the same.")),
    "checksum": (N_("checksum"), N_("A short number computed from many. If two differ, the many differ.")),
    "step": (N_("step, update"), N_("One change of all weights and biases, after one forward and one backward.")),
    "autograd": (
        N_("autograd"),
        N_("The part of PyTorch that records each operation, so that backward() finds gradients."),
    ),
    "cost": (N_("cost"), N_("The loss of a single point. The loss of the network is the mean over all points.")),
    "nats": (
        N_("nats"),
        N_(
            "The unit of a loss that is made with ln, the natural logarithm. With log2 it would be bits: 1 nat is 1.44."
        ),
    ),
    "r2": (
        N_("R²"),
        N_("How much of the numbers' variance a prediction explains: 1 is perfect, 0 is always predicting the mean."),
    ),
    "momentum": (
        N_("momentum"),
        N_("An optimiser's memory: it keeps part of the last update, so it speeds up where gradients agree."),
    ),
    "adam": (N_("Adam"), N_("Momentum, and for each weight a step length of its own, by the size of its gradients.")),
    "schedule": (N_("schedule"), N_("How the learning rate changes over the run.")),
    "weight_decay": (
        N_("weight decay, L2, L1"),
        N_("A penalty on large weights, which pulls them towards 0. L1 pulls all alike, L2 large ones more."),
    ),
    "dropout": (N_("dropout"), N_("In each update a random share of the hidden units sits out, against memorising.")),
    "clipping": (N_("clipping, norm"), N_("The norm is a gradient's length over all weights. Clipping shortens it.")),
    "standardise": (N_("standardise"), N_("Shift and scale an input to mean 0 and standard deviation 1.")),
    "noise": (
        N_("noise"),
        N_("Randomness in the data: how far points stray from their shape, or how many labels are wrong."),
    ),
    "initial": (N_("initial weights"), N_("The random numbers that training starts from; a seed decides them.")),
    "patience": (N_("early stopping"), N_("Ending a run by its loss, its score, or a lack of progress.")),
    "probability": (N_("probability"), N_("A number from 0 to 1: how sure the network is of a class.")),
    "uncertainty": (
        N_("uncertainty"),
        N_("How undecided the network is: largest where all classes are equally likely."),
    ),
    "principal": (
        N_("principal component"),
        N_("The direction in which points spread most; the second one is at right angles to it."),
    ),
    "roc": (
        N_("ROC, precision, recall"),
        N_(
            "Recall (true positive rate): of the points of a class, the share that is predicted as it. "
            "Precision: of the points predicted as a class, the share that belongs to it. False positive "
            "rate: of the points of other classes, the share predicted as this one. ROC: true positive rate "
            "against false positive rate."
        ),
    ),
    "calibration": (
        N_("calibration"),
        N_("Whether a probability can be trusted: of the points given 80%, about 80% should be of that class."),
    ),
    "curvature": (
        N_("curvature, eigenvalue"),
        N_("How fast the slope changes. Steps must be short where it is large."),
    ),
    "hinge": (
        N_("hinge line"),
        N_("Where a ReLU unit's sum is 0: on one side of this line it gives 0, on the other more than 0."),
    ),
    "importance": (
        N_("importance"),
        N_("How much a setting decides whether a run is among the best of a search."),
    ),
    "sweep": (
        N_("sweep"),
        N_("Many runs, one for each value of a setting, or for each pair of values of two settings."),
    ),
    "search": (
        N_("search"),
        N_("Many runs with settings chosen by an algorithm, which learns from each run which ones to try next."),
    ),
    "learning_curve": (
        N_("learning curve"),
        N_("The score against the number of training points. Where it still rises, more points would help."),
    ),
    "landscape": (
        N_("loss landscape"),
        N_("The loss as a height over the weights. Training goes downhill on it. A map shows a plane through it."),
    ),
    "confusion": (
        N_("confusion matrix"),
        N_("A table of counts: a row for each true class, a column for each predicted one. The diagonal is right."),
    ),
    "log_scale": (
        N_("log scale"),
        N_("An axis on which each step multiplies, by 10 for instance, so that small values can be told apart too."),
    ),
    "contour": (N_("contour line"), N_("A line along which the network's answer is the same.")),
}
# what a label calls a term, where it isn't the term's own name
ALIASES = {
    "class": "label", "classes": "label", "points": "dataset", "transfer": "device", "inputs": "feature",
    "batch": "batch", "units": "unit", "layers": "layer", "hidden": "layer", "optimiser": "optimizer", "optimizer":
    "optimizer", "mean": "loss", "huber": "loss", "cross-entropy": "loss", "stop": "patience", "loss": "loss",
    "held-out": "test_set", "test": "test_set", "training": "training_set", "weights": "weight", "gradients":
    "gradient", "gradient": "gradient", "sgd": "optimizer", "rmsprop": "optimizer", "nesterov": "momentum",
    "adamw": "adam", "relu": "activation", "epochs": "epoch", "score": "accuracy", "eigenvalue": "curvature",
    "positive": "roc", "true": "label", "predicted": "label", "updates": "step", "prediction": "label", "softmax":
    "softmax", "logits": "logit", "network": "layer", "data": "dataset", "share": "probability", "stability":
    "curvature", "variance": "r2", "rate": "learning_rate", "norm": "clipping", "elu": "activation", "gelu":
    "activation", "silu": "activation", "softplus": "activation", "tanh": "activation", "sigmoid": "activation",
    "linear": "activation", "l1": "weight_decay", "l2": "weight_decay", "cosine": "schedule", "warm-up": "schedule",
    "constant": "schedule", "exponential": "schedule", "decay": "schedule", "principal": "principal", "direction":
    "gradient", "runs": "run", "metrics": "accuracy", "space": "layer", "structure": "layer", "train": "training",
    "focal": "loss", "hinge": "loss", "squared": "loss", "brier": "loss", "seeds": "seed", "random": "landscape",
    "landscape": "landscape", "x0": "feature", "x1": "feature", "saturated": "saturation", "dead": "dead_relu",
}  # fmt: skip
# the same for whole labels whose words alone would lead elsewhere
WHOLE = {
    N_("Test loss"): "loss", N_("Training loss"): "loss", N_("Test accuracy, %"): "accuracy",
    N_("Accuracy on held-out points, %"): "accuracy", N_("R² on the test points"): "r2",
    N_("R² on held-out points"): "r2", N_("probability given"): "calibration",
    N_("share that came true"): "calibration", N_("mean probability"): "probability", N_("Hinge lines"): "hinge",
    N_("Contour lines"): "contour", N_("Mean output"): "activation", N_("Gradient norm"): "gradient",
    N_("length of the gradient"): "gradient", N_("value of the weight"): "weight",
}  # fmt: skip

# labels of the page, its axes and buttons that have no help of their own: one look at them shows the term
LABELS = (
    N_("Train"), N_("Step"), N_("Epoch"), N_("Loss"), N_("Accuracy"), "R²", N_("Units"), N_("Layers"),
    N_("Hidden space"), N_("Metrics"), N_("Structure"), N_("Dataset"), N_("Device"), N_("Curvature"), N_("Gradients"),
    N_("Weights"), N_("Gradient norm"), N_("Loss (mean per point)"),
    N_("Loss (standardised)"),
    N_("Loss (nats per point)"), N_("Training loss"), N_("Test loss"),
    N_("Training points"), N_("Test accuracy, %"), N_("Accuracy, %"), N_("R² on the test points"), N_("learning rate"),
    N_("length of the gradient"), N_("updates from here"), N_("value of the weight"), N_("Test points"), N_("Runs"),
    N_("false positive rate"), N_("true positive rate"), N_("Calibration"), N_("Bias"), N_("Weight"), N_("Gradient"),
    N_("Seeds"), N_("Sweep"), N_("Search"), N_("Learning curve"), N_("Landscape"), "x0", "x1",
    N_("probability given"), N_("share that came true"), N_("true {name}"), N_("predicted {name}"), N_("unit {unit}"),
    N_("first principal component"), N_("second principal component"), N_("first random direction"),
    N_("second random direction"), N_("first principal direction: {share} of the variance"),
    N_("second principal direction: {share}"), N_("mean probability"), N_("Mean probability of {name}"),
    N_("Mean output"), N_("Saturated"), N_("Dead units"),
    N_("Importance, %"), N_("Accuracy on held-out points, %"), N_("R² on held-out points"),
)  # fmt: skip


# switches, and what they do: where a narrow page leaves out the sign for help, their labels tell it
SWITCHES = {
    N_("Instant"): N_("Any change of a setting shows the finished run at once. Train then plays it from the start."),
    N_("Look inside"): N_("Shows the network: each unit's activation over the plane, while it trains."),
}


def meanings() -> dict[str, tuple[str, str]]:
    """What each of LABELS means, in the session's language: its term, and a sentence about it."""
    return _meanings(session.language())


@cache
def _meanings(_language: str) -> dict[str, tuple[str, str]]:
    labels = (*LABELS, *(setting.name for setting in SETTINGS.values()))  # which stand on the axes of a sweep
    known = ((label, TERMS[term]) for label in labels if (term := term_of(label)))
    terms = {_(label): (_with_english(name), _(meaning)) for label, (name, meaning) in known}
    return terms | {_(label): (_(label), _(meaning)) for label, meaning in SWITCHES.items()}


def show_meanings() -> None:
    """The script that shows what a label means, beside it."""
    mount = component.component("terms", "terms.js", html="<i hidden></i>")
    mount(key="meanings", data=meanings(), width="content", height="content")


def term_of(label: str) -> str | None:
    """The key of the term that an English label speaks of; None if there is none."""
    names = _keys()
    if label in WHOLE:
        return WHOLE[label]
    if label.lower() in names:
        return names[label.lower()]
    words = re.findall(r"[\w²-]+", label.lower())
    spoken = [ALIASES.get(word) or names.get(word) for word in words]
    pairs = [names.get(f"{one} {two}") for one, two in pairwise(words)]
    return next(filter(None, [*pairs, *spoken]), None)


@cache
def _keys() -> dict[str, str]:
    """Each name of a term -> its key."""
    return {name.strip().lower(): key for key, (term, _meaning) in TERMS.items() for name in term.split(",")}


def explain(*terms: str) -> None:
    """The terms of a screen, each a press away from its meaning, which opens below them and covers nothing."""
    said = "".join(map(_told, terms))
    st.html(f'<div class="terms"><span>{escape(_("Terms"))}</span>{said}</div>')


def _told(key: str) -> str:
    name, meaning = TERMS[key]
    told = f"<b>{escape(_with_english(name))}</b><br>{escape(_(meaning))}"
    return f'<details name="terms"><summary>{escape(_(name))}</summary><p>{told}</p></details>'


def offer() -> None:
    """A button that opens the whole glossary over the page."""
    if st.button(_("Glossary"), key="all_terms", type="tertiary", icon=":material/menu_book:", help=_("Glossary")):
        st.dialog(_("Glossary"), width="medium")(_all)()


def _all() -> None:
    if st.button(_("One step at a time"), key="tour_again", icon=":material/route:"):
        session.try_send(e.TourMoved(0))
        st.rerun()
    wanted = st.text_input(
        _("Find a term"), key="find_term", placeholder=_("for example: logit"), label_visibility="collapsed"
    )
    texts = {key: (_with_english(name), _(meaning)) for key, (name, meaning) in TERMS.items()}
    found = [key for key, said in texts.items() if _matches(wanted, *said)]
    for key in sorted(found, key=lambda key: not _matches(wanted, texts[key][0])):  # a term's own name comes first
        name, meaning = texts[key]
        st.markdown(f"**{name}**  \n{meaning}")
        if key in SHOWN and "rooms" not in session.state().view.hidden and _is_asked(key):
            st.rerun()  # which closes the glossary
    if not found:
        st.caption(_("No such term here."))


def _is_asked(key: str) -> bool:
    """A button that opens the screen that shows the term; whether it was pressed."""
    return st.button(
        _("Show it with my run"), key=f"shown_{key}", icon=":material/school:", type="tertiary",
        on_click=settings.send, args=(e.Asked(key),),
    )  # fmt: skip


def _with_english(name: str) -> str:
    """A term, and in another language its English name beside it: the one that code and other books have."""
    return name if _(name) == name else f"{_(name)} ({name})"


def _matches(wanted: str, *texts: str) -> bool:
    sought = _plain(wanted)
    return any(sought in _plain(text) for text in texts)


def _plain(text: str) -> str:
    """Without what spellings differ in: arg-max and argmax, optimizer and optimiser."""
    return text.strip().lower().replace("-", "").replace("optimis", "optimiz")
