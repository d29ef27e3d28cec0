"""What the large picture shows: the line above it, and the choices behind "Show"."""

import streamlit as st

from dashboard import inside, session, surface
from dashboard.language import _, literal
from dashboard.player import Player
from dashboard.scene import Look
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


def look(player: Player) -> Look:
    """What the person has chosen to see, as far as this network has it."""
    return Look(
        view=session.get("picture"),
        unit=inside.picked(player),
        contours=session.get("contours"),
        hinges=session.get("hinges"),
        network=session.get("network"),
        point=inside.followed(player) if session.get("network") else None,
    )


def fit() -> None:
    """Let go of what was chosen for another run and this one doesn't have."""
    session.put(picture=session.get("picture") if session.get("picture") in _pictures() else LABEL)
    session.put(since=min(session.get("since"), session.player().history.n_epochs))


def _pictures() -> list[str]:
    numbers = not session.player().history.dataset.n_classes  # a regression has no classes to be sure or unsure of
    return [view for view in PICTURES if not numbers or view not in {PROBABILITY, UNCERTAINTY}]


def draw() -> None:
    """The line above the picture: what it is, and another choice."""
    surface.draw()
    unit = inside.picked(session.player())
    with st.container(horizontal=True, vertical_alignment="center"):
        if unit is not None:
            st.markdown(f"**{literal(inside.unit_text(unit, session.player()))}**", width="stretch")
            st.button(_("Back to the boundary"), key="unpick", icon=":material/close:", on_click=inside.unpick)
            return
        caption = _(_CAPTIONS[session.get("picture")]).format(epoch=f"{session.get('since'):,}")
        if session.get("picture") == LABEL and not session.player().history.dataset.n_classes:
            caption = _("Predicted number")
        said = _(
            "Each dot is one point, filled to learn from, hollow to test on. Under them: what the network answers."
        )
        st.markdown(f"**{caption}**", width="stretch", help=said)
        with st.popover(_("Show"), icon=":material/layers:", key="show", on_change="rerun"):
            _choices()


def _choices() -> None:
    st.radio(_("Picture"), _pictures(), key="picture", format_func=lambda view: _(PICTURES[view]))
    if session.get("picture") == CHANGE:
        st.number_input(_("Since epoch"), 0, session.player().history.n_epochs, key="since")
    st.checkbox(_("Test points"), key="test_points")
    st.checkbox(_("Misclassified points"), key="misclassified")
    st.checkbox(_("Contour lines"), key="contours", help=_("Where a class has a probability of 10, 25, 50, 75, 90 %."))
    st.checkbox(_("Hinge lines"), key="hinges", help=_("Where a hidden unit's sum is 0: there a ReLU switches on."))
    st.button(_("3-D surface"), key="surface_button", icon=":material/landscape:", on_click=surface.ask)
