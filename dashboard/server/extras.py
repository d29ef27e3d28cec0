"""What the server has beside Streamlit: an early start, the live socket, and headers on every answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from dashboard.server import start
from dashboard.server.headers import PageHeaders


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """The server answers at once, and imports the page meanwhile."""
    start.begin()
    yield


async def live(websocket: WebSocket) -> None:
    """The live socket, where the page is loaded: before that nobody has a token."""
    await asyncio.to_thread(start.page)
    await import_module("dashboard.server.socket").live(websocket)


ROUTES = [WebSocketRoute("/live", live)]
MIDDLEWARE = [Middleware(PageHeaders, modules=start.modules)]
