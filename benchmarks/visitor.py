"""One visitor of the load test: a browser's part of Streamlit's protocol and of the live socket."""

import asyncio
import base64
import json
import random
import struct
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

PATIENCE = 20.0  # seconds that a visitor waits for the effect of a click
ROOMS = ("Learn", "Compare", "Data", "Take away")
ALONE = 0.4  # seconds at rest after which the browser asks the page to follow
PLAYING, MOVING = 1, 5  # flags of a live message
_HEADER = struct.Struct("<BBHIIIIIIIIf")
_EPOCH = struct.Struct("<I")


@dataclass
class Tally:
    """What one visitor has seen."""

    pictures: int = 0
    playing: float = 0.0  # seconds
    bytes: int = 0  # on the wire
    tick: list[float] = field(default_factory=list)  # seconds of each look of the stage's timer
    gaps: list[float] = field(default_factory=list)  # seconds between two live messages while playing
    sizes: list[int] = field(default_factory=list)  # bytes of a live message
    clicks: dict[str, list[float]] = field(default_factory=dict)  # seconds to their effect
    errors: Counter[str] = field(default_factory=Counter)


class Counted(ClientConnection):
    """A connection that counts what comes over the wire, compressed as it is."""

    tally: Tally

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        self.tally.bytes += len(data)
        super().data_received(data)


class Page:
    """The page's script on the server, over Streamlit's websocket. Keeps what the last run drew."""

    def __init__(self, socket: ClientConnection, tally: Tally, changed: Callable[[], None]) -> None:
        self._socket, self._tally, self._changed = socket, tally, changed
        self.data: dict[str, Any] = {}  # of the live component
        self.every = 1.0  # seconds between two looks at what stands below the charts
        self.scene = 0  # the run that the live component knows
        self.runs = 0  # of the script, that drew the page or a room
        self.on_message: Callable[[bytes], None] = lambda message: None
        self.on_scene: Callable[[dict[str, Any]], None] = lambda data: None
        self._ids: dict[str, tuple[str, str]] = {}  # key of an element -> its id, its fragment
        self._drawn: set[str] = set()  # keys, by the whole run under way
        self._kept: dict[str, ForwardMsg] = {}  # large messages, by their hash
        self._timers: dict[str, asyncio.Task[None]] = {}  # by fragment
        self._asked: dict[str, float] = {}  # fragment -> when its timer asked
        self._answered = 0

    async def listen(self) -> None:
        """Follow the script until the page is left."""
        try:
            async for data in self._socket:
                message = ForwardMsg()
                message.ParseFromString(bytes(data) if not isinstance(data, str) else data.encode())
                self._receive(message)
                self._changed()
        except ConnectionClosed:
            self._tally.errors["page closed"] += 1
        finally:
            self._stop_timers()

    def has(self, key: str) -> bool:
        """Whether the page has that element."""
        return key in self._ids

    async def begin(self) -> None:
        """The first run of the script."""
        await self._socket.send(_rerun().SerializeToString())

    async def press(self, key: str) -> None:
        """Press a button."""
        message = self._about(key)
        message.rerun_script.widget_states.widgets.add(id=self._ids[key][0], trigger_value=True)
        await self._socket.send(message.SerializeToString())

    async def choose(self, key: str, choice: str) -> None:
        """Choose one of a group of buttons."""
        message = self._about(key)
        widget = message.rerun_script.widget_states.widgets.add(id=self._ids[key][0])
        widget.string_array_value.data.append(choice)
        await self._socket.send(message.SerializeToString())

    async def tell(self, word: str, value: object, component: str = "live") -> None:
        """A word of the live component, or of another."""
        message = self._about(component)
        said = json.dumps([{"event": word, "value": value}])
        message.rerun_script.widget_states.widgets.add(
            id=f"$$STREAMLIT_INTERNAL_KEY_{self._ids[component][0]}__events", json_trigger_value=said
        )
        await self._socket.send(message.SerializeToString())

    def _about(self, key: str) -> BackMsg:
        return _rerun(self._ids[key][1], hashes=list(self._kept))

    def _receive(self, message: ForwardMsg) -> None:
        match message.WhichOneof("type"):
            case "new_session":
                if not message.metadata.run.fragment_ids:
                    self._drawn.clear()
                    self._stop_timers()
            case "auto_rerun":
                self._start_timer(message.auto_rerun.fragment_id, message.auto_rerun.interval)
            case "stop_auto_rerun":
                for fragment in message.stop_auto_rerun.fragment_ids:
                    self._stop_timer(fragment)
            case "ref_hash":
                if message.ref_hash in self._kept:
                    self._draw(self._kept[message.ref_hash])
                else:
                    self._tally.errors["cached message missing"] += 1
            case "delta":
                if message.metadata.cacheable:
                    self._kept[message.hash] = message
                self._draw(message)
            case "script_finished":
                self._finish(message.script_finished, list(message.metadata.run.fragment_ids))

    def _draw(self, message: ForwardMsg) -> None:
        element, fragment = message.delta.new_element, message.delta.fragment_id
        kind = element.WhichOneof("type")
        if kind == "exception":
            self._tally.errors[f"exception: {element.exception.message[:80]}"] += 1
        if kind not in {"button", "button_group", "bidi_component"}:
            return
        full = getattr(element, kind).id
        key = full.split("-", 2)[-1]
        self._ids[key] = full, fragment
        self._drawn.add(key)
        if key == "filmstrip":
            self.every = json.loads(element.bidi_component.json)["every"] / 1000
        if key == "live":
            self._hear(json.loads(element.bidi_component.json))

    def _hear(self, data: dict[str, Any]) -> None:
        new = data["serial"] != self.data.get("serial")
        self.data = data
        if data.get("scene"):
            self.scene = data["number"]
            self.on_scene(data)
        if new and data.get("message"):
            self.on_message(base64.b64decode(data["message"]))

    def _finish(self, status: int, fragments: list[str]) -> None:
        if status == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY:
            self.runs += self._ids.get("step", ("", ""))[1] in fragments  # the room Train
        elif status == ForwardMsg.FINISHED_SUCCESSFULLY:
            self.runs += 1
            self._asked.clear()
            if "live" not in self._drawn:  # another room
                self._ids.pop("live", None)
        elif status == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            self._tally.errors["script failed"] += 1
        stage = self._ids.get("live", ("", ""))[1]
        for fragment in fragments:
            asked = self._asked.pop(fragment, None)
            if asked is not None and fragment == stage:
                self._tally.tick.append(time.perf_counter() - asked)

    def _start_timer(self, fragment: str, interval: float) -> None:
        self._stop_timer(fragment)
        self._timers[fragment] = asyncio.create_task(self._look(fragment, interval))

    async def _look(self, fragment: str, interval: float) -> None:
        with suppress(ConnectionClosed):
            while True:
                await asyncio.sleep(interval)
                self._asked.setdefault(fragment, time.perf_counter())
                message = _rerun(fragment, hashes=list(self._kept))
                message.rerun_script.is_auto_rerun = True
                await self._socket.send(message.SerializeToString())

    def _stop_timer(self, fragment: str) -> None:
        if timer := self._timers.pop(fragment, None):
            timer.cancel()

    def _stop_timers(self) -> None:
        for fragment in list(self._timers):
            self._stop_timer(fragment)


class Visitor:
    """One person: opens the page, trains, looks, pauses, goes through the rooms."""

    def __init__(self, address: str, number: int, *, fallback: bool) -> None:
        self.tally = Tally()
        self._address, self._fallback = address, fallback
        self._random = random.Random(number)  # think time and choices
        self._changed = asyncio.Event()
        self._live: ClientConnection | None = None
        self._flags, self._epoch, self._states = 0, 0, 0
        self._epochs = 0  # of the whole run
        self._acted = False  # over the live socket, and the page doesn't know of it
        self._last = 0.0  # when the last message came
        self.page: Page

    async def visit(self, cookies: str, until: float) -> None:
        """Stay until that time (perf_counter seconds)."""
        try:
            async with self._connect("/_stcore/stream", ["streamlit"], cookies) as stream:
                self.page = Page(stream, self.tally, self._changed.set)
                self.page.on_message, self.page.on_scene = self._see, self._begin_scene
                tasks = [asyncio.create_task(self.page.listen())]
                await self._timed("open", self.page.begin(), lambda: self.page.runs > 0 and self.page.has("live"))
                tasks += [asyncio.create_task(self._follow()), asyncio.create_task(self._keep_live(cookies))]
                await self._act(until)
                for task in tasks:
                    task.cancel()
        except (OSError, ConnectionClosed, InvalidStatus, TimeoutError, KeyError) as error:
            self.tally.errors[repr(error)] += 1

    async def _keep_live(self, cookies: str) -> None:
        """The live socket is open as long as the page has the component that opens it."""
        listening: asyncio.Task[None] | None = None
        try:
            while not self._fallback:
                there = self.page.has("live")
                if there and listening is None:
                    listening = asyncio.create_task(self._listen(cookies))
                elif not there and listening is not None:
                    listening.cancel()
                    listening, self._live = None, None
                await asyncio.sleep(0.05)
        finally:
            if listening is not None:
                listening.cancel()

    async def _act(self, until: float) -> None:
        acts = [self._pause_a_while, self._pause_a_while, self._step, self._go_elsewhere, self._change, self._watch]
        while time.perf_counter() < until:
            await self._think(1.0, 4.0, until)
            if not self._plays:
                await self._train()
            await self._think(5.0, 15.0, until)
            if time.perf_counter() < until:
                await self._random.choice(acts)()

    async def _think(self, low: float, high: float, until: float) -> None:
        left = until - time.perf_counter()
        if left > 0:
            await asyncio.sleep(min(self._random.uniform(low, high), left))

    @property
    def _plays(self) -> bool:
        return bool(self._flags & PLAYING) if self._live else bool(self.page.data.get("playing"))

    async def _train(self) -> None:
        if not self.page.has("train"):
            return
        if self._epoch >= self._epochs - 100:  # the run is over: begin anew
            await self._timed("reset", self._do("reset"), lambda: self._epoch == 0)
        before = self._states
        await self._timed("train", self._do("train"), lambda: self._plays and self._states > before)

    async def _pause_a_while(self) -> None:
        if not self._plays:
            return
        await self._timed("pause", self._do("pause", epoch=self._epoch), lambda: not self._plays)
        await asyncio.sleep(self._random.uniform(1.0, 3.0))

    async def _step(self) -> None:
        await self._pause_a_while()
        before = self._epoch
        if before < self._epochs:
            await self._timed("step", self._do("step"), lambda: self._epoch > before)

    async def _change(self) -> None:
        """Another setting: a new run, at once on the screen."""
        before = self.page.scene
        await self._timed("setting", self.page.press("new_points"), lambda: self.page.scene != before)

    async def _do(self, button: str, **more: object) -> None:
        """Press a button of the transport: over the live socket where it is open, else as the page's."""
        if self._live:
            self._acted = True
            await self._live.send(json.dumps({"do": button, "scene": self.page.scene, **more}))
        else:
            await self.page.press(button)

    async def _go_elsewhere(self) -> None:
        self._flags = 0
        await self._whole_run("room", self.page.choose("room", self._random.choice(ROOMS)))
        await asyncio.sleep(self._random.uniform(2.0, 5.0))
        await self._whole_run("room", self.page.choose("room", "Watch"))

    async def _watch(self) -> None:
        await asyncio.sleep(self._random.uniform(2.0, 6.0))

    async def _whole_run(self, kind: str, act: Any) -> None:
        before = self.page.runs
        await self._timed(kind, act, lambda: self.page.runs > before)

    async def _timed(self, kind: str, act: Any, there: Callable[[], bool]) -> None:
        """Do something, and note how long its effect takes."""
        began = time.perf_counter()
        await act
        try:
            async with asyncio.timeout(PATIENCE):
                while not there():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            self.tally.errors[f"{kind} without effect"] += 1
        self.tally.clicks.setdefault(kind, []).append(time.perf_counter() - began)

    def _connect(self, path: str, offered: Any, cookies: str) -> connect:
        """A websocket as a browser opens it."""
        origin: Any = self._address

        def counted(*arguments: Any, **options: Any) -> Counted:
            connection = Counted(*arguments, **options)
            connection.tally = self.tally
            return connection

        return connect(
            self._address.replace("http", "ws", 1) + path, origin=origin, subprotocols=offered, max_size=None,
            additional_headers={"Cookie": cookies} if cookies else {}, open_timeout=60, ping_interval=None,
            create_connection=counted,
        )  # fmt: skip

    async def _listen(self, cookies: str) -> None:
        """The live socket; opened anew where it closes."""
        while True:
            try:
                async with self._connect("/live", ["moons.1", self.page.data["token"]], cookies) as self._live:
                    await self._live.send(json.dumps({"do": "since", "scene": self.page.scene, "known": 0}))
                    async for data in self._live:
                        if isinstance(data, bytes):
                            self.tally.sizes.append(len(data))
                            self._see(data)
                            self._changed.set()
                self.tally.errors["live socket closed"] += 1
            except (OSError, ConnectionClosed, InvalidStatus, TimeoutError) as error:
                self.tally.errors[f"live socket: {error}"] += 1
            self._live = None
            await asyncio.sleep(1.0)

    def _begin_scene(self, data: dict[str, Any]) -> None:
        self._epoch, self._epochs = data["now"]["epoch"], data["scene"]["epochs"]

    def _see(self, message: bytes) -> None:
        """Read a live message as the browser does."""
        _v, flags, _r, scene, _known, epoch, _from, _train, _test, states, _parameters, _pace = _HEADER.unpack_from(
            message
        )
        if scene != self.page.scene:
            return
        now = time.perf_counter()
        if self._flags & PLAYING and flags & PLAYING:
            self.tally.playing += now - self._last
            self.tally.pictures += states
            self.tally.gaps.append(now - self._last)
        self._flags, self._epoch, self._last = flags, epoch, now
        self._states += states

    async def _follow(self) -> None:
        """What the browser's script asks the page for by itself: what it lacks, to follow, to look below the charts."""
        apart = looked = 0.0
        asked = -1
        while True:
            await asyncio.sleep(0.1)
            if not self.page.has("live"):
                continue
            data, now = self.page.data, time.perf_counter()
            with suppress(ConnectionClosed):
                if data["number"] != self.page.scene and asked != data["serial"]:
                    asked = data["serial"]
                    await self.page.tell("resync", asked)
                if self._live is not None and self._flags & PLAYING and now - looked > self.page.every:
                    looked = now
                    await self.page.tell("follow", now, "filmstrip")
                drawn = data["playing"] or data["computing"]
                there = self._live is None or self._flags & MOVING or not (drawn or self._acted)
                apart = 0.0 if there else apart or now
                if apart and now - apart > ALONE:
                    apart = now + 2.0
                    self._acted = False
                    await self.page.tell("follow", data["serial"])


def _rerun(fragment: str = "", hashes: list[str] | None = None) -> BackMsg:
    message = BackMsg()
    script = message.rerun_script
    script.query_string, script.fragment_id = "", fragment
    script.context_info.timezone, script.context_info.locale = "UTC", "en-US"
    script.context_info.url = "http://localhost/"
    script.cached_message_hashes.extend(hashes or [])
    return message
