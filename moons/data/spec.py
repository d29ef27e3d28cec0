"""Which points: all that decides a dataset, as a value."""

from dataclasses import dataclass

from moons.data.generators import GENERATORS
from moons.data.table import STARTER, Table, TableRule
from moons.fields import N_, Spec, between, choice, ruled, switch
from moons.task import Task

TEST_SEED = 10_000  # added to the seed for the test draw; above every seed, so that no two draws coincide
OWN, OWN_LABEL = "own", N_("Your own points")
INTACT, SCRAMBLED = "intact", "scrambled"
TRANSFERS = {INTACT: N_("as sent"), SCRAMBLED: N_("scrambled")}


@dataclass(frozen=True)
class DataSpec(Spec):
    """Which points to draw, or a person's own, and what is done to them."""

    kind: str = choice(
        "moons", (*GENERATORS, OWN), label=N_("Dataset"), help=N_("The shape that the points are drawn from.")
    )
    n_points: int = between(
        256,
        low=20,
        high=5_000,
        step=2,
        label=N_("Points"),
        help=N_("How many points the network learns from."),
    )
    noise: float = between(
        0.1,
        low=0.0,
        high=1.0,
        step=0.01,
        label=N_("Noise"),
        help=N_(
            "How far points stray from their shape: a standard deviation, in units of the axes. Gaussians "
            "and blobs grow wider with it; a number to predict gets an error of this size."
        ),
    )
    seed: int = between(
        0,
        low=0,
        high=TEST_SEED - 1,
        label=N_("Data seed"),
        help=N_("Decides which points are drawn, or held out. The same seed gives the same points."),
    )
    n_test: int = between(
        256,
        low=20,
        high=5_000,
        step=2,
        label=N_("Test points"),
        help=N_("Fresh points that the network never learns from: they tell whether it understood or memorised."),
    )
    n_classes: int = between(
        3, low=2, high=5, label=N_("Classes"), help=N_("How many blobs there are, each a class of its own.")
    )
    balance: float = between(
        0.5,
        low=0.1,
        high=0.9,
        step=0.05,
        label=N_("Class balance"),
        help=N_("How often class 0 is drawn against each other class: 0.5 is as often, 0.9 nine times as often."),
    )
    label_noise: float = between(
        0.0,
        low=0.0,
        high=0.5,
        step=0.01,
        label=N_("Label noise"),
        help=N_("The share of training points whose class is wrong. The test points keep their true classes."),
    )
    standardise: bool = switch(
        False,
        label=N_("Standardise"),
        help=N_("Shifts and scales both inputs to mean 0 and standard deviation 1, measured on the training points."),
    )
    transfer: str = choice(
        INTACT,
        TRANSFERS,
        label=N_("Transfer"),
        help=N_("Scrambled: the points as a faulty transfer to the device mixes them up, the labels unchanged."),
    )
    held_out: float = between(
        0.25,
        low=0.05,
        high=0.9,
        step=0.05,
        label=N_("Held-out share"),
        help=N_("The share of your own points that the network never learns from, taken from each class alike."),
    )
    table: Table | None = ruled(
        None, TableRule(), label=N_("Your points"), help=N_("Points of your own; none yet means a few to start from.")
    )

    @property
    def own(self) -> Table | None:
        """The points, if they are a person's own."""
        return (self.table or STARTER) if self.kind == OWN else None

    @property
    def task(self) -> Task:
        """Classes, or a number to predict."""
        return self.own.task if self.own else GENERATORS[self.kind].task

    @property
    def class_count(self) -> int:
        """How many classes there are; 0 for regression."""
        if self.own:
            return len(self.own.class_names)
        generator = GENERATORS[self.kind]
        return self.n_classes if generator.any_n_classes else generator.n_classes

    @property
    def n_train(self) -> int:
        """How many points the network learns from."""
        if self.own is None:
            return self.n_points
        return len(self.own.y) - int(self.own.test_mask(self.held_out, self.seed).sum())
