"""A click in the room Train, over Streamlit's own websocket."""

import threading

import pytest
import uvicorn
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Subprotocol

import streamlit_app


@pytest.fixture(scope="module")
def address():
    """The page's server."""
    server = uvicorn.Server(uvicorn.Config(streamlit_app.app, port=0, log_level="error", ws="websockets-sansio"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
    yield f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(20)


class Tab:
    """A browser tab: it remembers where each keyed element was drawn."""

    def __init__(self, socket):
        self.socket, self.ids = socket, {}
        self.drawn = self.run()

    def run(self, *, press="", switch_on=""):
        """Let the script run; the keys of what it has drawn."""
        message = BackMsg()
        script = message.rerun_script
        script.query_string = ""
        if press:
            full, script.fragment_id = self.ids[press]
            script.widget_states.widgets.add(id=full, trigger_value=True)
        if switch_on:
            full, script.fragment_id = self.ids[switch_on]
            script.widget_states.widgets.add(id=full, bool_value=True)
        self.socket.send(message.SerializeToString())
        drawn = set()
        while True:
            said = ForwardMsg.FromString(self.socket.recv(60))
            element = said.delta.new_element
            held = getattr(element, element.WhichOneof("type") or "", None)
            if getattr(held, "id", ""):
                key = held.id.split("-", 2)[-1]
                drawn.add(key)
                self.ids[key] = held.id, said.delta.fragment_id
            if said.WhichOneof("type") == "script_finished" and said.script_finished != said.FINISHED_EARLY_FOR_RERUN:
                return drawn


@pytest.fixture
def tab(address):
    with connect(f"ws://{address}/_stcore/stream", subprotocols=[Subprotocol("streamlit")], max_size=None) as socket:
        yield Tab(socket)


def test_a_step_draws_the_room_anew_and_nothing_around_it(tab):
    assert {"step", "live", "room", "data.noise"} <= tab.drawn
    stepped = tab.run(press="step")
    assert {"step", "live"} <= stepped
    assert not {"room", "data.noise", "training.learning_rate"} & stepped


def test_a_click_that_changes_more_than_the_room_draws_the_page(tab):
    assert {"train", "room", "data.noise"} <= tab.run(switch_on="network_narrow")
