"""What a person takes home: code that reproduces the run, weights, tables, a report, a film."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Literal

import streamlit as st

from dashboard.app import events as e
from dashboard.app.player import Player
from dashboard.app.state import Cursor, Looked, Notice, RunId
from dashboard.app.words import error_text
from dashboard.page import session, settings
from dashboard.page.language import _, translator
from moons import FieldError, History
from moons.export.tables import MOST_BYTES
from moons.fields import N_
from moons.plots.words import Translate

BROUGHT = {
    True: N_("The experiment of the file is on the page now."),
    False: N_("The weights of the file are the network's initial ones now: press Train to go on from them."),
}

Make = Callable[[History, int, str], str | bytes]  # of a run, at an epoch, in a language


def draw() -> None:
    """One button for each file, which is made when it is asked for."""
    st.caption(_("Each file is about the run on the screen: its data, its settings, its changes on the way."))
    run, show = st.columns(2)
    numbers, back = st.columns(2)
    with run, _group(_("Run it yourself"), _("Trains this run again without this page, and prints the same losses.")):
        with st.container(horizontal=True, gap="small"):
            _button(_("Jupyter notebook"), "moons.ipynb", "application/x-ipynb+json", _notebook, first=True)
            _button(_("Python script"), "moons.py", "text/x-python", _script)
        st.caption(_("Needs PyTorch, scikit-learn and matplotlib."))
    said = _("The settings, the charts and the boundary over time. Opens without a network.")
    with show, _group(_("Show it"), said), st.container(horizontal=True, gap="small"):
        _button(_("Report (HTML)"), "moons.html", "text/html", _report)
        _button(_("Film (GIF)"), "moons.gif", "image/gif", _film)
    said = _("The weights are those of the epoch looked at.")
    with numbers, _group(_("Data and numbers"), said), st.container(horizontal=True, gap="small"):
        _button(_("Points (CSV)"), "points.csv", "text/csv", _points)
        _button(_("Losses (CSV)"), "losses.csv", "text/csv", _losses)
        _button(_("Weights (safetensors)"), "moons.safetensors", "application/octet-stream", _safetensors)
        _button(_("Weights (ONNX)"), "moons.onnx", "application/octet-stream", _onnx)
        _button(_("Experiment (JSON)"), "moons.json", "application/json", _experiment)
    with back:
        _bring_back()


@contextmanager
def _group(title: str, what: str) -> Iterator[None]:
    """A card of files that serve the same end."""
    with st.container(border=True, height="stretch"):
        st.markdown(f"##### {title}")
        st.caption(what)
        yield


def _bring_back() -> None:
    """A run or weights from a file; the run on the page is kept."""
    said = _(
        "An experiment becomes the run on the page. Weights must fit the network on the page and become its "
        "initial ones. The run that is there now is kept in Compare."
    )
    with _group(_("Bring back"), said):
        st.file_uploader(
            _("An experiment (JSON) or weights (safetensors)"),
            key="brought",
            max_upload_size=MOST_BYTES // 1_000_000,
            on_change=_read,
        )


def _read() -> None:
    from moons.export.reading import is_experiment, read_experiment  # noqa: PLC0415

    file, now, served = settings.value("brought"), session.state(), session.served()
    if file is None:
        return
    try:
        experiment = read_experiment(file.name, file.getvalue(), now.experiment)
        run = served.run_of(RunId(experiment, now.looked.run.device))
    except FieldError as error:
        session.send(e.Said(Notice(partial(_unusable, error), error=True)))
        return
    served.shelf.keep(served.player.run, now.looked, stays=True)
    whole = is_experiment(file.name, file.getvalue())
    looked = Looked(run.id, Cursor(experiment.epochs if whole else 0))
    settings.send(e.RunOpened(looked, Notice(lambda _: _(BROUGHT[whole]), undo=True)))


def _unusable(error: FieldError, _: Translate) -> str:
    return _("This file can't be used: {why}.").format(why=error_text(error, _))


def _button(label: str, name: str, mime: str, make: Make, *, first: bool = False) -> None:
    # made on another thread, which knows no session: the run and the language are taken along
    player = session.player()
    data = partial(_made, player, player.epoch, session.language(), make)
    kind: Literal["primary", "secondary"] = "primary" if first else "secondary"
    st.download_button(label, data, name, mime, key=name, icon=":material/download:", on_click="ignore", type=kind)


def _made(player: Player, epoch: int, language: str, make: Make) -> str | bytes:
    with player.run.lock:
        return make(player.run.history, epoch, language)


# each imports what it needs when it is asked: some of it is large, and most visitors take nothing away


def _script(history: History, epoch: int, language: str) -> str:
    from moons.export.program import to_script  # noqa: PLC0415

    return to_script(history, _=translator(language))


def _notebook(history: History, epoch: int, language: str) -> str:
    from moons.export.program import to_notebook  # noqa: PLC0415

    return to_notebook(history, _=translator(language))


def _report(history: History, epoch: int, language: str) -> str:
    from moons.export.report import to_report  # noqa: PLC0415
    from moons.inspection.health import diagnose  # noqa: PLC0415

    found, words = diagnose(history, history.n_epochs), translator(language)
    note = " ".join(found.said(words(sentence)) for sentence in (found.sentence, found.cause))
    return to_report(history, _=words, note=note, language=language)


def _film(history: History, epoch: int, language: str) -> bytes:
    from moons.export.animation import to_gif  # noqa: PLC0415

    return to_gif(history)


def _safetensors(history: History, epoch: int, language: str) -> bytes:
    from moons.export.weights import to_safetensors  # noqa: PLC0415

    return to_safetensors(history.model_at(epoch))


def _onnx(history: History, epoch: int, language: str) -> bytes:
    from moons.export.weights import to_onnx  # noqa: PLC0415

    return to_onnx(history.model_at(epoch))


def _losses(history: History, epoch: int, language: str) -> str:
    from moons.export.tables import losses_csv  # noqa: PLC0415

    return losses_csv(history)


def _points(history: History, epoch: int, language: str) -> str:
    return history.dataset.all_to_csv()


def _experiment(history: History, epoch: int, language: str) -> str:
    from moons.export.tables import to_json  # noqa: PLC0415

    return to_json(history.experiment)
