"""The page and its server: `streamlit run streamlit_app.py`.

Streamlit imports this file for the server, then runs it as a script for every person.
"""

import gc
import sys
import threading

import streamlit as st
import torch

from moons import compiled


@st.cache_resource
def _boot() -> None:
    """Once per process."""
    torch.set_num_threads(1)  # sessions share the cores; a network this small gains nothing from more
    sys.setswitchinterval(0.001)  # seconds: a click must not wait for threads that train
    threading.Thread(target=compiled.warm_up, daemon=True).start()  # so that the first Train is instant
    gc.collect()
    gc.freeze()  # what is loaded now stays: later collections needn't look at it


if __name__ == "__main__":
    from dashboard.page import page

    st.set_page_config(
        page_title="moons",
        page_icon="🌙",
        layout="wide",
        initial_sidebar_state="collapsed" if st.context.is_embedded else "auto",  # a frame has no room for both
    )
    _boot()
    page.draw()
else:
    from dashboard.server import extras

    app = st.App(__file__, routes=extras.ROUTES, middleware=extras.MIDDLEWARE)
