"""The page with its live socket: `streamlit run serve.py`. Without one, `streamlit run streamlit_app.py` works too."""

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute

from dashboard.server.headers import SecurityHeaders
from dashboard.server.socket import live

app = st.App(
    "streamlit_app.py",
    routes=[WebSocketRoute("/live", live)],
    middleware=[Middleware(SecurityHeaders)],
)
