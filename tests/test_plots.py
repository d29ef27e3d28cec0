"""Figures show the results they are given."""

import base64
import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from dashboard.page import chart
from moons import DataSpec, Experiment, ModelSpec, TrainSpec, build_model, make_dataset, run
from moons.data import OWN, Table
from moons.data.table import MOST_CLASSES
from moons.inspection.boundary import PROBABILITY, VIEWS, boundary, make_grid
from moons.inspection.curve import loss_curve
from moons.inspection.points import evaluate
from moons.plots import boundary as boundary_plot
from moons.plots import loss as loss_plot
from moons.plots import palette
from moons.plots.comparison import losses_figure

HISTORY = run(Experiment(DataSpec(n_points=60), training=TrainSpec(epochs=300)))
MODEL = HISTORY.model_at(300)
CURVE = replace(loss_curve(HISTORY), changes=(50,))


def draw_boundary(view="label"):
    answer = boundary(MODEL, make_grid(HISTORY.dataset), view)
    return boundary_plot.boundary_figure(answer, HISTORY.dataset, evaluate(MODEL, HISTORY.dataset, TrainSpec())), answer


@pytest.mark.parametrize("view", VIEWS)
def test_the_heatmap_travels_as_bytes(view):
    figure, answer = draw_boundary(view)
    sent = json.loads(figure.to_json())["data"][boundary_plot.HEATMAP]
    assert sent["z"]["dtype"] == "u1"
    np.testing.assert_array_equal(
        np.frombuffer(base64.b64decode(sent["z"]["bdata"]), np.uint8).reshape(answer.values.shape), answer.values
    )
    assert isinstance(sent["dx"], float)


def test_points_lie_where_they_are_in_their_classes_colours():
    figure, _answer = draw_boundary()
    train = figure.data[boundary_plot.TRAIN_POINTS]
    np.testing.assert_array_equal(np.stack([train.x, train.y], axis=1), HISTORY.dataset.X_train)
    assert list(train.marker.color) == [palette.class_color(label) for label in HISTORY.dataset.y_train]
    assert train.marker.symbol == "circle"
    assert figure.data[boundary_plot.TEST_POINTS].marker.symbol == "circle-open"


def test_the_crosses_mark_exactly_the_misclassified():
    figure, _answer = draw_boundary()
    dataset = HISTORY.dataset
    wrong = figure.data[boundary_plot.WRONG]
    expected = [
        X[MODEL.predict(torch.from_numpy(X)).numpy() != y]
        for X, y in ((dataset.X_train, dataset.y_train), (dataset.X_test, dataset.y_test))
    ]
    np.testing.assert_array_equal(np.stack([wrong.x, wrong.y], axis=1), np.concatenate(expected))


def test_of_many_points_a_sample_is_drawn_whose_points_keep_their_rows():
    data, most = HISTORY.dataset, 20
    shows = boundary_plot.Shows(most=most)
    verdicts = evaluate(MODEL, data, TrainSpec())
    answer = boundary(MODEL, make_grid(data))
    figure = boundary_plot.boundary_figure(answer, data, verdicts, shows=shows)
    train, test, wrong = (
        figure.data[trace] for trace in (boundary_plot.TRAIN_POINTS, boundary_plot.TEST_POINTS, boundary_plot.WRONG)
    )
    assert len(train.x) == len(test.x) == most < len(data.X_train)
    rows = [int(row) for row in train.ids]
    np.testing.assert_array_equal(np.stack([train.x, train.y], axis=1), data.X_train[rows])
    assert list(train.marker.color) == [palette.class_color(label) for label in data.y_train[rows]]
    drawn = {*zip(train.x, train.y, strict=True), *zip(test.x, test.y, strict=True)}
    crossed = {*zip(wrong.x, wrong.y, strict=True)}
    assert crossed == drawn & {*map(tuple, boundary_plot.wrong_points(data, verdicts))} != set()


def test_both_axes_have_one_scale():
    figure, _answer = draw_boundary(PROBABILITY)
    assert figure.layout.yaxis.scaleanchor == "x"


def test_the_loss_chart_has_true_epochs_and_the_line_of_guessing():
    figure = loss_plot.loss_figure(CURVE, epoch=300, loss=0.3)
    np.testing.assert_array_equal(figure.data[loss_plot.TRAIN].x, np.arange(300))
    np.testing.assert_array_equal(figure.data[loss_plot.TRAIN].y, HISTORY.train_loss)
    np.testing.assert_array_equal(figure.data[loss_plot.TEST].y, HISTORY.test_loss)
    guessing = figure.data[loss_plot.GUESSING]
    assert guessing.name == "guessing: ln 2 = 0.693"  # in the legend, which never meets a line
    assert guessing.showlegend is not False
    mark, gap = (float(length.removesuffix("px")) for length in guessing.line.dash.split(","))
    assert mark <= 2 <= gap  # dots: the page calls it the dotted line, and the test loss the dashed one
    assert tuple(guessing.y) == (np.log(2),) * 2
    assert [shape.x0 for shape in figure.layout.shapes] == [50]


def test_runs_beside_each_other_say_whose_training_loss_is_with_dropout():
    dropped = loss_curve(run(Experiment(training=TrainSpec(epochs=5, dropout=0.2))))
    names = [line.name for line in losses_figure([CURVE, dropped], "AB", epoch=5).data if line.showlegend]
    assert names == ["A train", "B train, with dropout"]


def test_the_curve_ends_at_the_epoch_looked_at_and_goes_on_faintly():
    figure = loss_plot.loss_figure(CURVE, epoch=100, loss=0.5, log=True)
    assert figure.data[loss_plot.TRAIN].x[-1] == 100
    assert figure.data[loss_plot.AHEAD].x[-1] == 299
    assert figure.layout.yaxis.type == "log"


def small_numbers():
    """A run on targets of a few thousandths."""
    rng = np.random.default_rng(0)
    x0, x1 = rng.uniform(-1, 1, (2, 40)).round(3).tolist()
    table = Table(tuple(x0), tuple(x1), tuple(0.002 * x for x in x0))
    return run(Experiment(DataSpec(kind=OWN, table=table), training=TrainSpec(epochs=20)))


def test_small_numbers_to_predict_can_be_read_off():
    history = small_numbers()
    model, dataset = history.model_at(20), history.dataset
    guessing = loss_plot.loss_figure(loss_curve(history), epoch=20, loss=0.0).data[loss_plot.GUESSING].name
    assert float(guessing.removeprefix("always the mean: ")) == pytest.approx(np.var(dataset.y_train), rel=0.05)
    answer = boundary(model, make_grid(dataset))
    figure = boundary_plot.boundary_figure(answer, dataset, evaluate(model, dataset, TrainSpec()))
    low, middle, high = map(float, figure.data[boundary_plot.HEATMAP].colorbar.ticktext)
    np.testing.assert_allclose([low, high], [dataset.y_train.min(), dataset.y_train.max()], atol=1e-5)
    assert low < middle < high


def test_figures_speak_the_given_language():
    figure = loss_plot.loss_figure(
        CURVE, epoch=1, loss=0.5, _=lambda sentence: {"Epoch": "에폭"}.get(sentence, sentence)
    )
    assert figure.layout.xaxis.title.text == "에폭"


def oklab(color):
    """Björn Ottosson's formulas, "A perceptual color space for image processing" (2020)."""
    srgb = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    to_cones = [[0.41222, 0.53633, 0.05145], [0.21190, 0.68070, 0.10740], [0.08830, 0.28172, 0.62998]]
    to_lab = [[0.21045, 0.79362, -0.00407], [1.97800, -2.42859, 0.45059], [0.02590, 0.78277, -0.80868]]
    return np.array(to_lab) @ np.cbrt(np.array(to_cones) @ linear)


def test_every_class_has_a_colour_far_from_all_others():
    colors = [oklab(color) for color in (*palette.CLASSES, palette.TRAIN, palette.TEST)]
    closest = min(np.linalg.norm(a - b) for i, a in enumerate(colors) for b in colors[:i])
    assert closest > 0.1  # 0.02 is just to be seen; of the first seven, the closest have 0.13


def test_no_two_classes_have_the_same_mark():
    marks = [(palette.class_color(label), palette.class_symbol(label)) for label in range(MOST_CLASSES)]
    assert len(set(marks)) == MOST_CLASSES
    assert {symbol for _color, symbol in marks[:7]} == {"circle"}


def test_points_of_many_classes_differ_by_symbol_too():
    n_classes = 9
    x = tuple(float(place) for place in range(4 * n_classes))
    table = Table(x, x[::-1], tuple(place % n_classes for place in range(len(x))), tuple("abcdefghi"))
    dataset = make_dataset(DataSpec(kind=OWN, table=table))
    model = build_model(ModelSpec(), n_classes)
    answer = boundary(model, make_grid(dataset))
    figure = boundary_plot.boundary_figure(answer, dataset, evaluate(model, dataset, TrainSpec()))
    train = figure.data[boundary_plot.TRAIN_POINTS].marker
    expected = [(palette.class_color(label), palette.class_symbol(label)) for label in dataset.y_train]
    assert list(zip(train.color, train.symbol, strict=True)) == expected
    assert len(set(expected)) == n_classes


def test_points_and_plane_of_a_regression_have_one_scale():
    dataset = make_dataset(DataSpec(kind="plane", n_points=500, n_test=20))
    model = build_model(ModelSpec(), 0)
    answer = boundary(model, make_grid(dataset))
    figure = boundary_plot.boundary_figure(answer, dataset, evaluate(model, dataset, TrainSpec()))
    low, high = dataset.y_train.min(), dataset.y_train.max()
    plane = figure.data[boundary_plot.HEATMAP]
    for points in (boundary_plot.TRAIN_POINTS, boundary_plot.TEST_POINTS):
        marker = figure.data[points].marker
        assert (marker.cmin, marker.cmax) == (low, high)
        for (at, color), (there, seen_through) in zip(marker.colorscale, plane.colorscale, strict=True):
            assert at == there
            assert seen_through.startswith(palette.faded(color, 1).removesuffix("1)"))


def test_a_dataset_is_drawn_whole():
    dataset = make_dataset(DataSpec(n_points=40, n_test=30))
    verdicts = evaluate(MODEL, dataset, TrainSpec())
    figure = boundary_plot.boundary_figure(boundary(MODEL, make_grid(dataset)), dataset, verdicts)
    left, right = figure.layout.xaxis.range
    assert left < dataset.X_train[:, 0].min() < dataset.X_train[:, 0].max() < right


def test_a_person_s_own_names_are_plain_text_on_the_figure():
    names = ("<b>cat</b>", "%{x}")
    table = Table((0.0, 1.0, 2.0, 3.0), (0.0, 1.0, 3.0, 2.0), (0, 1, 0, 1), names, ("<i>x</i>", "%{y}", "y"))
    dataset = make_dataset(DataSpec(kind=OWN, table=table))
    model = build_model(ModelSpec(), dataset.n_classes)
    answer = boundary(model, make_grid(dataset))
    figure = boundary_plot.boundary_figure(answer, dataset, evaluate(model, dataset, TrainSpec()))
    assert figure.layout.xaxis.title.text == "&lt;i&gt;x&lt;/i&gt;"
    assert figure.layout.yaxis.title.text == "&#37;{y}"
    assert set(figure.data[boundary_plot.TRAIN_POINTS].customdata) == {"&lt;b&gt;cat&lt;/b&gt;", "&#37;{x}"}


def as_numbers(value):
    """JSON of a figure with every array as a list of numbers."""
    if isinstance(value, dict) and "bdata" in value:
        numbers = np.frombuffer(base64.b64decode(value["bdata"]), dtype=value["dtype"]).astype(np.float64)
        shape = [int(n) for n in value.get("shape", str(numbers.size)).split(",")]
        return as_numbers(numbers.reshape(shape).tolist())
    if isinstance(value, dict):
        return {key: as_numbers(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_numbers(one) for one in value]
    return None if isinstance(value, float) and np.isnan(value) else value


@pytest.mark.parametrize("kind", ["moons", "plane"])
def test_a_plain_figure_says_what_plotly_s_own_object_says(kind):
    history = run(Experiment(DataSpec(kind=kind, n_points=40), training=TrainSpec(epochs=3)))
    dataset, model = history.dataset, history.model_at(3)
    drawn = boundary(model, make_grid(dataset)), dataset, evaluate(model, dataset, TrainSpec())
    curve, now = loss_curve(history), {"epoch": 2, "loss": float("nan")}
    pairs = [
        (boundary_plot.boundary_spec(*drawn), boundary_plot.boundary_figure(*drawn)),
        (loss_plot.loss_spec(curve, **now), loss_plot.loss_figure(curve, **now)),
    ]
    for plain, figure in pairs:
        sent = json.loads(json.dumps(chart.spec(plain), allow_nan=False))
        assert as_numbers(sent) == as_numbers(chart.spec(figure))
