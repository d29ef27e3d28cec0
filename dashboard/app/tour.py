"""The guided path on the live page: one loop of training in six stops. Each asks for one act and notices it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from dashboard.app import events as e
from dashboard.app.state import Cursor, PageState, Place, Tour
from moons.fields import N_


@dataclass(frozen=True)
class Stop:
    """One stop. Texts are untranslated; names in braces are numbers of the run at hand."""

    key: str
    name: str
    ask: str
    answer: str
    is_done: Callable[[e.Event], bool]  # by what has just happened
    ask_number: str = ""  # the same where a number is to be predicted, if it differs
    answer_number: str = ""

    def text(self, *, done: bool, classes: bool) -> str:
        """What to say at this stop."""
        number = self.answer_number if done else self.ask_number
        return number if number and not classes else self.answer if done else self.ask


def _follows_point(event: e.Event) -> bool:
    return isinstance(event, e.PointFollowed)


def _points_at_unit(event: e.Event) -> bool:
    return isinstance(event, e.WeightPointedAt) and event.place is not None


def _points_at_weight(event: e.Event) -> bool:
    return isinstance(event, e.WeightPointedAt) and event.place is not None and event.place.source is not None


STOPS: tuple[Stop, ...] = (
    Stop(
        "data",
        N_("Data"),
        N_("Each dot is a point: two numbers, x0 and x1, and a class, its colour. **Click one of the filled points.**"),
        N_(
            "Point {point}: x0 is {x0}, x1 is {x1}, its class is {y}. From {n} such points the network is to learn the "
            "class of points that it has never seen."
        ),
        _follows_point,
        N_(
            "Each dot is a point: two numbers, x0 and x1, and a third one to predict, its colour. **Click one of the "
            "filled points.**"
        ),
        N_(
            "Point {point}: x0 is {x0}, x1 is {x1}, and {y} is to be predicted. From {n} such points the network is to "
            "learn the number of points that it has never seen."
        ),
    ),
    Stop(
        "forward",
        N_("Forward"),
        N_(
            "`forward` sends a point's two numbers through the network, from left to right. **Point at one of its "
            "units** (or tap it)."
        ),
        N_(
            "{name}: each input times its weight, all added up, plus the bias {bias}. For point {point} the sum is "
            "{sum}. The sums of the last layer are the logits: one score for each class."
        ),
        _points_at_unit,
        "",
        N_(
            "{name}: each input times its weight, all added up, plus the bias {bias}. For point {point} the sum is "
            "{sum}. The sum of the last unit is the prediction."
        ),
    ),
    Stop(
        "loss",
        N_("Loss"),
        N_(
            "The loss says how wrong the network is: {loss} at epoch {epoch}. Guessing would cost {chance}. **Click a "
            "point that is crossed out**, or any other one."
        ),
        N_(
            "The class of point {point} is {y}. The network gives it a probability of {probability}, which costs "
            "−ln {probability} = {cost}. The loss is the mean over all {n} points."
        ),
        _follows_point,
        N_(
            "The loss says how far off the predictions are: {loss} at epoch {epoch}. Always predicting the mean would "
            "cost {chance}. **Click any point.**"
        ),
        N_(
            "The number of point {point} is {y}; the network predicts {prediction}. That error costs {cost}. The loss "
            "is the mean over all {n} points."
        ),
    ),
    Stop(
        "gradient",
        N_("Gradient"),
        N_(
            "`backward` finds for every weight how the loss would change if that weight grew a little: its gradient. "
            "**Point at one of the lines** between the units: each is a weight."
        ),
        N_("The weight from {source} to {target} is {weight}, and its gradient is {gradient}. {so}"),
        _points_at_weight,
    ),
    Stop(
        "step",
        N_("Step"),
        N_("`step` moves every weight a little against its gradient. **Press Step once.**"),
        N_("All {count} weights and biases have moved a little. The loss went from {before} to {after}."),
        lambda event: isinstance(event, e.StepPressed),
    ),
    Stop(
        "repeat",
        N_("Repeat"),
        N_("Forward, loss, gradient, step: that is one epoch. It takes thousands of them. **Press Train.**"),
        N_(
            "Watch the boundary bend to the points while the loss falls below {chance}, the cost of guessing. Then "
            "change something, and see what it does."
        ),
        lambda event: isinstance(event, e.TrainPressed) and not event.backwards,
        "",
        N_(
            "Watch the colours come to fit the points while the loss falls below {chance}, the cost of always "
            "predicting the mean. Then change something, and see what it does."
        ),
    ),
)  # fmt: skip


def moved(state: PageState, stop: int | None) -> PageState:
    """At that stop, and at rest; the first one begins with the untrained network. None, or past the last: no tour."""
    if stop is None or not 0 <= stop < len(STOPS):
        return replace(state, tour=None)
    kept, epoch = state.tour or Tour(), state.epoch
    if stop == 0 or (STOPS[stop].key == "step" and epoch >= state.experiment.epochs):
        epoch = 0
    state = replace(state, looked=replace(state.looked, cursor=Cursor(epoch)))
    if STOPS[stop].key in ("forward", "gradient"):
        state = replace(state, view=replace(state.view, network=True))
    view = replace(state.view, room="train")
    return replace(state, view=view, tour=Tour(stop, epoch=epoch, point=kept.point))


def followed(event: e.Event, after: PageState) -> PageState:
    """The state after an event, in which the tour has noticed what it asked for."""
    tour = after.tour
    if tour is None or tour.done or not STOPS[tour.stop].is_done(event):
        return after
    place: Place | None = event.place if isinstance(event, e.WeightPointedAt) else tour.place
    point = event.point if isinstance(event, e.PointFollowed) else tour.point
    return replace(after, tour=replace(tour, done=True, place=place, point=point))
