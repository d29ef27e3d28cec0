"""The live socket: pushes a session's run to its browser, and hears its hand."""

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from starlette.websockets import WebSocket, WebSocketDisconnect

from dashboard.app import events as e
from dashboard.app.message import Listener, message
from dashboard.app.processor import processor
from dashboard.app.session import Session
from dashboard.app.sessions import sessions
from dashboard.app.status import live_words

PROTOCOL = "moons.1"  # offered by the browser, followed by its session's token
FASTEST, SLOWEST = 0.05, 0.4  # seconds between two messages: few browsers get many small ones, many get few large ones
MESSAGES_A_SECOND = 200  # to all browsers together
WORDS_EVERY = 1.0  # seconds
FLOOD = 60  # words a second from one browser: more, and it is cut off
LONGEST = 2_000  # characters of a word
MOST_SOCKETS = 8  # of one session: a browser that opens anew may not have been noticed to have left
STUCK = 10.0  # seconds that a browser may take to read a message
REFUSED, TOO_MUCH = 1008, 1009  # close codes


async def live(websocket: WebSocket) -> None:
    """Serve one browser until it leaves."""
    offered = websocket.scope.get("subprotocols", [])
    session = sessions().find(offered[1]) if len(offered) == 2 and offered[0] == PROTOCOL else None
    if session is None or session.feed.listeners >= MOST_SOCKETS or not same_origin(websocket):
        await websocket.close(REFUSED)
        return
    connection = _Connection(websocket, session)  # counted before the browser hears that it is let in
    try:
        await websocket.accept(subprotocol=PROTOCOL)
        await connection.serve()
    finally:
        session.feed.leave(connection)
        session.look()  # from now on the time counts after which nothing is computed for it


async def _aside(act: Callable[..., Any], *about: Any) -> Any:
    """Do it on a thread of its own."""

    def done() -> Any:
        processor().join()
        return act(*about)

    return await asyncio.to_thread(done)


def same_origin(websocket: WebSocket) -> bool:
    """Whether the page that asks comes from this host. A program that isn't a browser names no origin."""
    origin = websocket.headers.get("origin")
    if origin is None:
        return True
    host = websocket.headers.get("x-forwarded-host") or websocket.headers.get("host", "")
    return urlsplit(origin).netloc == host.partition(",")[0].strip()


class _Connection:
    """One browser's socket."""

    def __init__(self, websocket: WebSocket, session: Session) -> None:
        self._socket, self._session = websocket, session
        self._listener = Listener()
        self._changed, self._acted = asyncio.Event(), asyncio.Event()
        self._signalled = False
        self._hidden = False
        self._heard: deque[float] = deque(maxlen=FLOOD)
        self._words: tuple[float, str] = (0.0, "")  # when they were sent last, and what they were
        loop = asyncio.get_running_loop()

        def wake() -> None:  # once until the next message is made: to wake the loop costs more than a frame
            if self._signalled:
                return
            self._signalled = True
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(self._changed.set)

        session.feed.listen(self, wake)

    async def serve(self) -> None:
        self._session.look()
        self._changed.set()
        tasks = [asyncio.create_task(self._send()), asyncio.create_task(self._receive())]
        _done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError, WebSocketDisconnect, TimeoutError, RuntimeError, OSError):
                await task

    async def _send(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            self._signalled = False
            every = min(SLOWEST, max(FASTEST, sessions().live / MESSAGES_A_SECOND))
            if not self._hidden:
                data = message(self._session, self._listener, every)
                if data is not None:
                    async with asyncio.timeout(STUCK):
                        await self._socket.send_bytes(data)
                await self._say(every)
            with suppress(TimeoutError):
                async with asyncio.timeout(every):  # a person's act is answered at once
                    await self._acted.wait()
            self._acted.clear()

    async def _say(self, every: float) -> None:
        """How the run is doing, in words; seldom, and less often where many look."""
        now = time.monotonic()
        wait = self._words[0] + WORDS_EVERY * every / FASTEST - now
        if wait > 0:
            if not self._session.state.busy:  # the last words of what is tried: nothing else will come
                asyncio.get_running_loop().call_later(wait, self._changed.set)
            return
        words = json.dumps(await _aside(live_words, self._session))
        if words != self._words[1]:
            async with asyncio.timeout(STUCK):
                await self._socket.send_text(words)
        self._words = now, words

    async def _receive(self) -> None:
        while True:
            heard = await self._socket.receive()
            if heard["type"] == "websocket.disconnect":
                return
            text, now = heard.get("text"), time.monotonic()
            if text is None or len(text) > LONGEST or (len(self._heard) == FLOOD and now - self._heard[0] < 1.0):
                await self._socket.close(TOO_MUCH)
                return
            self._heard.append(now)
            with suppress(ValueError, TypeError, KeyError):  # not a word of ours: nothing happens
                word = json.loads(text)
                if isinstance(word, dict):
                    await self._hear(word)

    async def _hear(self, word: dict[str, Any]) -> None:
        match word.get("do"):
            case "pause":
                await self._happen(e.PausePressed(int(word["epoch"])), word)
            case "train":
                await self._happen(e.TrainPressed(backwards=bool(word.get("backwards"))), word)
            case "step":
                await self._happen(e.StepPressed(self._session.state.transport.step_size), word)
            case "reset":
                await self._happen(e.ResetPressed(), word)
            case "seek":
                await self._happen(e.Sought(int(word["epoch"])), word)
            case "hidden":
                self._hidden = bool(word["hidden"])
                self._changed.set()
            case "since":  # a browser that comes back says what it has
                scene = self._session.player.number
                known = int(word["known"]) if int(word["scene"]) == scene else 0
                self._listener = Listener(scene=scene, curve_from=known, frame=max(0, self._session.feed.number - 1))
                self._changed.set()

    async def _happen(self, event: e.Event, word: dict[str, Any]) -> None:
        if int(word["scene"]) == self._session.player.number:  # else it means a run that is no longer looked at
            await _aside(self._session.try_send, event)
            self._acted.set()
            self._changed.set()
        self._session.last_act = float(word.get("act", 0))
