"""What the large picture shows: the line above it, and the choices behind "Show"."""

import streamlit as st

from dashboard.app.player import Player
from dashboard.page import session
from dashboard.page.language import _, literal
from dashboard.rooms.train import inside, surface
from dashboard.rooms.train.scene import Look
from moons.fields import N_
from moons.inspection.boundary import CHANGE, LABEL, PROBABILITY, UNCERTAINTY

PICTURES = {
    LABEL: N_("Predicted class"),
    PROBABILITY: N_("Probability"),
    UNCERTAINTY: N_("Uncertainty"),
    CHANGE: N_("Change since an epoch"),
}
_CAPTIONS = {
    LABEL: N_("Decision boundary"),
    PROBABILITY: N_("Probability of each class"),
    UNCERTAINTY: N_("Uncertainty"),
    CHANGE: N_("Change since epoch {epoch}"),
}


def picture(player: Player) -> str:
    """The picture chosen, as far as there is one of this run: a number to predict is neither sure nor unsure."""
    chosen = session.state().view.picture
    return chosen if chosen in _pictures(player) else LABEL


def _pictures(player: Player) -> list[str]:
    numbers = not player.run.history.dataset.n_classes
    return [view for view in PICTURES if not numbers or view not in {PROBABILITY, UNCERTAINTY}]


def caption(player: Player) -> str:
    """What the picture is called."""
    unit, shown = inside.picked(player), picture(player)
    if unit is not None:
        return inside.unit_text(unit, player)
    if shown == LABEL and not player.run.history.dataset.n_classes:
        return _("Predicted number")
    return _(_CAPTIONS[shown]).format(epoch=f"{session.state().view.since:,}")


def alts(player: Player) -> dict[str, str]:
    """What a screen reader says of the picture, where it isn't the boundary itself."""
    if inside.picked(player) is None and picture(player) == LABEL:
        return {}
    return {"boundary": _("{picture}, at epoch {epoch}.").replace("{picture}", caption(player))}


def look(player: Player) -> Look:
    """What the person has chosen to see, as far as this network has it."""
    view = session.state().view
    return Look(
        view=picture(player),
        unit=inside.picked(player),
        contours=view.contours,
        hinges=view.hinges,
        network=view.network,
        point=inside.followed(player) if view.network else None,
    )


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
    pictures = _pictures(session.player())
    st.radio(_("Picture"), pictures, key="picture", format_func=lambda view: _(PICTURES[view]))
    if session.state().view.picture == CHANGE:
        st.number_input(_("Since epoch"), 0, session.state().experiment.epochs, key="since")
    st.checkbox(_("Test points"), key="test_points")
    st.checkbox(_("Misclassified points"), key="misclassified")
    st.checkbox(_("Contour lines"), key="contours", help=_("Where a class has a probability of 10, 25, 50, 75, 90 %."))
    st.checkbox(_("Hinge lines"), key="hinges", help=_("Where a hidden unit's sum is 0: there a ReLU switches on."))
    st.button(_("3-D surface"), key="surface_button", icon=":material/landscape:", on_click=surface.ask)
