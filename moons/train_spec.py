"""How to train: every setting of the loop."""

from dataclasses import dataclass

from moons.fields import N_, FieldError, Spec, between, choice
from moons.losses import CLASS_LOSSES, REGRESSION_LOSSES
from moons.optimizers import OPTIMIZERS
from moons.schedules import SCHEDULES

MAX_EPOCHS = 100_000
FIRST_DROPOUT_SEED = 1_000_000_000  # above every shuffle's


@dataclass(frozen=True)
class TrainSpec(Spec):
    """How to train: the notebook's loop with every choice in it."""

    epochs: int = between(
        15_000,
        low=1,
        high=MAX_EPOCHS,
        label=N_("Epochs"),
        help=N_("How often the network sees the whole training set. More epochs, more time to learn."),
    )
    learning_rate: float = between(
        1e-2,
        low=1e-5,
        high=10.0,
        step=1e-5,
        log=True,
        label=N_("Learning rate"),
        help=N_("How far each update moves the weights. Too small learns nothing, too large jumps about."),
    )
    batch_size: int | None = between(
        None,
        low=1,
        high=5_000,
        label=N_("Batch size"),
        help=N_("How many points each update looks at. The notebook takes all of them at once."),
    )
    seed: int = between(
        0,
        low=0,
        high=9_999,
        label=N_("Shuffle seed"),
        help=N_("Decides how the points are dealt into batches in each epoch."),
    )
    optimizer: str = choice(
        "sgd",
        OPTIMIZERS,
        label=N_("Optimiser"),
        help=N_("The rule that turns gradients into updates. SGD is the plainest."),
    )
    schedule: str = choice(
        "constant",
        SCHEDULES,
        label=N_("Schedule"),
        help=N_("How the learning rate changes from the first epoch to the last."),
    )
    weight_decay: float = between(
        0.0,
        low=0.0,
        high=10.0,
        step=1e-4,
        label=N_("L2 (weight decay)"),
        help=N_("Pulls every weight towards 0. Coupled to the gradient; with AdamW decoupled from it."),
    )
    l1: float = between(
        0.0,
        low=0.0,
        high=10.0,
        step=1e-4,
        label=N_("L1"),
        help=N_("Pulls every weight towards 0 by the same amount, so that many become very small."),
    )
    dropout: float = between(
        0.0,
        low=0.0,
        high=0.9,
        step=0.05,
        label=N_("Dropout"),
        help=N_(
            "The chance that a hidden unit sits out, drawn anew for each point and update; the rest"
            " count for more. In training only, to keep the network from memorising."
        ),
    )
    clip_norm: float | None = between(
        None,
        low=1e-3,
        high=1e3,
        step=1e-3,
        label=N_("Clip gradient norm"),
        help=N_("Shortens a gradient that is longer than this. A guard against exploding gradients."),
    )
    class_loss: str = choice(
        "cross_entropy",
        CLASS_LOSSES,
        label=N_("Loss of classes"),
        help=N_("What training minimises. Cross-entropy is the usual one; try another to see why."),
    )
    regression_loss: str = choice(
        "mse",
        REGRESSION_LOSSES,
        label=N_("Loss of a regression"),
        help=N_("The mean squared error squares each error; Huber counts large ones less."),
    )
    stop_train_loss: float | None = between(
        None,
        low=0.0,
        high=100.0,
        step=0.01,
        label=N_("Stop at a training loss below"),
        help=N_("Ends the run after the first epoch whose training loss is below this."),
    )
    stop_test_loss: float | None = between(
        None,
        low=0.0,
        high=100.0,
        step=0.01,
        label=N_("Stop at a test loss below"),
        help=N_("Ends the run after the first epoch whose test loss is below this."),
    )
    stop_score: float | None = between(
        None,
        low=0.0,
        high=1.0,
        step=0.01,
        label=N_("Stop at a test accuracy of"),
        help=N_(
            "Ends the run after the first epoch with at least this share of the test points right; R² for numbers."
        ),
    )
    patience: int | None = between(
        None,
        low=1,
        high=MAX_EPOCHS,
        label=N_("Stop without improvement for"),
        help=N_("Ends the run when the test loss has not been lower than its best for this many epochs."),
    )

    def steps_per_epoch(self, n_points: int) -> int:
        """Updates in one epoch over `n_points` training points. Raises FieldError if a batch can't be filled."""
        if self.batch_size is None:
            return 1
        if self.batch_size > n_points:
            raise FieldError(
                N_("{field} must be at most the number of training points ({n_points}), got {value}"),
                field="batch_size",
                n_points=n_points,
                value=self.batch_size,
            )
        return -(-n_points // self.batch_size)

    def shuffle_seed(self, epoch: int) -> int:
        """The seed of this epoch's shuffle: its own, so that any epoch can be replayed without the ones before."""
        return self.seed * MAX_EPOCHS + epoch

    def dropout_seed(self, epoch: int) -> int:
        """The seed of this epoch's dropout: its own likewise, and no shuffle's."""
        return FIRST_DROPOUT_SEED + self.shuffle_seed(epoch)
