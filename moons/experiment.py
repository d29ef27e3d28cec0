"""An experiment: all that decides a run, as a value."""

from dataclasses import dataclass, replace

from moons.data import DataSpec
from moons.edit import Edit
from moons.fields import N_, FieldError
from moons.model import ModelSpec
from moons.train_spec import TrainSpec

# Training settings that can't change during a run: the optimiser's memory, the shuffles, the unit of the loss.
FIXED_FIELDS = ("optimizer", "seed", "class_loss", "regression_loss")


@dataclass(frozen=True)
class Change:
    """From `epoch` on, train as `training` says."""

    epoch: int
    training: TrainSpec


@dataclass(frozen=True)
class Experiment:
    """All that decides the outcome of a run. The default is exactly the notebook.

    Raises FieldError for a parameter that is set by hand twice at the same epoch.
    """

    data: DataSpec = DataSpec()
    model: ModelSpec = ModelSpec()
    training: TrainSpec = TrainSpec()
    changes: tuple[Change, ...] = ()  # made while training, by epoch
    edits: tuple[Edit, ...] = ()  # weights set by hand, by epoch; each parameter once an epoch

    def __post_init__(self) -> None:
        places: set[tuple[int, int]] = set()
        for edit in self.edits:
            if (edit.epoch, edit.parameter) in places:
                raise FieldError(
                    N_(
                        "a weight can be set by hand once an epoch, and parameter {value} is set twice at epoch {epoch}"
                    ),
                    value=edit.parameter,
                    epoch=f"{edit.epoch:,}",
                )
            places.add((edit.epoch, edit.parameter))

    @property
    def training_now(self) -> TrainSpec:
        """How it trains after all changes."""
        return self.changes[-1].training if self.changes else self.training

    @property
    def epochs(self) -> int:
        """Length of the whole run."""
        return self.training_now.epochs

    def segment(self, epoch: int) -> tuple[TrainSpec, int]:
        """The training settings from `epoch` on, and the epoch of the next change or edit, or of the run's end."""
        spec = [self.training, *(change.training for change in self.changes if change.epoch <= epoch)][-1]
        interventions = [change.epoch for change in self.changes] + [edit.epoch for edit in self.edits]
        return spec, min([later for later in interventions if later > epoch] + [spec.epochs])

    stretch = segment  # deprecated name

    def changed(self, epoch: int, training: TrainSpec) -> "Experiment":
        """The same experiment, trained as `training` says from `epoch` on. Later changes and edits are dropped.

        Raises FieldError for what can't change without a new start.
        """
        self.check_change(epoch, training)
        edits = tuple(edit for edit in self.edits if edit.epoch <= epoch)
        if epoch == 0:
            return replace(self, training=training, changes=(), edits=edits)
        kept = tuple(change for change in self.changes if change.epoch < epoch)
        return replace(self, changes=(*kept, Change(epoch, training)), edits=edits)

    def check_change(self, epoch: int, training: TrainSpec) -> None:
        """Raise FieldError for what can't change at `epoch` without a new start."""
        for name in FIXED_FIELDS:
            before, after = getattr(self.training, name), getattr(training, name)
            if before != after:
                raise FieldError(
                    N_("{field} can't change while a run goes on (it is {before}), got {value}"),
                    field=name,
                    before=before,
                    value=after,
                )
        if training.epochs < epoch:
            raise FieldError(
                N_("{field} must be at least {low}, the epochs already trained, got {value}"),
                field="epochs",
                low=f"{epoch:,}",
                value=f"{training.epochs:,}",
            )

    def edited(self, edit: Edit) -> "Experiment":
        """The same experiment with a weight set by hand. Later changes and edits are dropped.

        Raises FieldError for an edit after the run's end.
        """
        changes = tuple(change for change in self.changes if change.epoch <= edit.epoch)
        shorter = replace(self, changes=changes)
        if edit.epoch > shorter.epochs:
            raise FieldError(
                N_("{field} must be between {low} and {high}, got {value}"),
                field="epoch",
                low=0,
                high=f"{shorter.epochs:,}",
                value=f"{edit.epoch:,}",
            )
        place = edit.epoch, edit.parameter
        kept = [e for e in self.edits if e.epoch <= edit.epoch and (e.epoch, e.parameter) != place]
        return replace(shorter, edits=(*kept, edit))
