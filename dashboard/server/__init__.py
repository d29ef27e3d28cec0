"""The page as an ASGI app: Streamlit, the live socket beside it, and the headers of every answer."""
