"""The classes of a person's own points are called by their names wherever one is named, and the names stay text."""

import json

import numpy as np
import onnx
import pytest

from dashboard.app import events as e
from dashboard.app.state import Place
from dashboard.app.words import literal
from dashboard.rooms.train import inside
from moons import DataSpec, Experiment, ModelSpec, build_model, make_dataset
from moons.data import OWN, Table
from moons.export.weights import to_onnx, to_safetensors
from moons.plots.words import literal as drawn
from moons.share import to_query
from tests.page import history_of, open_page, player, rerun, send

CAT, EVIL, LONG = "cat", "<img src=x> **b** $&", "an uncommonly long name of a class, in many words"
NAMES = (CAT, EVIL, LONG)


def three_classes():
    places = np.random.default_rng(0).normal(size=(60, 2)) + np.repeat([[0, 0], [4, 0], [0, 4]], 20, axis=0)
    x0, x1 = map(tuple, places.T.tolist())
    return DataSpec(kind=OWN, table=Table(x0, x1, tuple(i // 20 for i in range(60)), NAMES, ("x", "y", "kind")))


@pytest.fixture(scope="module")
def query():
    query = to_query(Experiment(three_classes()))
    return {key.replace(".", "__"): value for key, value in query.items()} | {"v": "1", "training__epochs": "50"}


def show(query, **state):
    page = open_page(**query)
    for key, value in state.items():
        page.session_state[key] = value
    return rerun(page)


def component(page, key):
    """What a component of the page is sent, found by a key that it holds."""
    sent = [json.loads(component.proto.json) for component in page.get("bidi_component")]
    return next(data for data in sent if key in data)


def figure(page, trace):
    """The last figure on the page whose last trace is of that kind."""
    components = [json.loads(component.proto.json) for component in page.get("bidi_component")]
    specs = [json.loads(chart.proto.spec) for chart in page.get("plotly_chart")]
    specs += [data["figure"] for data in components if "figure" in data]
    return [spec for spec in specs if spec["data"][-1]["type"] == trace][-1]


def test_a_name_is_shortened_where_there_is_little_room_and_hangul_counts_double():
    dataset = make_dataset(three_classes())
    assert dataset.all_class_names == list(NAMES)
    assert [dataset.class_name(label, 12) for label in range(3)] == [CAT, "<img src=x>…", "an uncommon…"]
    korean = make_dataset(DataSpec(kind=OWN, table=Table((0, 1, 2, 3), (0, 1, 3, 2), (0, 1, 0, 1), ("고양이", "개"))))
    assert [korean.class_name(0, most) for most in (6, 5, 4)] == ["고양이", "고양…", "고…"]
    assert make_dataset(DataSpec()).all_class_names == ["0", "1"]
    assert make_dataset(DataSpec(kind="plane")).all_class_names == []


def test_the_diagram_calls_its_outputs_by_the_classes_names(query):
    page = send(show(query, network=True), e.PointFollowed(0))
    network = component(page, "serial")["scene"]["diagram"]
    assert network["layers"][-1]["names"] == [f"class {CAT}", f"class {EVIL}", "class an uncommonly long name…"]
    assert f"Point 0 of class {CAT}." in network["point"]["said"]


def test_files_of_weights_hold_the_classes_names_in_order():
    dataset = make_dataset(three_classes())
    model = build_model(ModelSpec((2,)), 3)
    graph = onnx.load_from_string(to_onnx(model, dataset=dataset))
    said = {entry.key: json.loads(entry.value) for entry in graph.metadata_props}
    assert said == {"columns": ["x", "y", "kind"], "class_names": list(NAMES)}
    file = to_safetensors(model, dataset=dataset)
    header = json.loads(file[8 : 8 + int.from_bytes(file[:8], "little")])
    assert json.loads(header["__metadata__"]["class_names"]) == list(NAMES)
    assert not onnx.load_from_string(to_onnx(model, dataset=make_dataset(DataSpec()))).metadata_props


def test_a_unit_that_fills_the_picture_is_called_by_its_class_and_that_is_no_markup(query):
    page = show(query, network=True, unit=(2, 1))
    assert f"**Probability of class {literal(EVIL)}**" in [part.value for part in page.markdown]


def test_a_weight_set_by_hand_is_told_by_the_classes_name(query):
    page = show(query)
    told = inside.weight_text(Place(2, 0, None), player(page).model(), history_of(page).dataset, 0, 0.0, 1.0, str)
    assert told.startswith(f"The bias of class {CAT} is 1 ")


def test_the_path_of_a_point_names_classes(query):
    page = show(query, tabs="One point", path_point=0)
    assert f"Its class is {CAT}. The network gives this class" in "".join(part.value for part in page.markdown)
    bars = figure(page, "bar")
    assert [bars["data"][place]["y"] for place in (-2, -1)] == [[drawn(name) for name in NAMES]] * 2
    assert bars["layout"]["yaxis4"]["labelalias"][drawn(LONG)] == "an uncommon…"
    assert bars["layout"]["yaxis4"]["ticklabelposition"] == "inside"  # as high as its bar, not as the one above
    assert not any("offset" in bar for bar in bars["data"])


def test_hovering_over_the_hidden_space_names_classes(query):
    points = figure(show(query, tabs="Hidden space"), "scatter")["data"][-1]
    assert set(points["customdata"]) == {drawn(name) for name in NAMES}


def test_tables_of_logits_have_the_classes_names(query):
    heads = [f"logit {name}" for name in NAMES]
    for page in (
        show(query, tabs="Sample points"),
        show(query, room="learn", lesson="network", screen_network=1),
        show(query, room="learn", lesson="network", screen_network=2),
    ):
        table = page.dataframe[-1].value
        assert list(table.columns[2:5]) == heads
    predicted = table[heads].to_numpy().argmax(axis=1)
    assert table["its index = class"].tolist() == [f"{label} = {NAMES[label]}" for label in predicted]
    said = "".join(part.value for part in page.markdown)
    assert f"number 0 belongs to class {CAT}, number 1 to class {literal(EVIL)}." in said


def test_the_costliest_points_have_their_classes_names(query):
    page = show(query, room="learn", lesson="training", screen_training=0)
    assert set(page.dataframe[0].value["y"]) <= set(NAMES)


def test_an_opened_step_names_classes(query):
    data = component(show(query, room="learn", lesson="step"), "answers")
    assert data["classes"] == list(NAMES)
    assert data["short"] == [CAT, "<img src=x>…", "an uncommon…"]
    name = data["ways"]["1-1-0"]["factors"][0]["name"]
    assert name == (
        f"how the loss changes with logit {EVIL}: the probability of class {EVIL}, as it is not the true class"
    )


def test_the_surface_is_of_a_class_by_its_name(query):
    page = send(show(query), e.SurfaceAsked())
    assert page.selectbox(key="surface_label").options == list(NAMES)
    page.selectbox(key="surface_label").set_value(2)
    figures = figure(send(page, e.SurfaceAsked()), "scatter3d")
    assert figures["layout"]["scene"]["zaxis"]["title"]["text"] == "probability of class an uncommonly…"


def test_hovering_over_the_plane_tells_the_predicted_class_by_its_name(query):
    scene = component(show(query, picture="label"), "serial")["scene"]
    plane = scene["figures"]["boundary"]["data"][0]
    assert plane["hovertemplate"].endswith("predicted class %{customdata}<extra></extra>")
    assert {name for row in plane["customdata"] for name in row} <= set(scene["classNames"])
    assert (scene["classNames"][0], len(scene["classNames"])) == (CAT, 3)
    assert "<img" not in "".join(scene["classNames"])


def test_measures_of_two_classes_name_the_second(query):
    table = three_classes().table
    two = Table(table.x0[:40], table.x1[:40], table.y[:40], NAMES[:2], table.columns)
    page = open_page(v="1", training__epochs="50", data__kind=OWN, data__table=two.link)
    page.session_state["tabs"] = "Metrics"
    page.session_state["picture"] = "probability"
    page = rerun(page)
    assert any(f"how many of class {literal(EVIL)} it finds" in part.value for part in page.caption)
    plane = component(page, "serial")["scene"]["figures"]["boundary"]["data"][0]
    assert f"probability of class {drawn(EVIL)}: %{{z}}" in plane["hovertemplate"]
