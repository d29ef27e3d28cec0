"""What is said beside an opened step."""

from dashboard.page import session
from dashboard.page.glossary import TERMS
from dashboard.page.language import _
from moons import History
from moons.data import Dataset
from moons.fields import N_
from moons.inspection.step import Factor, Step
from moons.losses import CLASS_LOSSES

PARTS = ("forward", "loss", "append", "zero_grad", "backward", "step")  # of the loop, in the order of LINES
LESSONS = ("forward", "loss", "epoch", "zero_grad", "gradient", "step")  # the term whose screen tells more of each
LINES = (
    N_(
        "The inputs pass the network from left to right. Each unit multiplies its inputs by its weights and adds its "
        "bias; the activation bends the sum. Out come the logits: a score for each class, not yet probabilities."
    ),
    N_(
        "Softmax turns the logits into probabilities that add up to 1. The loss is −ln of the true class's one: "
        "sure and right costs almost nothing, sure and wrong costs a lot."
    ),
    N_("The loss goes into the log. It is the loss before this update, so epoch 0 is the untrained network."),
    N_("backward adds its gradients to those that are stored already, so those of the last step are set to 0 first."),
    N_(
        "Yes, backward is backpropagation: from the loss back to each weight. A gradient says how steeply the loss "
        "rises with that weight (below 0: falls); it is the product of the factors on its path."
    ),
    N_("Every weight takes a small step against its gradient, so that the loss falls."),
)


NUMBERS = {
    0: N_(
        "The inputs pass the network from left to right. Each unit multiplies its inputs by its weights and adds its "
        "bias; the activation bends the sum. Out comes one number: the prediction."
    ),
    1: N_("The loss says what the error costs: a prediction that is far off costs much more than one that is close."),
}  # what the lines say where a number is to be predicted


def factor(found: Factor, dataset: Dataset) -> str:
    """The name of one factor of a chain, in plain text."""
    values: dict[str, object] = {**found.values}
    if "label" in found.values:
        values["label"] = dataset.class_name(found.values["label"])
    return _(found.name).format(**values)


def _other_loss(step: Step) -> str:
    """What is said of a loss of classes that isn't cross-entropy."""
    entry = CLASS_LOSSES[step.loss_name]
    said = _("This run's loss is “{name}” instead of cross-entropy. {help}")
    return said.format(name=_(entry.label), help=_(entry.help))


def words(history: History, step: Step) -> dict[str, object]:
    """All sentences of the component, translated; names in braces are filled in the browser."""
    n_hidden, classes = len(step.layers) - 1, step.n_classes > 0
    lines = LINES if classes else [NUMBERS.get(number, line) for number, line in enumerate(LINES)]
    usual = step.loss_name == "cross_entropy"
    return {
        "lines": [_(line) if usual or not classes or n != 1 else _other_loss(step) for n, line in enumerate(lines)],
        "mark": _("Point at an underlined line, or press it, to see what it computes."),
        "back": _("Back"),
        "next": _("Next line"),
        "again": _("Next epoch"),
        "keys": _("Keys: ← →"),
        "titles": {
            "inputs": _("inputs"),
            "hidden": [_("layer {n}").format(n=n + 1) for n in range(n_hidden)]
            if n_hidden > 1
            else [_("hidden layer")] * n_hidden,
            "logits": _("logits") if classes else _("prediction"),
        },
        "point": _("Point {row}: x0 {x0}, x1 {x1}, class {y}")
        if classes
        else _("Point {row}: x0 {x0}, x1 {x1}, target {y}"),
        "batch": _("points: {n}; what a unit shows is the mean"),
        "pick": _("Training points. Press one to open the step that it alone would cause."),
        "moreUnits": _("+ {n} more"),
        "shapes": _("Shapes:"),
        "more": _("More in the lessons: {term}"),
        "lessons": [_(TERMS[key][0]) for key in LESSONS] if "lessons" not in session.state().view.hidden else [],
        "unit": _("Unit {unit}: z = {terms} = {z}; after the activation and dropout {h}")
        if step.dropout
        else _("Unit {unit}: z = {terms} = {z}; after the activation {h}"),
        "unitMean": _(
            "Unit {unit}: mean z {z}, mean after the activation and dropout {h}; above 0 for {on} of the points"
        )
        if step.dropout
        else _("Unit {unit}: mean z {z}, mean after the activation {h}; above 0 for {on} of the points"),
        "logit": _("Logit of class {unit}: {terms} = {z}") if classes else _("Prediction: {terms} = {z}"),
        "logitMean": _("Logit of class {unit}: mean {z}") if classes else _("Prediction: mean {z}"),
        "bias": _("bias"),
        "hint": _("Point at a unit or a line to see its numbers."),
        "line": _("A line is weight × what comes in:"),
        "lineGradient": _("A line is the gradient of its weight:"),
        "lineChange": _("A line is how far its weight moves:"),
        "positive": _("positive"),
        "negative": _("negative"),
        "softmax": _("softmax"),
        "share": _("softmax: {power} / ({powers}) = {p}"),
        "ofTrue": _("true class"),
        "cost": _("−ln {p} = {loss}"),
        "meanCost": _("mean of −ln p over all the points ({n}) = {loss}")
        if usual
        else _("mean over all the points ({n}) = {loss}"),
        "itsCost": _("loss = {loss}"),
        "miss": _("prediction {predicted} − target {y} = error {error}"),
        "error": _("error: prediction − target"),
        "probability": _("probability of the true class"),
        "chance": _("guessing"),
        "loss": _("loss"),
        "left": _("The last step left {left}; this one adds {gradient}. Without zero_grad, .grad would be {unclear}."),
        "leftAll": _(
            "Without it, this step would be {times} times as long, with {turned} of {total} numbers"
            " pushed the wrong way. It gets worse with every step, as old gradients keep pushing "
            "although the slope has changed."
        ),
        "leftNone": _(
            "This is the first step: nothing is left over yet. From the next one on, without "
            "zero_grad, old gradients would keep pushing although the slope has changed."
        ),
        "length": _("length of the gradient"),
        "with": _("with zero_grad"),
        "without": _("without"),
        "updates": _("updates from here"),
        "epoch": _("epoch"),
        "weight": _("Weight"),
        "ofWeight": _("{to} ← {from}"),
        "gradient": _("gradient"),
        "starts": _(
            "It begins at the logits, with probability − y, where y is 1 for the true class and 0 for the rest:"
        ),
        "start": _("{name}: {p} − {y} = {dz}"),
        "ledBackOne": _("The loss reaches this unit along one path:"),
        "ledBack": _(
            "The loss reaches this unit along {n} paths, one through each unit that it feeds. Their parts add up:"
        ),
        "rest": _("the other {n}"),
        "parts": _("Each point gives a part. The largest:"),
        "row": _("point {row}"),
        "check": _("Check it without autograd"),
        "checked": _(
            "With the weight {h} smaller the loss is {below}, with it {h} larger {above}: a slope of {slope}. "
            "Autograd says {gradient}."
        ),
        "rule": _("new = old − rate × gradient"),
        "old": _("old"),
        "rate": _("rate"),
        "new": _("new"),
        "update": _("update"),
        "optimizer": step.optimizer,
        "other": _("{optimizer} makes its update from this gradient and what it remembers of earlier ones."),
        "changed": _("After penalties and clipping the gradient is {used}."),
        "lossBefore": _("loss before"),
        "lossAfter": _("loss after, on the same points"),
        "noted": _("Epoch {epoch}: the loss {loss} is recorded."),
        "notRun": _("The run itself takes all points at once: the loss it logs is {loss}."),
        "notYet": _("The run isn't trained beyond this epoch yet."),
        "names": {
            "unit": _("unit {n}"),
            "unitOf": _("unit {n} of layer {layer}"),
            "logit": _("logit {n}") if classes else _("prediction"),
        },
    }
