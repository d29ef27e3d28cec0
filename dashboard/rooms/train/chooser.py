"""What the large picture shows: the line above it, and the choices behind "Show"."""

from functools import partial

import streamlit as st

from dashboard.app.player import Player
from dashboard.app.tour import STOPS
from dashboard.page import session
from dashboard.page.language import _, literal
from dashboard.rooms.train import inside, surface
from dashboard.rooms.train.scene import Look
from moons.fields import N_
from moons.inspection.boundary import AREAS, CHANGE, LABEL, PROBABILITY, UNCERTAINTY

PICTURES = {
    PROBABILITY: N_("Probability"),
    LABEL: N_("Predicted class"),
    UNCERTAINTY: N_("Uncertainty"),
    CHANGE: N_("Change since an epoch"),
}
_CAPTIONS = {
    PROBABILITY: N_("Probability of each class"),
    LABEL: N_("Decision boundary"),
    UNCERTAINTY: N_("Uncertainty"),
    CHANGE: N_("Change since epoch {epoch}"),
}


def picture(player: Player) -> str:
    """The picture chosen, as far as there is one of this run: a number to predict is neither sure nor unsure."""
    chosen = session.state().view.picture
    return chosen if chosen in _pictures(player) else PROBABILITY


def _pictures(player: Player) -> list[str]:
    return list(PICTURES) if player.run.history.dataset.n_classes else [PROBABILITY, CHANGE]


def _picture_name(view: str, *, numbers: bool) -> str:
    return _("Predicted number") if numbers and view == PROBABILITY else _(PICTURES[view])


def caption(player: Player) -> str:
    """What the picture is called."""
    unit, shown = inside.picked(player), picture(player)
    if unit is not None:
        return inside.unit_text(unit, player)
    if shown == PROBABILITY and not player.run.history.dataset.n_classes:
        return _("Predicted number")
    return _(_CAPTIONS[shown]).format(epoch=f"{session.state().view.since:,}")


def alts(player: Player) -> dict[str, str]:
    """What a screen reader says of the picture, where it isn't the boundary itself."""
    if inside.picked(player) is None and picture(player) in {PROBABILITY, LABEL}:
        return {}
    return {"boundary": _("{picture}, at epoch {epoch}.").replace("{picture}", caption(player))}


def look(player: Player) -> Look:
    """What the person has chosen to see, as far as this network has it."""
    view = session.state().view
    return Look(
        view=AREAS if picture(player) == LABEL else picture(player),
        unit=inside.picked(player),
        contours=view.contours,
        hinges=view.hinges,
        network=view.network is not False,
        point=inside.followed(player) if view.network is not False else None,
        crosses_from=_crosses_from(player),
    )


def _crosses_from(player: Player) -> int:
    """The first epoch at which misclassified points are crossed: an untrained network only guesses.

    The tour asks for one that is crossed out.
    """
    prepared = any(edit.epoch == 0 for edit in player.run.history.experiment.edits)
    guide = session.state().tour
    return 0 if prepared or (guide and STOPS[guide.stop].key == "loss") else 1


def draw() -> None:
    """The line above the picture: what it is, and another choice."""
    surface.draw()
    player = session.player()
    with st.container(horizontal=True, vertical_alignment="center"):
        if inside.picked(player) is not None:
            st.markdown(f"**{literal(caption(player))}**", width="stretch")
            st.button(_("Back to the boundary"), key="unpick", icon=":material/close:", on_click=inside.unpick)
            return
        said = _(
            "Each dot is one point: filled for training, outlined for testing. The colour under it "
            "is the network's answer."
        )
        st.markdown(f"**{literal(caption(player))}**", width="stretch", help=said)
        with st.popover(_("Show"), icon=":material/layers:", key="show", on_change="rerun"):
            _choices()


def _choices() -> None:
    player = session.player()
    name = partial(_picture_name, numbers=not player.run.history.dataset.n_classes)
    st.radio(_("Picture"), _pictures(player), key="picture", format_func=name)
    if session.state().view.picture == CHANGE:
        st.number_input(_("Since epoch"), 0, session.state().experiment.epochs, key="since")
    st.checkbox(_("Test points"), key="test_points")
    st.checkbox(_("Misclassified points"), key="misclassified")
    st.checkbox(_("Contour lines"), key="contours", help=_("Where a class has a probability of 10, 25, 50, 75, 90%."))
    st.checkbox(_("Hinge lines"), key="hinges", help=_("Where a hidden unit's sum is 0: there a ReLU switches on."))
    st.button(_("3-D surface"), key="surface_button", icon=":material/landscape:", on_click=surface.ask)
