"""The loss around the run's weights, the run's path over it, and how sharply it curves along the way."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.app import events as e
from dashboard.app.exploring import Steps
from dashboard.page import session
from dashboard.page.language import _
from dashboard.rooms.explore import steps, study
from moons import History
from moons.digits import Digits
from moons.fields import label_of
from moons.inspection.landscape import (
    ALL,
    EACH,
    OWN,
    PLANES,
    RANDOM,
    SEEDED,
    Landscape,
    PathOnPlane,
    Plane,
    Rival,
    Sharpness,
    Spot,
    seeded_for,
    sharpness,
    spot,
    survey,
)
from moons.inspection.landscape.surface import POINTS
from moons.optimizers import OPTIMIZERS
from moons.plots.landscape import DrawnPath, map_figure, relief_figure
from moons.plots.sharpness import sharpness_figure
from moons.progress import Stopped

FEWEST_EPOCHS = 2
MOST_TOLD = 3  # rivals with a sentence each
PACE = 5e9  # points times parameters that a second of work on the surface takes, about
LITTLE = 0.03  # share of the work between two looks that are kept
FAR, NEAR = 2.0, 0.8  # of the limit by the largest eigenvalue: far below it, at it
CHART = {"displayModeBar": False}


def draw() -> None:
    """The choice of a plane and of rivals, the landscape, and the curvature."""
    now = session.state()
    names = {OWN: _("Through this path"), ALL: _("Through all paths"), RANDOM: _("Random directions")}
    own = now.experiment.training.optimizer
    rivals = [name for name in OPTIMIZERS if name != own]
    seeded = seeded_for(now.experiment)
    race = tuple(name for name in now.view.race if name != own)  # a run does not race itself
    seeds = tuple(kind for kind in now.view.race_seeds if kind in seeded)
    if (race, seeds) != (now.view.race, now.view.race_seeds):
        now = session.show_while_drawing(e.Chosen(replace(now.view, race=race, race_seeds=seeds)))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.segmented_control(
            _("Plane of weights"), PLANES, key="plane", format_func=names.__getitem__, required=True,
            help=_("Along the path's first two principal directions, or along two random, filter-normalised ones."),
        )  # fmt: skip
        st.pills(
            _("From the same start"), rivals, key="race", selection_mode="multi",
            format_func=lambda name: OPTIMIZERS[name].label,
            help=_("The same experiment from the same initial weights with other optimisers, on the same plane."),
        )  # fmt: skip
        st.pills(
            _("Other seeds"), seeded, key="race_seeds", selection_mode="multi",
            format_func=lambda kind: _(SEEDED[kind].label),
            help=_("The same experiment with the next {n} seeds, on the same plane.").format(n=EACH),
        )  # fmt: skip
        st.toggle(_("In 3-D"), key="relief")
    show(now.view.plane, race, seeds)


def show(plane: str, race: tuple[str, ...], seeds: tuple[str, ...] = ()) -> None:
    """The landscape over a plane with such rivals, and the curvature along the run."""
    now, run = session.state(), session.player().run
    n_epochs = run.history.n_epochs
    if now.busy or n_epochs < FEWEST_EPOCHS:
        st.info(_("Train for two epochs or more, and pause: then the path of the run is drawn here."))
        return
    wanted = study.asked("landscape", n_epochs, plane, race, seeds)
    make = partial(_computed, run.history, n_epochs, plane, race, seeds)
    seconds = _seconds(run.history, len(race) + EACH * len(seeds), run.seconds)
    steps.draw(wanted, make, 1, _("Draw the landscape"), _show, complete=_complete, seconds=seconds)


def _seconds(history: History, n_rivals: int, run_seconds: float) -> float:
    """About how long the surface and the rivals' runs take."""
    products = POINTS**2 * len(history.dataset.y_train) * len(history.last.parameters)
    return products / PACE + (1 + n_rivals) * run_seconds


def _computed(
    history: History,
    n_epochs: int,
    plane: str,
    race: tuple[str, ...],
    seeds: tuple[str, ...],
    stop: Callable[[], bool],
) -> Iterator[Landscape | Sharpness]:
    with suppress(Stopped):
        shown = 0.0
        for landscape in survey(history, n_epochs, plane=plane, optimizers=race, seeds=seeds, stop=stop):
            if landscape.share == 1 or landscape.share > shown + LITTLE:
                shown = landscape.share
                yield landscape
        yield from sharpness(history, n_epochs, stop=stop)


def _complete(found: Steps) -> bool:
    last = found.results[-1] if found.results else None
    return isinstance(last, Sharpness) and last.share == 1


def _show(found: Steps) -> None:
    landscapes = [one for one in found.results if isinstance(one, Landscape)]
    curvatures = [one for one in found.results if isinstance(one, Sharpness)]
    if landscapes:
        _landscape(landscapes[-1], running=found.running and landscapes[-1].share < 1)
    if curvatures:
        _curvature(curvatures[-1], running=found.running)


def _landscape(landscape: Landscape, *, running: bool) -> None:
    session.served().settle(session.BLINK)
    player = session.player()
    plane, own, surface = landscape.plane, landscape.own, landscape.surface
    if running:
        st.progress(landscape.share, _("The paths …") if surface is None else _("The surface grows finer …"))
    if plane is None or own is None or surface is None:
        return
    here = spot(player.run.history, min(player.epoch, int(own.epochs[-1])), plane)
    label = OPTIMIZERS[player.run.experiment.training.optimizer].label
    paths = [DrawnPath(_("{optimizer}, this run").format(optimizer=label), own, own=True)]
    paths += [DrawnPath(_rival_name(rival), path) for rival, path in landscape.others]
    figure = (relief_figure if session.state().view.relief else map_figure)(
        surface, plane, paths, here, theme=session.theme(), _=_
    )
    alt = _("The training loss over a plane of weights, and the path of the run over it.")
    if session.state().view.relief:
        st.plotly_chart(figure, key="landscape_chart", height=520, config=CHART, alt=alt)
    else:
        st.plotly_chart(
            figure, key="landscape_map", height=520, config=CHART, alt=alt, on_select=_pick, selection_mode="points"
        )
    _epoch(int(own.epochs[-1]))
    st.markdown(here_text(here))
    few = landscape.others[:MOST_TOLD] if len(landscape.others) <= MOST_TOLD else ()
    for sentence in (plane_text(plane, own), *map(_rival_text, few), *_reservations(player.run.history)):
        st.caption(sentence)
    if len(landscape.others) > MOST_TOLD:
        st.dataframe(_rivals_table(landscape.others), hide_index=True)


def _epoch(n_epochs: int) -> None:
    """The hand that moves along the path: the page's own epoch."""
    now = session.player().epoch
    if session.state().exploration.landscape_epoch != now:
        session.explore(landscape_epoch=min(now, n_epochs))
    st.slider(_("Epoch"), 0, n_epochs, key="landscape_epoch", on_change=_seek)


def _pick() -> None:
    """A click on a path: to its epoch."""
    picked = (session.message("selection", "landscape_map") or {}).get("points") or []
    said = picked[0].get("customdata") if picked else None
    if said:  # epoch and loss; a typed array comes as a mapping
        session.try_send(e.Sought(int(next(iter(said.values() if isinstance(said, dict) else said)))))


def _seek() -> None:
    session.try_send(e.Sought(session.state().exploration.landscape_epoch))


def here_text(here: Spot) -> str:
    """Where the run is, in a sentence with numbers."""
    return _(
        "After epoch {epoch} the training loss is **{loss}**, at the nearest place on the plane {on_plane}. "
        "The gradient is {gradient} long; {share} of its squared length lies in the plane."
    ).format(
        epoch=f"{here.epoch:,}",
        loss=f"{Digits(here.loss):.4f}",
        on_plane=f"{Digits(here.loss_on_plane):.4f}",
        gradient=f"{Digits(here.gradient_norm):.4f}",
        share=f"{here.share_of_gradient:.0%}",
    )


def plane_text(plane: Plane, own: PathOnPlane) -> str:
    """How much of the path the plane shows."""
    if plane.shares is None:
        said = _("Two random directions through the weights at the end: {share} of the path's variance lies in them.")
    else:
        said = _("{share} of the path's variance lies in this plane, which goes through the weights at the end.")
    return said.format(share=f"{own.share:.1%}")


def _rival_name(rival: Rival) -> str:
    if rival.kind == "optimizer":
        return OPTIMIZERS[rival.value].label
    return f"{_(label_of(type(getattr(rival.experiment, SEEDED[rival.kind].part)), 'seed'))} {rival.value}"


def _rival_text(found: tuple[Rival, PathOnPlane]) -> str:
    rival, path = found
    return _("{name} ends at a training loss of {loss}; {share} of its path's variance lies in this plane.").format(
        name=_rival_name(rival), loss=f"{Digits(path.losses[-1]):.4f}", share=f"{path.share:.1%}"
    )


def _rivals_table(others: Sequence[tuple[Rival, PathOnPlane]]) -> pd.DataFrame:
    """The same of many, a row each."""
    rows = [
        {
            _("Run"): _rival_name(rival),
            _("training loss at its end"): f"{Digits(path.losses[-1]):.4f}",
            _("path's variance in this plane"): f"{path.share:.1%}",
        }
        for rival, path in others
    ]
    return pd.DataFrame(rows)


def _reservations(history: History) -> list[str]:
    """What the run follows that the surface doesn't show."""
    spec, said = history.experiment.training_now, list[str]()
    if spec.batch_size is not None and spec.batch_size < len(history.dataset.y_train):
        said.append(_("Each step of the run follows the loss of its batch; the surface is that of all points."))
    if spec.dropout:
        said.append(_("The surface is without dropout, which changes the loss in every step of the run."))
    if spec.weight_decay or spec.l1:
        said.append(_("The surface is the loss without the penalties (L2, L1), which the run follows as well."))
    return said


def _curvature(found: Sharpness, *, running: bool) -> None:
    player = session.player()
    st.markdown(f"**{_('Curvature along the run')}**")
    if running:
        st.progress(found.share, _("The largest eigenvalue of the Hessian, epoch by epoch …"))
    figure = sharpness_figure(found, player.run.history.n_epochs, player.epoch, theme=session.theme(), _=_)
    alt = _("The largest eigenvalue of the Hessian over the epochs, beside the limit of the learning rate.")
    st.plotly_chart(figure, key="sharpness_chart", height=300, config=CHART, alt=alt)
    st.markdown(curvature_text(found, player.run.history))
    st.caption(
        _(
            "The largest eigenvalue of the Hessian of the training loss is its curvature where it is sharpest. "
            "Full-batch SGD is stable up to 2 / learning rate; beyond it a step overshoots further each time."
        )
    )


def curvature_text(found: Sharpness, history: History) -> str:
    """How near the run is to the edge of stability, in a sentence with numbers."""
    largest, limit, epoch = float(found.largest[-1]), float(found.limits[-1]), f"{found.epochs[-1]:,}"
    if not np.isfinite(largest):
        return _("The loss after epoch {epoch} is not finite, so it has no curvature.").format(epoch=epoch)
    spec, _end = history.experiment.segment(int(found.epochs[-1]))
    name, edge = OPTIMIZERS[spec.optimizer].label, OPTIMIZERS[spec.optimizer].edge
    words = {"epoch": epoch, "largest": f"{largest:.3g}", "limit": f"{limit:.3g}", "name": name}
    if edge is None:
        said = _(
            "After epoch {epoch} the largest eigenvalue is {largest}. {name} scales each step by past gradients, so no "
            "one limit holds for it."
        )
        return said.format(**words)
    if not np.isfinite(limit):
        said = _("After epoch {epoch} the largest eigenvalue is {largest}. The learning rate is 0 by then.")
        return said.format(**words)
    if largest <= 0 or limit > FAR * largest:
        said = _(
            "After epoch {epoch} the largest eigenvalue is {largest}; at this learning rate {name} is stable up to "
            "{limit}. A rate up to {rate} would be stable here."
        )
        rate = edge / (max(largest, 0.0) + spec.weight_decay or np.inf)
        return said.format(**words, rate=f"{rate:.2g}")
    if largest >= NEAR * limit:
        said = _(
            "**The edge of stability**: after epoch {epoch} the largest eigenvalue is {largest}, and at this learning "
            "rate {name} is stable up to {limit}."
        )
        return said.format(**words)
    said = _("After epoch {epoch} the largest eigenvalue is {largest}, below the {limit} up to which {name} is stable.")
    return said.format(**words)
