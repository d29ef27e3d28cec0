"""The page: `streamlit run streamlit_app.py`."""

import streamlit as st

from dashboard.server.start import page, turn

st.set_page_config(
    page_title="moons",
    page_icon="🌙",
    layout="wide",
    initial_sidebar_state="collapsed" if st.context.is_embedded else "auto",  # a frame has no room for both
)
with turn():
    page().draw()
