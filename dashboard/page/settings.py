"""The experiment's settings as widgets hold them: one widget for each field of a spec, and some for each layer."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import streamlit as st

from dashboard.app import events as e
from dashboard.app.state import Notice
from dashboard.page import session
from moons import DataSpec, Experiment, FieldError, ModelSpec, TrainSpec
from moons.fields import ruled_fields
from moons.share import PARTS

MAX_LAYERS = 6


def show(experiment: Experiment, device: str) -> None:
    """Make the widgets say what an experiment says."""
    specs = {"data": experiment.data, "model": experiment.model, "training": experiment.training_now}
    model = experiment.model
    widths = (*model.hidden, *(8,) * MAX_LAYERS)
    activations = (*model.layer_activations, *(model.activation,) * MAX_LAYERS)
    values: dict[str, Any] = {
        f"{part}.{f.name}": getattr(spec, f.name)
        for part, spec in specs.items()
        for f, _rule in ruled_fields(type(spec))
    }
    values |= {"n_layers": len(model.hidden), "per_layer": bool(model.activations), "device": device}
    values |= {f"width{i}": widths[i] for i in range(MAX_LAYERS)}
    values |= {f"activation{i}": activations[i] for i in range(MAX_LAYERS)}
    st.session_state.update(values)


def show_current() -> None:
    """Make the widgets say what the run looked at says."""
    run = session.state().looked.run
    show(run.experiment, run.device)


def send(event: e.Event) -> None:
    """Let something happen to the run, and make the widgets say what it says then."""
    session.try_send(event)
    show_current()


def change(experiment: Experiment, notice: Notice | None = None) -> None:
    """Ask for an experiment as if the widgets had."""
    send(e.SettingsChanged(experiment, session.state().looked.run.device, notice))


def keep_widgets() -> None:
    """Streamlit forgets the value of a widget that isn't drawn; settings outlive their widgets."""
    for key in _keys():
        st.session_state[key] = st.session_state[key]
    session.browser().settings = _widgets()


def overtaken() -> bool:
    """Whether a setting was changed in a run of a fragment alone.

    The browser sends a slider's release that meets a word of the live component as that component's run.
    """
    return _widgets() != session.browser().settings


def value(key: str) -> Any:
    """What one of the widgets says."""
    return _frozen(st.session_state[key])


def has(key: str) -> bool:
    """Whether a widget has been drawn and is still there."""
    return key in st.session_state


def put(key: str, value: Any) -> None:
    """Make one of the widgets say something."""
    st.session_state[key] = value


def read(moved: Mapping[str, Any] = MappingProxyType({})) -> Experiment:
    """The experiment that the widgets say, or would say with some of them `moved` (key → value).

    Raises FieldError for what isn't allowed.
    """
    says = {**_widgets(), **moved}
    layers = range(says["n_layers"])
    says["model.hidden"] = tuple(says[f"width{i}"] for i in layers)
    own = says["per_layer"] and len(layers) > 1
    says["model.activations"] = tuple(says[f"activation{i}"] for i in layers) if own else ()
    data, model, training = (
        spec(**{f.name: says[f"{part}.{f.name}"] for f, _rule in ruled_fields(spec)}) for part, spec in PARTS.items()
    )
    assert isinstance(data, DataSpec)
    assert isinstance(model, ModelSpec)
    assert isinstance(training, TrainSpec)
    training.steps_per_epoch(data.n_train)
    return Experiment(data, model, training)


def n_train() -> int:
    """How many training points the widgets ask for; where they ask for what isn't allowed, those of the current run."""
    says = _widgets()
    try:
        return DataSpec(**{f.name: says[f"data.{f.name}"] for f, _rule in ruled_fields(DataSpec)}).n_train
    except FieldError:
        return len(session.player().run.history.dataset.y_train)


def _widgets() -> dict[str, Any]:
    return {key: value(key) for key in _keys()}


def _keys() -> Iterable[str]:
    yield from ("n_layers", "per_layer", "device")
    yield from (f"{name}{i}" for name in ("width", "activation") for i in range(MAX_LAYERS))
    for part, spec in PARTS.items():
        yield from (f"{part}.{f.name}" for f, _rule in ruled_fields(spec))


def _frozen(value: Any) -> Any:
    """A widget's list as the tuple that a spec holds."""
    return tuple(value) if isinstance(value, list) else value
