"""What the server has beside Streamlit: the live socket, and headers on every answer."""

from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute

from dashboard.server.headers import SecurityHeaders
from dashboard.server.socket import live

ROUTES = [WebSocketRoute("/live", live)]
MIDDLEWARE = [Middleware(SecurityHeaders)]
