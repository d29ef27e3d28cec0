"""Boundary and loss of the run looked at: their figures, and where they stand."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from dashboard.app.names import score_text
from dashboard.app.player import Player
from dashboard.page import class_key, session
from dashboard.page.language import _, literal
from dashboard.rooms.train import chooser, diagram
from dashboard.rooms.train.scene import Camera, Frame
from moons.digits import Digits
from moons.inspection.boundary import CHANGE
from moons.inspection.curve import loss_curve
from moons.plots.boundary import Shows, boundary_spec
from moons.plots.loss import loss_spec
from moons.plots.points import MOST
from moons.plots.spec import Spec
from moons.progress import State
from moons.run import History


def draw(figures: dict[str, go.Figure]) -> None:
    """Boundary and loss, and the network where it is shown.

    page.css gives each its place and its height; one below the other they come in this order, the answer first.
    """
    network = session.state().view.network
    with st.container(key={True: "network_pictures", False: "pictures", None: "roomy_pictures"}[network]):
        _boundary(figures["boundary"])
        if network is not False:
            diagram.draw()
        _loss(figures["loss"])


def _boundary(figure: go.Figure) -> None:
    told = _("The plane coloured by the class that the network predicts, under the points.")
    if not session.player().run.history.dataset.n_classes:
        told = _("The plane coloured by the number that the network predicts, under the points.")
    with st.container(key="boundary", gap="xxsmall"):
        chooser.draw()
        st.plotly_chart(
            figure,
            key=f"boundary_chart_{session.theme()}",  # a chart that is patched while it changes its theme can lose it
            height="stretch",
            config={"displayModeBar": False},
            alt=told,
        )
        dataset = session.player().run.history.dataset
        class_key.draw([dataset], _("filled: training point · outlined: test point · crossed: misclassified"))
        class_key.tell_sample(dataset)


def _loss(figure: go.Figure) -> None:
    with st.container(key="loss", gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            said = _("Each point of a line is one epoch: the mean loss over the points. The dotted line is guessing.")
            said = f"{said} {_of_units(session.player().run.history)}".strip()
            st.markdown(f"**{_('Loss')}**", width="stretch", help=said)
            st.toggle(_("Log scale"), key="log", help=_("Logarithmic loss axis."))
        st.plotly_chart(
            figure,
            key=f"loss_chart_{session.theme()}",
            height="stretch",
            config={"displayModeBar": False},
            alt=_("The loss over the epochs, for training and test points."),
        )


def _of_units(history: History) -> str:
    """What a loss of a standardised number means in the number's own unit."""
    dataset = history.dataset
    if dataset.n_classes or dataset.scaling.keeps_y:
        return ""
    said = _("It is the loss of {name} standardised: mean 0, standard deviation 1.")
    if history.experiment.training.regression_loss == "mse":
        said += " " + _("A loss of 0.01 is an error of about {error}; Metrics has the errors in its own unit.")
    error = float(f"{0.1 * dataset.scaling.y_scale:.2g}")
    return said.format(name=literal(dataset.columns[2]), error=f"{error:,.10g}")


def figures(player: Player) -> dict[str, Spec]:
    """Both at the state that can be shown now; the last ones are kept."""
    camera, view, theme = camera_of(player), session.state().view, session.theme()
    moment, memory = camera.moment(player.state), session.browser().memory
    key = (moment, player.run.history.n_epochs, view, theme, session.language())
    if memory.get("figures", (None,))[0] == key:
        kept: dict[str, Spec] = memory["figures"][1]
        return kept
    specs = {
        "boundary": boundary_spec(
            moment.answer,
            camera.dataset,
            moment.verdicts,
            lines=moment.lines,
            shows=Shows(view.test_points, view.misclassified, MOST),
            theme=theme,
            _=_,
        ),
        "loss": loss_spec(
            loss_curve(player.run.history),
            epoch=moment.epoch,
            loss=moment.verdicts.scores.train_loss,
            log=view.log,
            theme=theme,
            _=_,
        ),
    }
    memory["figures"] = key, specs
    return specs


def camera_of(player: Player) -> Camera:
    """What looks at the run as the page's settings say; kept as long as they do."""
    memory, history, now = session.browser().memory, player.run.history, session.state()
    look = chooser.look(player)
    since = None
    if look.view == CHANGE:
        with player.run.lock:
            since = history.state_at(min(now.view.since, history.n_epochs))
    kept: Camera | None = memory.get("camera")
    experiment, dataset = history.experiment, history.dataset
    if (
        kept is None
        or kept.look != look
        or not _same(kept.since, since)
        or kept.dataset is not dataset
        or kept.spec != experiment.model
        or kept.training != experiment.training_now
    ):
        kept = Camera(experiment.model, experiment.training_now, dataset, look, since)
        kept.choose_units(player.state)
        memory["camera"] = kept
    return kept


def _same(one: State | None, other: State | None) -> bool:
    return one is other or bool(one and other and np.array_equal(one.parameters, other.parameters, equal_nan=True))


def alts(player: Player) -> dict[str, str]:
    """What the charts show, for those who can't see them; the browser fills in the numbers of each moment."""
    boundary = _("Decision boundary at epoch {epoch}: it separates {score} of the training points.")
    if not player.run.history.dataset.n_classes:
        boundary = _("Predicted numbers at epoch {epoch}: R² is {score} on the training points.")
    loss = _("Loss at epoch {epoch}: {train} on the training points, {test} on the test points.")
    return {"boundary": boundary, "loss": loss} | chooser.alts(player)


def filled(texts: dict[str, str], shown: Frame, player: Player) -> dict[str, str]:
    """The same with the numbers of the moment that the page itself draws."""
    scores, n_classes = shown.scores, player.run.history.dataset.n_classes
    values = {
        "epoch": f"{shown.epoch:,}",
        "score": score_text(scores.train_score, n_classes),
        "train": f"{Digits(scores.train_loss):.4f}",
        "test": f"{Digits(scores.test_loss):.4f}",
    }
    return {name: alt.format(**values) for name, alt in texts.items()}
