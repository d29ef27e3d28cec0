"""What the experiment is: data, network, training. A beginner sees a handful; the rest waits in groups."""

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from dashboard import session
from dashboard.language import _, kind_text, value_text
from dashboard.session import Notice
from moons.data import GENERATORS, TRANSFERS, DataSpec
from moons.device import DEVICES
from moons.features import FEATURES
from moons.fields import Between, Choice, help_of, label_of, rule_of
from moons.model import ACTIVATIONS
from moons.presets import PRESETS
from moons.schedule import learning_rates
from moons.share import PARTS

WIDTHS = (*range(1, 17), 20, 24, 32, 48, 64, 96, 128, 192, 256)
BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, None)


def draw() -> None:
    """All settings, in the order data, network, training."""
    with st.sidebar:
        _presets()
        st.subheader(_("Data"), anchor=False)
        _data()

        st.subheader(_("Network"), anchor=False)
        _layers()
        with st.expander(_("More about the network")):
            _activations()
            st.pills(
                key="model.features",
                options=FEATURES,
                format_func=lambda name: FEATURES[name].label,
                selection_mode="multi",
                **_words("model", "features"),
            )
            _choice("model", "init")
            _slider("model", "init_scale")
            _number("model", "seed")

        st.subheader(_("Training"), anchor=False)
        _log_slider("training", "learning_rate")
        _number("training", "epochs", step=1_000)
        with st.expander(_("More about training")):
            _stops("training", "batch_size", BATCHES)
            _choice("training", "optimizer")
            _choice("training", "schedule")
            _schedule()
            _number("training", "weight_decay", step=1e-3)
            _number("training", "l1", step=1e-3)
            _number("training", "clip_norm", step=0.1)
            _number("training", "seed")
            st.selectbox(
                _("Device"), DEVICES, key="device", help=_("Where the numbers live: auto takes the fastest there is.")
            )
        with st.expander(_("When to stop")):
            _number("training", "stop_train_loss")
            _number("training", "stop_test_loss")
            _number("training", "stop_score")
            _number("training", "patience", step=100)


def _presets() -> None:
    st.selectbox(
        _("Preset"),
        PRESETS,
        key="preset",
        index=None,
        placeholder=_("Choose a preset"),
        format_func=lambda name: _(PRESETS[name].label),
        on_change=_load,
        label_visibility="collapsed",
    )


def _load() -> None:
    """Take over a preset's settings; the choice itself is forgotten, as the settings may move on from there."""
    preset = PRESETS.get(session.take("preset"))
    if preset:
        session.show_settings(preset.experiment)
        session.put(told=Notice(f"**{_(preset.label)}.** {_(preset.shows)}", undo=True))


def _data() -> None:
    """Which points; only what has a meaning for the chosen ones."""
    kind = session.get("data.kind")
    generator = GENERATORS.get(kind)
    _choice("data", "kind", format_func=kind_text)
    if generator is None:
        _slider("data", "held_out")
        _standardise()
    else:
        _slider("data", "noise")
        st.button(
            _("New points"),
            key="new_points",
            icon=":material/casino:",
            on_click=_new_points,
            args=(session.get("drawn"),),
        )
    with st.expander(_("More about the data")):
        if generator:
            _slider("data", "n_points")
            _slider("data", "n_test")
        if generator and generator.any_n_classes:
            _slider("data", "n_classes")
        if generator and generator.n_classes:
            _slider("data", "balance")
        if generator is None or generator.n_classes:
            _slider("data", "label_noise")
        if generator:
            _standardise()
        _choice("data", "transfer", format_func=lambda way: _(TRANSFERS[way]))
        _number("data", "seed")


def _standardise() -> None:
    st.toggle(key="data.standardise", **_words("data", "standardise"))


def _new_points(drawn: int) -> None:
    if not session.is_new("new_points", drawn):
        return
    rule = rule_of(DataSpec, "seed")
    assert isinstance(rule, Between)
    session.put(**{"data.seed": (session.get("data.seed") + 1) % int(rule.high + 1)})


def _layers() -> None:
    words = _words("model", "hidden")
    st.slider(key="n_layers", min_value=0, max_value=session.MAX_LAYERS, **words)
    _watch("n_layers")
    for layer in range(session.get("n_layers")):
        only = session.get("n_layers") == 1
        label = _("Units") if only else _("Units in layer {number}").format(number=layer + 1)
        key = f"width{layer}"
        st.select_slider(label, _watch(key, _with(WIDTHS, session.get(key))), key=key)


def _activations() -> None:
    per_layer = session.get("n_layers") > 1 and st.toggle(
        _("Per layer"), key="per_layer", help=_("Choose an activation for each hidden layer.")
    )
    if not per_layer:
        _choice("model", "activation")
        return
    for layer in range(session.get("n_layers")):
        st.selectbox(_("Activation in layer {number}").format(number=layer + 1), ACTIVATIONS, key=f"activation{layer}")


def _schedule() -> None:
    """The chosen schedule as a small curve, where it isn't flat."""
    training = session.player().history.experiment.training_now
    if training.schedule != "constant":
        rates = learning_rates(training, 0, training.epochs)
        curve = rates[np.linspace(0, training.epochs - 1, 60).astype(int)].tolist()
        st.metric(_("Learning rate at the end"), f"{rates[-1]:.2g}", chart_data=curve, chart_type="area", border=True)


def _slider(part: str, name: str) -> None:
    rule = _between(part, name)
    st.slider(key=f"{part}.{name}", min_value=rule.low, max_value=rule.high, step=rule.step, **_words(part, name))
    _watch(f"{part}.{name}")


def _log_slider(part: str, name: str) -> None:
    """A slider over the stops 1, 1.2, 1.5, … of each decade: equal steps are equal factors."""
    rule = _between(part, name)
    decade = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
    exponents = range(-12, 13)
    stops = [float(f"{digit}e{exponent}") for exponent in exponents for digit in decade]
    _stops(part, name, tuple(stop for stop in stops if rule.low <= stop <= rule.high), format_func="{:g}".format)


def _stops(part: str, name: str, stops: tuple[Any, ...], format_func: Any = value_text) -> None:
    key = f"{part}.{name}"
    options = _watch(key, _with(stops, session.get(key)))
    st.select_slider(key=key, options=options, format_func=format_func, **_words(part, name))


def _watch(key: str, options: list[Any] | None = None) -> list[Any]:
    """Let the live component tell what this slider says while it is dragged; Streamlit tells only its release."""
    session.get("sliders")[key.replace(".", "-")] = (key, options)
    return options or []


def moved(slider: str, value: float) -> dict[str, Any]:
    """A dragged slider, by its key's CSS name, as the setting it stands for; nothing for an unknown one."""
    if slider not in session.get("sliders"):
        return {}
    key, options = session.get("sliders")[slider]
    if options:
        return {key: options[max(0, min(int(value), len(options) - 1))]}
    return {key: int(value) if isinstance(session.get(key), int) else value}


def _number(part: str, name: str, step: float | None = None) -> None:
    rule = _between(part, name)
    st.number_input(
        key=f"{part}.{name}",
        value=None if rule.optional else "min",
        placeholder=_("off") if rule.optional else None,
        min_value=rule.low,
        max_value=rule.high,
        step=step or rule.step,
        format=None if rule.whole else "%g",
        **_words(part, name),
    )


def _choice(part: str, name: str, format_func: Callable[[str], str] = str) -> None:
    rule = rule_of(PARTS[part], name)
    assert isinstance(rule, Choice)
    st.selectbox(key=f"{part}.{name}", options=rule.options, format_func=format_func, **_words(part, name))


def _between(part: str, name: str) -> Between:
    rule = rule_of(PARTS[part], name)
    assert isinstance(rule, Between)
    return rule


def _words(part: str, name: str) -> dict[str, Any]:
    return {"label": _(label_of(PARTS[part], name)), "help": _(help_of(PARTS[part], name))}


def _with(stops: tuple[Any, ...], value: Any) -> list[Any]:
    """The stops, and a value that a link has brought, in its place."""
    known = [stop for stop in stops if stop is not None]
    if value is not None and value not in known:
        known = sorted([*known, value])
    return known + [None] * (None in stops)
