"""What is made once of Streamlit's equals what Streamlit makes each time."""

import pytest
from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime.state import SessionState, session_state

from dashboard.page.lighter import Shown, keeping, once, unless_keeping

WHOLE = SessionState.filtered_state


@pytest.fixture
def fill():
    """Fills a theme from what a section says now, and counts."""

    def fill(message, section="theme"):
        fill.calls += 1
        message.primary_color = config.get_options_for_section(section)["primaryColor"] or ""

    fill.calls = 0
    return fill


def test_a_section_of_the_configuration_is_read_once(fill):
    filled, messages = once(fill), [CustomThemeConfig() for _again in range(3)]
    for message in messages:
        filled(message, "theme.light")
    own = CustomThemeConfig()
    fill(own, "theme.light")
    assert messages == [own] * 3
    assert fill.calls == 1 + 1


def test_what_no_section_says_is_not_there():
    message = CustomThemeConfig()
    once(lambda _part, _section: None)(message.light, "theme.light")
    assert not message.HasField("light")


def test_the_values_of_a_session_are_the_same_one_by_one():
    state = SessionState()
    state["a"], state["b"] = 1, None
    whole = WHOLE if isinstance(WHOLE, property) else property(WHOLE)
    shown = Shown(state, whole)
    assert dict(shown) == whole.fget(state)
    assert "b" in shown
    assert "c" not in shown
    assert len(shown) == 2


def test_a_component_s_value_is_presented_to_a_script_and_kept_as_it_is():
    presented = unless_keeping(lambda _state, _widget, value: {**value, "shown": True})
    state, read = SessionState(), []
    keeping(lambda kept: read.append((kept, presented(kept, "live", {"epoch": 1}))))(state)
    assert read == [(state, {"epoch": 1})]
    assert presented(state, "live", {"epoch": 1}) == {"epoch": 1, "shown": True}


def test_a_value_is_presented_again_after_it_could_not_be_kept():
    presented = unless_keeping(lambda _state, _widget, value: -value)

    def fail(_state):
        raise KeyError

    with pytest.raises(KeyError):
        keeping(fail)(SessionState())
    assert presented(SessionState(), "live", 1) == -1


def test_streamlit_has_what_is_taken_over():
    assert callable(session_state.apply_presenter)
    assert callable(SessionState._compact_state)
