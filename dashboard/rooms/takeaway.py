"""What a person takes home: code that reproduces the run, weights, tables, a report, a film."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Literal

import streamlit as st

from dashboard.app import events as e
from dashboard.app.player import Player
from dashboard.app.session import Session
from dashboard.app.state import Cursor, Looked, Notice, RunId
from dashboard.app.words import error_text
from dashboard.page import session, settings, timer
from dashboard.page.language import _, translator
from moons import FieldError, History
from moons.export.agreement import Agreement, header
from moons.export.tables import MOST_BYTES
from moons.fields import N_
from moons.inspection.health import Proof, prove
from moons.plots.words import Translate
from moons.share import TURNS, to_query

BROUGHT = {
    True: N_("The experiment of the file is on the page now."),
    False: N_("The weights of the file are the network's initial ones now: press Train to go on from them."),
}

REPORT_SECONDS = 10.0  # that a report waits for what is tried, where the page hasn't tried it
LOOK_EVERY = 1.0  # seconds, while a program runs


@dataclass(frozen=True)
class Taken:
    """What a file is made of; it is made on another thread, which knows no session."""

    history: History
    epoch: int
    language: str
    agreement: Agreement | None  # of the exported program with the run
    proof: Proof | None  # of the run's end


Make = Callable[[Taken], str | bytes]


def draw() -> None:
    """One button for each file, which is made when it is asked for."""
    st.caption(_("Each file is about the run on the screen: its data, its settings, its changes on the way."))
    if session.state().busy:
        timer.draw(_busy, session.every(LOOK_EVERY, share=0.2))
    run, show = st.columns(2)
    numbers, back = st.columns(2)
    with run, _group(_("Run it yourself"), _("Trains this run again without this page.")):
        with st.container(horizontal=True, gap="small"):
            _button(_("Jupyter notebook"), "moons.ipynb", "application/x-ipynb+json", _notebook, first=True)
            _button(_("Python script"), "moons.py", "text/x-python", _script)
        st.caption(_("Needs PyTorch, scikit-learn and matplotlib."))
        _program()
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


def _busy() -> None:
    """How far a run is that still trains: until then the files hold a part of it."""
    session.served().look()
    now = session.state()
    if not now.busy:
        st.rerun()  # the files are about another epoch
    known, epochs = session.player().run.history.n_epochs, now.experiment.epochs
    said = _("Training goes on: epoch {n} of {all}. A file holds what is trained when you take it.")
    st.progress(min(1.0, known / epochs), said.format(n=f"{known:,}", all=f"{epochs:,}"))


@contextmanager
def _group(title: str, what: str) -> Iterator[None]:
    """A card of files that serve the same end."""
    with st.container(border=True, height="stretch"):
        st.subheader(title, anchor=False)
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
    settings.send(e.RunOpened(looked, Notice(partial(_brought, whole, TURNS in to_query(experiment)), undo=True)))


def _brought(whole: bool, too_many: bool, _: Translate) -> str:
    said = _(BROUGHT[whole])
    more = _("They are too many for a link: to share this run, download “Experiment (JSON)”.")
    return f"{said} {more}" if too_many else said


def _unusable(error: FieldError, _: Translate) -> str:
    return _("This file can't be used: {why}.").format(why=error_text(error, _))


def _button(label: str, name: str, mime: str, make: Make, *, first: bool = False) -> None:
    player, served = session.player(), session.served()
    data = partial(_made, served, player, session.language(), make)
    kind: Literal["primary", "secondary"] = "primary" if first else "secondary"
    st.download_button(label, data, name, mime, key=name, icon=":material/download:", on_click="ignore", type=kind)


def _made(served: Session, player: Player, language: str, make: Make) -> str | bytes:
    """The file, with what has been trained and measured by now."""
    run, epoch, agreeing, proving = player.run, player.epoch, served.agreeing, served.proving
    agreement = agreeing.agreement if agreeing is not None and agreeing.run is run else None
    known = proving is not None and proving.run is run and proving.epoch == run.history.n_epochs
    proof = proving.proof if proving is not None and known and not proving.running else None
    if make is _report and proof is None:
        proof = prove(run.history, seconds=REPORT_SECONDS)
    with run.lock:
        return make(Taken(run.history, epoch, language, agreement, proof))


def _program() -> None:
    """How the program's losses agree with the run's, where that is measured; else the offer to measure it."""
    served, history = session.served(), session.player().run.history
    if not history.n_epochs or session.state().busy:
        return
    busy = served.recording is not None or (served.agreeing is not None and served.agreeing.running)
    timer.draw(partial(_agreement, busy), LOOK_EVERY if busy else None)


def _agreement(looking: bool) -> None:
    """`looking`: whether this looks again by a timer."""
    served, history = session.served(), session.player().run.history
    served.look()
    agreeing, recording = served.agreeing, served.recording
    if not looking and (recording is not None or (agreeing is not None and agreeing.running)):
        st.rerun()  # a button in this fragment has begun it: only a whole run gives it a timer
    if recording is not None:
        if recording.arrived:
            served.stop_recording()
            served.put_run(recording.run)
            st.rerun()
        done = recording.progress.known
        said = _("Recording with PyTorch … epoch {n} of {all}.").format(n=f"{done:,}", all=f"{history.n_epochs:,}")
        st.progress(min(1.0, done / history.n_epochs), said)
        st.button(_("Stop"), key="stop_recording", on_click=served.stop_recording)
    elif agreeing is not None and agreeing.running:
        _progress(agreeing.agreement)
        st.button(_("Stop"), key="stop_agreeing", on_click=agreeing.stop)
    elif looking:
        st.rerun()  # the timer must go
    else:
        _measured(history, agreeing.agreement if agreeing is not None else None)


def _progress(agreement: Agreement | None) -> None:
    if agreement is None or not agreement.compared:
        st.progress(0.0, _("The program is starting …"))
        return
    said = _("The program runs: {n} of {all} epochs are compared, about {seconds} s left.")
    share, left = agreement.compared / agreement.recorded, max(1, round(agreement.seconds_left or 0))
    values = {"n": f"{agreement.compared:,}", "all": f"{agreement.recorded:,}", "seconds": f"{left:,}"}
    st.progress(min(1.0, share), said.format(**values))


def _measured(history: History, agreement: Agreement | None) -> None:
    """The header's own words, and what can be done."""
    known = agreement is not None and agreement.ended and agreement.recorded == history.n_epochs
    if known or history.choice.name == "torch":
        st.caption(header(history, agreement, _)[1])
    if not known:
        said = _("Run the program here and compare (about {seconds} s)").format(seconds=f"{_seconds(history):,}")
        st.button(said, key="agree", icon=":material/rule:", on_click=session.served().agree)
    elif agreement is not None and not agreement.complete and history.choice.name != "torch":
        said = _(
            "Trains the run once more with PyTorch, as the program does. That is slower, but then both give "
            "the same losses."
        )
        st.button(_("Record this run with PyTorch"), key="record", help=said, on_click=session.served().record)


def _seconds(history: History) -> int:
    """About how long the program trains."""
    from moons.export.proof import estimated_seconds  # noqa: PLC0415

    memory = session.browser().memory
    if memory.get("program_seconds", (None,))[0] is not history:
        memory["program_seconds"] = history, max(1, round(estimated_seconds(history)))
    return int(memory["program_seconds"][1])


# each imports what it needs when it is asked: some of it is large, and most visitors take nothing away


def _script(taken: Taken) -> str:
    from moons.export.program import to_script  # noqa: PLC0415

    return to_script(taken.history, agreement=taken.agreement, _=translator(taken.language))


def _notebook(taken: Taken) -> str:
    from moons.export.program import to_notebook  # noqa: PLC0415

    return to_notebook(taken.history, agreement=taken.agreement, _=translator(taken.language))


def _report(taken: Taken) -> str:
    from moons.export.report import to_report  # noqa: PLC0415

    return to_report(taken.history, _=translator(taken.language), proof=taken.proof, language=taken.language)


def _film(taken: Taken) -> bytes:
    from moons.export.animation import to_gif  # noqa: PLC0415

    return to_gif(taken.history)


def _safetensors(taken: Taken) -> bytes:
    from moons.export.settings import ever  # noqa: PLC0415
    from moons.export.weights import to_safetensors  # noqa: PLC0415

    model, dataset = taken.history.model_at(taken.epoch), taken.history.dataset
    dropout = ever(taken.history.experiment, "dropout")
    return to_safetensors(model, dropout=dropout, scaling=dataset.scaling, dataset=dataset)


def _onnx(taken: Taken) -> bytes:
    from moons.export.weights import to_onnx  # noqa: PLC0415

    dataset = taken.history.dataset
    return to_onnx(taken.history.model_at(taken.epoch), dataset.scaling, dataset)


def _losses(taken: Taken) -> str:
    from moons.export.tables import losses_csv  # noqa: PLC0415

    return losses_csv(taken.history)


def _points(taken: Taken) -> str:
    return taken.history.dataset.all_to_csv()


def _experiment(taken: Taken) -> str:
    from moons.export.tables import to_json  # noqa: PLC0415

    return to_json(taken.history.experiment)
