"""The live socket and clients that mean no good, or can't help it."""

import json
import struct
import threading
import time
from contextlib import ExitStack
from socket import create_connection

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from dashboard.app import events as e
from dashboard.app.sessions import sessions
from dashboard.server.socket import FLOOD, LONGEST, MOST_SOCKETS, PROTOCOL, TOO_MUCH, live
from moons import DataSpec, Experiment, TrainSpec

PLAYING = 1
HEADER = struct.Struct("<BBHIIIIIIIIf")
EXPERIMENT = Experiment(DataSpec(n_points=40, n_test=20), training=TrainSpec(epochs=100_000))


@pytest.fixture(scope="module")
def address():
    """A server of the route alone, on a free port."""
    app = Starlette(routes=[WebSocketRoute("/live", live)])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="websockets-sansio"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
    yield f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(20)


@pytest.fixture
def session():
    new = sessions().new()
    new.send(e.SettingsChanged(EXPERIMENT, "auto", None))
    yield new
    new.try_send(e.PausePressed())
    sessions().forget(new.token)


def connected(address, session, **options):
    return connect(f"ws://{address}/live", subprotocols=[Subprotocol(PROTOCOL), Subprotocol(session.token)], **options)


def next_message(socket):
    """The next binary message: its flags, its scene, how many states it has, where its curve begins."""
    while isinstance(received := socket.recv(20), str):
        pass
    fields = HEADER.unpack_from(received)
    return fields[1], fields[3], fields[9], fields[6]


def until_states(socket):
    while not (message := next_message(socket))[2]:
        pass
    return message


@pytest.mark.parametrize("offered", [[], [PROTOCOL], [PROTOCOL, "guessed"], ["moons.0", "guessed"]])
def test_nobody_is_let_in_without_the_token_of_a_session(address, offered):
    with pytest.raises(InvalidStatus), connect(f"ws://{address}/live", subprotocols=offered or None):
        pass


def test_a_page_of_another_host_is_not_let_in(address, session):
    with pytest.raises(InvalidStatus), connected(address, session, origin="https://elsewhere.test"):
        pass


def test_a_playing_run_is_pushed_and_a_pause_said_on_the_socket_ends_it(address, session):
    session.send(e.TrainPressed())
    with connected(address, session, origin=f"http://{address}") as socket:
        flags, scene, *_rest = until_states(socket)
        assert flags & PLAYING
        socket.send(json.dumps({"do": "pause", "epoch": 20, "scene": scene}))
        while next_message(socket)[0] & PLAYING:
            pass
    assert not session.state.playing


def test_train_step_and_reset_said_on_the_socket_are_done_without_the_page(address, session):
    with connected(address, session) as socket:
        scene = next_message(socket)[1]
        socket.send(json.dumps({"do": "train", "scene": scene}))
        assert until_states(socket)[0] & PLAYING
        socket.send(json.dumps({"do": "pause", "epoch": 20, "scene": scene}))
        while next_message(socket)[0] & PLAYING:
            pass
        socket.send(json.dumps({"do": "step", "scene": scene}))
        until_states(socket)
        assert session.state.looked.cursor.epoch == 20 + session.state.transport.step_size
        socket.send(json.dumps({"do": "reset", "scene": scene}))
        deadline = time.monotonic() + 60
        while session.state.epoch and time.monotonic() < deadline:
            pass
        assert session.state.epoch == 0


def test_a_press_that_was_meant_for_another_run_does_nothing(address, session):
    with connected(address, session) as socket:
        scene = next_message(socket)[1]
        for do in ("train", "step"):
            socket.send(json.dumps({"do": do, "scene": scene + 1}))
        socket.send(json.dumps({"do": "train", "scene": scene}))
        assert until_states(socket)[0] & PLAYING
    assert session.player.number == scene


@pytest.mark.parametrize("other", [0, 1])
def test_an_act_is_known_once_it_is_done_or_was_meant_for_another_run(address, session, other):
    with connected(address, session) as socket:
        scene = next_message(socket)[1]
        socket.send(json.dumps({"do": "seek", "epoch": 0, "scene": scene + other, "act": 12.5}))
        deadline = time.monotonic() + 20
        while session.last_act != 12.5 and time.monotonic() < deadline:
            time.sleep(0.01)
    assert session.last_act == 12.5


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '"pause"', "null", "1", '{"do": "seek"}', '{"do": "pause", "epoch": "x"}']
)
def test_what_is_not_a_word_of_the_socket_changes_nothing(address, session, text):
    session.send(e.TrainPressed())
    with connected(address, session) as socket:
        socket.send(text)
        assert until_states(socket)[0] & PLAYING


@pytest.fixture
def calm(address):
    """The socket of another person, whose run plays."""
    other = sessions().new()
    other.send(e.SettingsChanged(EXPERIMENT, "auto", None))
    other.send(e.TrainPressed())
    with connected(address, other) as socket:
        yield socket
    other.try_send(e.PausePressed())
    sessions().forget(other.token)


@pytest.mark.parametrize("words", [["x" * (LONGEST + 1)], ['{"do": "nothing"}'] * (2 * FLOOD), [b"\x00\xff" * 50]])
def test_a_flood_or_garbage_is_cut_off_and_the_others_go_on(address, session, calm, words):
    with connected(address, session) as loud:
        with pytest.raises(ConnectionClosed) as cut:
            for word in words:
                loud.send(word)
            while True:
                next_message(loud)
        assert cut.value.rcvd.code == TOO_MUCH
        assert until_states(calm)[0] & PLAYING


def test_a_browser_that_never_reads_holds_nobody_up(address, session, calm):
    session.send(e.TrainPressed())
    with connected(address, session, max_queue=1, close_timeout=0.1):
        for _message in range(20):
            assert until_states(calm)[0] & PLAYING


@pytest.mark.parametrize(
    "said", [b"", b"GET /live HTTP/1.1\r\nHost: x\r\n", b"GET /live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n"]
)
def test_sockets_that_open_halfway_hold_nobody_up(address, calm, said):
    host, _colon, port = address.partition(":")
    with ExitStack() as stack:
        for _socket in range(50):
            half = stack.enter_context(create_connection((host, int(port))))
            half.sendall(said)
        assert until_states(calm)[0] & PLAYING


def test_one_session_has_a_few_sockets_at_most(address, session):
    with ExitStack() as stack:
        for _socket in range(MOST_SOCKETS):
            stack.enter_context(connected(address, session))
        with pytest.raises(InvalidStatus):
            connected(address, session).__enter__()
        assert session.feed.listeners == MOST_SOCKETS


def test_a_browser_that_comes_back_is_not_sent_again_what_it_has(address, session):
    session.send(e.Sought(400))
    deadline = time.monotonic() + 60
    while session.settle(1.0).busy and time.monotonic() < deadline:
        pass
    with connected(address, session) as socket:
        socket.send(json.dumps({"do": "since", "scene": session.player.number, "known": 250}))
        session.send(e.TrainPressed())
        starts = []
        while 250 not in starts:
            starts.append(next_message(socket)[3])
        assert all(start >= 250 for start in starts[starts.index(250) :])


def test_a_socket_that_is_gone_is_listened_for_no_more(address, session):
    with connected(address, session):
        assert session.feed.listeners == 1
    deadline = time.monotonic() + 60
    while session.feed.listeners and time.monotonic() < deadline:
        pass
    assert session.feed.listeners == 0
