"""What one person's session holds. The only file that touches st.session_state and st.query_params."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from types import MappingProxyType
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.player import Player
from dashboard.shelf import Shelf
from dashboard.view import View, fitted
from moons import DataSpec, Experiment, FieldError, History, ModelSpec, TrainSpec
from moons.fields import ruled_fields
from moons.inspection.boundary import LABEL
from moons.inspection.xor import Weights
from moons.share import CHANGE, EDIT, PARTS, TURNS, from_query, read_spec, spec_query, to_query
from moons.share import VERSION as LINK_VERSION

VERSION = 1  # of what is kept below: a hot reload that changes it starts afresh

SPEEDS = (1, 5, 20, 100, 500, 100_000)  # epochs per picture; the last is all at once
STEPS = (1, 10, 100, 1_000)
MAX_LAYERS = 6
LANGUAGES = {"en": "English", "ko": "한국어"}
_EXPERIMENT = {*PARTS, CHANGE, EDIT, TURNS}  # what a link's parameters about the experiment begin with
_VIEW: dict[str, Any] = {
    "room": "train",
    "speed": 20,
    "step_size": 1,
    "instant": True,
    "network": False,
    "picture": LABEL,
    "since": 0,
    "unit": (),
    "contours": False,
    "hinges": False,
    "test_points": True,
    "misclassified": True,
    "space_layer": 1,
    "space_axes": "principal",
    "space_across": 0,
    "space_up": 1,
    "path_point": 0,
    "log": False,
    "device": "auto",
    "lesson": "step",
    "opened_of": "point",
    **{f"screen_{lesson}": 0 for lesson in ("data", "network", "training", "mystery")},
    **{f"xor_{name}": value for name, value in asdict(Weights()).items()},
    "mystery_guess": None,
    "mystery_suspect": None,
    "valley_source": 0,
    "valley_unit": None,
    "upload_x0": 0,
    "upload_x1": 1,
    "upload_label": 2,
    "upload_task": "auto",
    "upload_names": True,
}
_LEARN: dict[str, Any] = {
    "opened_point": 0,
    "opened_check": None,
    "mystery_found": frozenset(),
    "mystery_watched": False,
}


@dataclass(frozen=True)
class Notice:
    """A sentence for the person; `undo`: the run before it can be had back."""

    say: Callable[[], str]  # in the language that the session has by then
    undo: bool = False
    error: bool = False


def language() -> str:
    """The session's language."""
    return str(st.session_state.get("language", "en"))  # before the session has begun: English


def theme() -> str:
    """ "light" or "dark", as the browser shows it."""
    return "dark" if st.context.theme.type == "dark" else "light"


def get(key: str) -> Any:
    """What the session holds under `key`."""
    return st.session_state[key]


def has(key: str) -> bool:
    """Whether the session holds anything under `key`: a widget's value while it is drawn."""
    return key in st.session_state


def put(**values: Any) -> None:
    """Keep values."""
    st.session_state.update(values)


def take(key: str) -> Any:
    """What the session holds under `key`, once: None after that."""
    value = st.session_state.get(key)
    st.session_state[key] = None
    return value


def count(key: str) -> int:
    """The next number of a counter."""
    put(**{key: get(key) + 1})
    return int(get(key))


def is_new(click: str, drawn: int) -> bool:
    """Whether a click on what the page showed in its `drawn`-th whole run is not handled yet.

    A timer's tick that overtakes the run of a click makes Streamlit begin that run, click and all, once more. Where no
    timer runs, every click is one.
    """
    handled = get("handled")
    new = not get("ticking") or handled.get(click) != drawn
    handled[click] = drawn
    return new


def player() -> Player:
    """The run being looked at."""
    kept: Player = st.session_state["player"]
    return kept


def known() -> list[Player]:
    """The current run, and those from the shelf, newest first."""
    return [player(), *(kept.player for kept in reversed(list(get("shelf"))))]


def player_of(experiment: Experiment) -> Player:
    """The run of an experiment: one that is known, else a new one."""
    return next((one for one in known() if one.history.experiment == experiment), None) or Player(History(experiment))


def look_at(other: Player, notice: Notice | None = None) -> None:
    """Make another run the current one. The widgets say its settings; Undo brings the one before it back."""
    before = player()
    before.pause()
    show_settings(other.history.experiment)
    put(player=other, before=before, device=other.history.asked_device, notice=notice)


def begin() -> tuple[Experiment, View, list[FieldError]] | None:
    """On a session's first run, read its link: the experiment, the view of it, what was wrong. Later: None."""
    if st.session_state.get("version") == VERSION:
        return None
    empty = dict.fromkeys(
        (
            "notice",
            "before",
            "player",
            "base",
            "camera",
            "film",
            "preview",
            "settled",
            "told",
            "preset",
            "traced",
            "by_hand",
            "surface",
            "followed",
        )
    )
    put(
        **_VIEW,
        **_LEARN,
        **empty,
        version=VERSION,
        plain=False,
        fresh=True,
        previewing=False,
        ticking=False,
        sliders={},
        handled={},
        shelf=Shelf(),
        compared=[],
        compared_with=0,
        against="B",
        compared_epoch=None,
        drawn=0,
        scene=0,
        serial=0,
        points_before=(),  # what "data.kind" and "data.table" were, before each change made in the data room
        points_version=0,
        points_waiting=(),  # new rows of the table with cells still empty, as they are now
        points_waiting_shown=(),  # and as they were when its widget started
        points_box=None,
        edits_heard=0,
        said=None,
        upload=None,
    )
    put(language=_browsers_language(), hidden_in_link=[])
    return read_link()


def went_back() -> bool:
    """Whether the browser's Back or Forward has brought another link of this session."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def read_link(runs: Iterable[Player] = ()) -> tuple[Experiment, View, list[FieldError]]:
    """What the address bar says, and what was wrong there. The link of one of the `runs` may leave out what it has."""
    query, errors = st.query_params.to_dict(), list[FieldError]()
    view = read_spec(query, "view", View, errors)
    said = {key: text for key, text in query.items() if key.partition(".")[0] in _EXPERIMENT}
    for run in runs if query.get("v", LINK_VERSION) == LINK_VERSION else ():
        if said == {key: text for key, text in to_query(run.history.experiment).items() if key != "v"}:
            return run.history.experiment, view, errors
    experiment, wrong = from_query(query)
    return experiment, view, wrong + errors


def show_view(view: View) -> None:
    """Make the page show what `view` says, but for the epoch."""
    put(**{f.name: getattr(view, f.name) for f in fields(View) if f.name != "epoch"})


def keep_widgets() -> None:
    """Streamlit forgets the value of a widget that isn't drawn; settings outlive their widgets."""
    for key in [*_VIEW, "compared", "against", "language", "hidden_in_link", *_setting_keys()]:
        st.session_state[key] = st.session_state[key]
    put(drawn_settings=_widgets())


def settings_overtaken() -> bool:
    """Whether a setting was changed in a run of a fragment alone.

    The browser sends a slider's release that meets a word of the live component as that component's run.
    """
    return bool(_widgets() != get("drawn_settings"))


def show_settings(experiment: Experiment) -> None:
    """Make the widgets say what `experiment` says."""
    specs = {"data": experiment.data, "model": experiment.model, "training": experiment.training_now}
    for part, spec in specs.items():
        put(**{f"{part}.{f.name}": getattr(spec, f.name) for f, _rule in ruled_fields(type(spec))})
    model = experiment.model
    widths = (*model.hidden, *(8,) * MAX_LAYERS)
    activations = (*model.layer_activations, *(model.activation,) * MAX_LAYERS)
    put(n_layers=len(model.hidden), per_layer=bool(model.activations))
    put(**{f"width{i}": widths[i] for i in range(MAX_LAYERS)})
    put(**{f"activation{i}": activations[i] for i in range(MAX_LAYERS)})


def settings(moved: Mapping[str, Any] = MappingProxyType({})) -> Experiment:
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
        return len(player().history.dataset.y_train)


def heard(word: str, component: str = "live") -> Any:
    """What a component in the browser has just said under that word."""
    return st.session_state[component][word]


def moved_slider() -> tuple[str, float] | None:
    """The slider that a person is just dragging: its key's CSS name, and its value."""
    preview = heard("preview")
    return (str(preview["slider"]), float(preview["value"])) if preview else None


def link(**view: Any) -> dict[str, str]:
    """The parameters of a link to what is on the screen, or to another `view` of it."""
    now = {f.name: get(f.name) for f in fields(View) if f.name != "epoch"} | {"epoch": player().epoch} | view
    shown, _lacking = fitted(View(**now), player().history)
    query = to_query(player().history.experiment) | spec_query("view", shown)
    return {"v": LINK_VERSION} | query if query else {}


def write_link() -> None:
    """Make the address bar say what is on the screen; parameters that aren't ours stay."""
    ours = {*_EXPERIMENT, "view", "v"}
    others = {key: value for key, value in st.query_params.items() if key.partition(".")[0] not in ours}
    wanted = others | link()
    if dict(st.query_params.items()) != wanted:
        st.query_params.from_dict(wanted)


def _browsers_language() -> str:
    language = (st.context.locale or "").partition("-")[0]
    return language if language in LANGUAGES else "en"


def _widgets() -> dict[str, Any]:
    return {key: _frozen(get(key)) for key in _setting_keys()}


def _setting_keys() -> Iterable[str]:
    yield from ("n_layers", "per_layer")
    yield from (f"{name}{i}" for name in ("width", "activation") for i in range(MAX_LAYERS))
    for part, spec in PARTS.items():
        yield from (f"{part}.{f.name}" for f, _rule in ruled_fields(spec))


def _frozen(value: Any) -> Any:
    """A widget's list as the tuple that a spec holds."""
    return tuple(value) if isinstance(value, list) else value
