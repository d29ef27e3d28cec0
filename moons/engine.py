"""Which engine trains: PyTorch's loop, or the same as machine code."""

from dataclasses import dataclass

import torch

from moons import compiled
from moons.data import Dataset
from moons.fields import N_, FieldError
from moons.model import NaiveNet
from moons.train_spec import TrainSpec

ENGINES = ("auto", "torch", "compiled")


@dataclass(frozen=True)
class EngineChoice:
    """Which engine serves, and why: a sentence, untranslated."""

    name: str
    why: str


def choose_engine(
    model: NaiveNet, dataset: Dataset, spec: TrainSpec, engine: str, device: torch.device
) -> EngineChoice:
    """The engine that `train` will use. Raises FieldError for an unknown one, or one that can't serve."""
    if engine not in ENGINES:
        raise FieldError(
            N_("{field} must be one of {options}, got {value}"),
            field="engine",
            options=", ".join(ENGINES),
            value=repr(engine),
        )
    if engine == "torch":
        return EngineChoice("torch", N_("PyTorch, because you chose it."))
    if device.type != "cpu":
        if engine == "compiled":
            raise FieldError(
                N_("{field} must be cpu for the compiled engine, got {value}"), field="device", value=device
            )
        return EngineChoice("torch", N_("PyTorch, because the compiled engine runs on the CPU only."))
    missing = compiled.missing(model, spec, dataset.n_classes)
    if missing is not None:
        if engine == "compiled":
            raise FieldError(
                N_("{field} must be torch for {value}: the compiled engine doesn't have it"),
                field="engine",
                value=missing,
            )
        return EngineChoice("torch", N_("PyTorch, because the compiled engine doesn't have all that you chose."))
    if engine == "auto" and not compiled.faster(model.sizes, spec.batch_size or len(dataset.X_train)):
        return EngineChoice("torch", N_("PyTorch, because it is faster for a network this wide by batches this small."))
    return EngineChoice(
        "compiled",
        N_("the compiled engine, because it is faster here; it computes what PyTorch does, but for rounding."),
    )
