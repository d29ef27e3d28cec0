"""The page and its server: `streamlit run streamlit_app.py`.

Streamlit imports this file for the server, then runs it as a script for every person.
"""

import streamlit as st

from dashboard.app.turns import turns
from dashboard.server import start

if __name__ == "__main__":
    st.set_page_config(
        page_title="moons",
        page_icon="🌙",
        layout="wide",
        initial_sidebar_state="collapsed" if st.context.is_embedded else "auto",  # a frame has no room for both
    )
    with turns().take():
        start.page().draw()
else:
    from dashboard.server import extras

    app = st.App(__file__, lifespan=extras.lifespan, routes=extras.ROUTES, middleware=extras.MIDDLEWARE)
