"""What the experiment is: data, network, training. A beginner sees a handful; the rest waits in groups."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st

from dashboard.app.state import Notice
from dashboard.app.words import value_text
from dashboard.page import controls, language, session, settings
from dashboard.page.language import _, kind_text
from moons.data import GENERATORS, TRANSFERS, DataSpec
from moons.device import available_devices
from moons.features import FEATURES
from moons.fields import N_, Between, rule_of
from moons.losses import CLASS_LOSSES
from moons.model import ACTIVATIONS
from moons.plots.words import Translate
from moons.presets import PRESETS
from moons.schedule import learning_rates

WIDTHS = (*range(1, 17), 20, 24, 32, 48, 64, 96, 128, 192, 256)
BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, None)


def draw() -> None:
    """All settings, in the order data, network, training; but for what a link hides."""
    hidden = session.state().view.hidden
    with st.sidebar:
        if "presets" not in hidden:
            _presets()
        for name, group in GROUPS.items():
            if name not in hidden:
                group.draw(with_more="more" not in hidden)


def fit_batch() -> Notice | None:
    """Where there are fewer training points than a batch has, take a batch that they can fill. Returns what to say."""
    size = settings.value("training.batch_size")
    if size is None or size <= (n_train := settings.n_train()):
        return None
    fitting = _batches(n_train)[-2:][0]  # the largest; None if there is no other
    settings.put("training.batch_size", fitting)
    return Notice(partial(_too_few, n_train, fitting), undo=True)


def _too_few(n_train: int, fitting: int | None, _: Translate) -> str:
    sentence = _("There are only {n} points to learn from, so the batch size is {size} now.")
    return sentence.format(n=n_train, size=value_text(fitting, "batch_size", _))


def _batches(n_train: int) -> tuple[int | None, ...]:
    """The sizes to choose from: below the number of training points, and all of them."""
    return tuple(size for size in BATCHES if size is None or size < n_train)


@dataclass(frozen=True)
class Group:
    """A part of the settings: the beginner's handful, and what waits one click away under labels of its own."""

    label: str  # untranslated
    handful: Callable[[], None]
    more: dict[str, tuple[str, Callable[[], None]]]  # key -> label, and what it holds: drawn once it is open

    def draw(self, *, with_more: bool) -> None:
        """Its heading and its widgets."""
        st.subheader(_(self.label), anchor=False)
        self.handful()
        for key, (label, draw) in self.more.items() if with_more else ():
            with st.expander(_(label), key=key, on_change="rerun") as more:
                if more.open:
                    draw()


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
    preset = PRESETS.get(settings.value("preset"))
    settings.put("preset", None)
    if preset:
        settings.change(preset.experiment, Notice(lambda _: f"**{_(preset.label)}.** {_(preset.shows)}", undo=True))


def _data() -> None:
    """Which points; only what has a meaning for the chosen ones."""
    kind = settings.value("data.kind")
    generator = GENERATORS.get(kind)
    controls.choice("data", "kind", format_func=kind_text)
    if generator is None:
        table = settings.value("data.table")
        if not (table and table.test):  # else the points say themselves which are held out
            controls.slider("data", "held_out")
        _standardise()
    else:
        controls.slider("data", "noise")
        st.button(
            _("New points"),
            key="new_points",
            icon=":material/casino:",
            on_click=_new_points,
            args=(session.drawn(),),
        )


def _more_data() -> None:
    generator = GENERATORS.get(settings.value("data.kind"))
    if generator:
        controls.slider("data", "n_points")
        controls.slider("data", "n_test")
    if generator and generator.any_n_classes:
        controls.slider("data", "n_classes")
    if generator and generator.n_classes:
        controls.slider("data", "balance")
    if generator is None or generator.n_classes:
        controls.slider("data", "label_noise")
    if generator:
        _standardise()
    controls.choice("data", "transfer", format_func=lambda way: _(TRANSFERS[way]))
    controls.number("data", "seed")


def _standardise() -> None:
    st.toggle(key="data.standardise", **controls.words("data", "standardise"))


def _new_points(drawn: int) -> None:
    if not session.is_new("new_points", drawn):
        return
    rule = rule_of(DataSpec, "seed")
    assert isinstance(rule, Between)
    settings.put("data.seed", (settings.value("data.seed") + 1) % int(rule.high + 1))


def _layers() -> None:
    words = controls.words("model", "hidden")
    st.slider(key="n_layers", min_value=0, max_value=settings.MAX_LAYERS, **words)
    controls.watch("n_layers")
    for layer in range(settings.value("n_layers")):
        only = settings.value("n_layers") == 1
        label = _("Units") if only else _("Units in layer {number}").format(number=layer + 1)
        key = f"width{layer}"
        st.select_slider(label, controls.watch(key, controls.with_value(WIDTHS, settings.value(key))), key=key)


def _more_network() -> None:
    _activations()
    st.pills(
        key="model.features",
        options=FEATURES,
        format_func=lambda name: FEATURES[name].label,
        selection_mode="multi",
        **controls.words("model", "features"),
    )
    controls.choice("model", "init")
    controls.slider("model", "init_scale")
    controls.number("model", "seed")


def _activations() -> None:
    per_layer = settings.value("n_layers") > 1 and st.toggle(
        _("Per layer"), key="per_layer", help=_("Choose an activation for each hidden layer.")
    )
    if not per_layer:
        controls.choice("model", "activation")
        return
    for layer in range(settings.value("n_layers")):
        label = _("Activation in layer {number}").format(number=layer + 1)
        st.selectbox(label, ACTIVATIONS, key=f"activation{layer}", format_func=language.value_text)


def _training() -> None:
    controls.log_slider("training", "learning_rate")
    controls.number("training", "epochs", step=1_000)
    if not session.player().run.history.dataset.n_classes:
        controls.choice("training", "regression_loss")


def _more_training() -> None:
    controls.stepped("training", "batch_size", _batches(settings.n_train()))
    controls.choice("training", "optimizer")
    controls.choice("training", "schedule")
    if session.player().run.history.dataset.n_classes:
        controls.choice("training", "class_loss", format_func=lambda name: _(CLASS_LOSSES[name].label))
        st.caption(_(CLASS_LOSSES[settings.value("training.class_loss")].help))
    _schedule()
    controls.number("training", "weight_decay", step=1e-3)
    controls.number("training", "l1", step=1e-3)
    controls.slider("training", "dropout")
    controls.number("training", "clip_norm", step=0.1)
    controls.number("training", "seed")
    there = ("auto", *available_devices())
    st.selectbox(
        _("Device"),
        there,
        key="device",
        format_func=_device_text,
        help=_("Device for training; “Fastest” picks it for you."),
    )


def _device_text(device: str) -> str:
    return {"auto": _("Fastest"), "cpu": "CPU", "cuda": _("NVIDIA GPU (cuda)"), "mps": _("Apple GPU (mps)")}.get(
        device, device
    )


def _schedule() -> None:
    """The chosen schedule as a small curve, where it isn't flat."""
    training = session.state().experiment.training_now
    if training.schedule != "constant":
        rates = learning_rates(training, 0, training.epochs)
        curve = rates[np.linspace(0, training.epochs - 1, 60).astype(int)].tolist()
        st.metric(_("Learning rate at the end"), f"{rates[-1]:.2g}", chart_data=curve, chart_type="area", border=True)


def _when_to_stop() -> None:
    controls.number("training", "stop_train_loss")
    controls.number("training", "stop_test_loss")
    controls.number("training", "stop_score")
    controls.number("training", "patience", step=100)


GROUPS: dict[str, Group] = {
    "data": Group(N_("Data"), _data, {"more_data": (N_("More about the data"), _more_data)}),
    "network": Group(N_("Network"), _layers, {"more_network": (N_("More about the network"), _more_network)}),
    "training": Group(
        N_("Training"),
        _training,
        {
            "more_training": (N_("More about training"), _more_training),
            "when_to_stop": (N_("When to stop"), _when_to_stop),
        },
    ),
}
