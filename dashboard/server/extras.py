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

LOOK_EVERY = 1.0  # seconds


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """The server answers at once, and imports the page meanwhile."""
    start.begin()
    placing = asyncio.create_task(_place())
    yield
    placing.cancel()


async def _place() -> None:
    """Where the threads run, by how many look on."""
    while True:
        await asyncio.sleep(LOOK_EVERY)
        if start.is_ready():
            sessions = import_module("dashboard.app.sessions").sessions()
            import_module("dashboard.app.processor").processor().choose(sessions.live)


async def live(websocket: WebSocket) -> None:
    """The live socket, where the page is loaded: before that nobody has a token."""
    await asyncio.to_thread(start.page)
    await import_module("dashboard.server.socket").live(websocket)


ROUTES = [WebSocketRoute("/live", live)]
MIDDLEWARE = [Middleware(PageHeaders, modules=start.modules)]
