"""Studies of many runs: what they say is what single runs, NumPy and a plain loop say."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.rooms.explore.seeds import luck_text
from moons import DataSpec, Experiment, FieldError, ModelSpec, TrainSpec, make_dataset, run
from moons.data import Table
from moons.explore import (
    SETTINGS,
    axis,
    estimated_seconds,
    learning_curve,
    outcome,
    outcomes_csv,
    outcomes_of,
    search,
    search_csv,
    seed_experiments,
    seeds,
    settings_for,
    size_experiments,
    sweep,
    sweep_csv,
    sweep_experiments,
)
from moons.explore.estimate import cost
from moons.explore.learning_curve import sizes_of
from moons.explore.outcome import plane_of
from moons.explore.search import search_seconds
from moons.explore.settings import value_in, with_value
from moons.inspection.health import diagnose
from moons.plots.explore import band_figure, learning_figure, mean_figure, scores_figure, search_figure
from moons.plots.sweep import sweep_figure

QUICK = Experiment(DataSpec(n_points=40, n_test=20), ModelSpec((4,)), TrainSpec(epochs=50, learning_rate=0.1))
NUMBERS = replace(QUICK, data=DataSpec("plane", n_points=40, n_test=20))
THREE = replace(QUICK, data=DataSpec("blobs", n_points=42, n_test=20, n_classes=3))
CATS = Table(
    x0=tuple(float(i % 7) for i in range(60)),
    x1=tuple(float(i % 5) for i in range(60)),
    y=tuple(int(i % 3 == 0) for i in range(60)),
    class_names=("cat", "dog"),
)


def studied(experiments, experiment):
    """Index -> outcome of each experiment that there is."""
    there = {index: one for index, one in enumerate(experiments) if one is not None}
    found = outcomes_of(there.values(), plane_of(experiment), workers=2)
    return {[*there][number]: one for number, one in found}


@pytest.mark.parametrize("experiment", [QUICK, NUMBERS, THREE], ids=["two classes", "numbers", "three classes"])
@pytest.mark.parametrize("varied", ["weights", "data", "both"])
def test_each_outcome_is_that_of_the_run_alone(experiment, varied):
    wanted = seed_experiments(experiment, 3, varied)
    assert wanted[0] == experiment
    found = studied(wanted, experiment)
    for index, one in found.items():
        alone, model = run(wanted[index]), run(wanted[index]).model_at(50)
        assert (one.experiment.data.seed, one.experiment.model.seed) == (
            index * (varied != "weights"),
            index * (varied != "data"),
        )
        np.testing.assert_array_equal(one.train_loss, alone.train_loss[one.epochs])
        assert one.condition == diagnose(alone).condition
        points, low, high = torch.tensor(alone.dataset.X_test), *plane_of(experiment).grid.span
        if alone.dataset.n_classes:
            right = (model.predict(points).numpy() == alone.dataset.y_test).mean()
            assert one.scores.test_score == pytest.approx(right)
        grid = plane_of(experiment).grid
        with torch.no_grad():
            answer = model(grid.points)
        answer = answer.softmax(dim=1) if alone.dataset.n_classes else ((answer - low) / (high - low)).clamp(0, 1)
        assert np.abs(one.answers / 255 - answer.numpy()).max() <= 0.5 / 255 + 1e-6


def test_seeds_are_summarised_as_numpy_does():
    found = [studied(seed_experiments(QUICK, 7), QUICK)[index] for index in range(7)]
    summary = seeds(found)
    losses = np.array([one.train_loss for one in found], np.float64)
    np.testing.assert_allclose(summary.train_loss, np.quantile(losses, [0, 0.25, 0.5, 0.75, 1], axis=0))
    scores = [one.scores.test_score for one in found]
    assert summary.quartiles == pytest.approx(np.quantile(scores, [0, 0.25, 0.5, 0.75, 1]))
    gaps = [abs(a - b) for place, a in enumerate(scores) for b in scores[:place]]
    assert summary.apart == pytest.approx(np.quantile(gaps, 0.95))
    labels = np.array([one.answers.argmax(axis=1) for one in found])
    for cell in range(0, labels.shape[1], 97):
        _label, counts = np.unique(labels[:, cell], return_counts=True)
        assert summary.disagreement[cell] == pytest.approx(1 - counts.max() / 7)
    assert summary.n_stuck == sum(one.condition in summary.stuck for one in found)


def test_numbers_that_explode_have_no_score():
    def explodes(one):
        return replace(one, training=replace(one.training, learning_rate=10.0))

    wanted = [explodes(one) if seed % 2 else one for seed, one in enumerate(seed_experiments(NUMBERS, 4))]
    found = [one for _index, one in sorted(studied(wanted, NUMBERS).items())]
    assert [one.diverged for one in found] == [False, True] * 2
    summary = seeds(found)
    first, second = (found[seed].scores.test_score for seed in (0, 2))
    assert summary.quartiles == pytest.approx(np.quantile([first, second], [0, 0.25, 0.5, 0.75, 1]))
    assert summary.apart == pytest.approx(abs(first - second))
    assert luck_text(summary, 0).count("2 of 4 runs diverged.") == 1
    all_lost = seeds(found[1::2])
    assert luck_text(all_lost, 0) == "Every run so far has diverged."
    for each in (summary, all_lost):
        figure = scores_figure(each, 0, own=-np.inf)
        assert sum(figure.data[0].y) == len(each.finite_scores)
    curve = learning_curve(explodes(NUMBERS), 1, studied(size_experiments(explodes(NUMBERS), 1), NUMBERS))
    assert not curve.done.any() and np.isnan(curve.test_score).all()


def test_a_run_that_ends_early_leaves_the_band_to_the_others():
    stopping = replace(QUICK, training=replace(QUICK.training, epochs=400, stop_train_loss=0.45))
    found = list(studied(seed_experiments(stopping, 4), stopping).values())
    ended = [int(np.isfinite(one.train_loss).sum()) for one in found]
    assert len(set(ended)) > 1
    summary = seeds(found)
    last = max(ended) - 1
    assert np.isfinite(summary.train_loss[:, last]).all()
    assert np.isnan(summary.train_loss[:, last + 1 :]).all()


def test_after_the_largest_seed_comes_the_first():
    wanted = seed_experiments(replace(QUICK, model=replace(QUICK.model, seed=9_998)), 4)
    assert [one.model.seed for one in wanted] == [9_998, 9_999, 0, 1]


@pytest.mark.parametrize("count", [1, 201, 2.5])
def test_a_number_of_seeds_that_can_not_be_is_refused(count):
    with pytest.raises(FieldError, match="count must be"):
        seed_experiments(QUICK, count)


def test_a_sweep_s_cell_is_the_median_of_its_runs():
    axes = axis("learning_rate", 0.01, 10, 3), axis("width", 1, 4, 2)
    wanted = sweep_experiments(QUICK, axes, 3)
    assert len(wanted) == 3 * 2 * 3
    found = studied(wanted, QUICK)
    summary = sweep(axes, 3, found)
    for row, width in enumerate((1, 4)):
        for column, rate in enumerate((0.01, 0.316, 10.0)):
            training = replace(QUICK.training, learning_rate=rate)
            runs = [run(replace(QUICK, model=ModelSpec((width,), seed=seed), training=training)) for seed in range(3)]
            ends = [one for one in runs if one.ended != "not finite"]
            assert (summary.done[row, column], summary.diverged[row, column]) == (3, 3 - len(ends))
            middle = np.median([outcome(one, plane_of(QUICK)).scores.test_loss for one in ends])
            assert summary.test_loss[row, column] == pytest.approx(middle)
    assert summary.best is not None
    assert summary.test_score[summary.best] == np.nanmax(summary.test_score)
    rows = sweep_csv(axes, found).splitlines()
    assert rows[0].startswith("learning_rate,width,weight_seed,train_loss")
    assert len(rows) == 1 + len(found)


def test_studies_are_tables_of_single_runs():
    wanted = seed_experiments(QUICK, 3, "both")
    found = studied(wanted, QUICK)
    rows = [*csv.DictReader(io.StringIO(outcomes_csv(found, ["width"])))]
    assert [(row["width"], row["weight_seed"], row["data_seed"]) for row in rows] == [
        ("4", str(k), str(k)) for k in range(3)
    ]
    assert [float(row["test_loss"]) for row in rows] == [found[k].scores.test_loss for k in range(3)]
    last = [*search(QUICK, 3)][-1]
    rows = [*csv.DictReader(io.StringIO(search_csv(last)))]
    assert rows[0]["optimizer"] == "sgd" and float(rows[0]["held_out_score"]) == last.tried[0].figures.score


def test_a_band_has_a_line_for_each_run_and_its_extremes():
    found = seeds([one for _index, one in sorted(studied(seed_experiments(QUICK, 4), QUICK).items())])
    for split in ("train", "test"):
        figure = band_figure(found, split=split)
        lines = np.array([trace.y for trace in figure.data if "seed" in (trace.name or "")])
        losses = np.array([getattr(one, f"{split}_loss") for one in found.outcomes])
        np.testing.assert_array_equal(lines, losses)
        low, high = (trace.y for trace in figure.data[:2])
        np.testing.assert_allclose(low, losses.min(axis=0))
        np.testing.assert_allclose(high, losses.max(axis=0))


def test_a_few_like_scores_are_a_bar_and_a_column_s_name_is_no_markup():
    summary = seeds([*studied(seed_experiments(NUMBERS, 2), NUMBERS).values()])
    low, high = scores_figure(summary, 0).layout.xaxis.range
    width = scores_figure(summary, 0).data[0].width[0]
    assert high - low >= 8 * width
    figure = mean_figure(summary, plane_of(NUMBERS).grid, ("size <b>", "%{x}"))
    assert figure.layout.xaxis.title.text == "size &lt;b&gt;"


@pytest.mark.parametrize(
    ("experiment", "scores"),
    [
        (QUICK, [1.0, 1.0]),
        (QUICK, [0.95, 1.0]),
        (QUICK, [0.0, 1.0]),
        (QUICK, [0.0, 0.001]),
        (NUMBERS, [1.0, 1.0]),
        (NUMBERS, [-3.0, 0.9999]),
    ],
)
def test_no_bar_and_no_axis_of_scores_goes_beyond_what_a_score_can_be(experiment, scores):
    n_classes = experiment.data.class_count
    least, most, factor = (0, 100, 100) if n_classes else (-np.inf, 1, 1)
    summary = seeds([*studied(seed_experiments(experiment, 2), experiment).values()])
    figure = scores_figure(replace(summary, test_scores=np.array(scores)), n_classes)
    (bars,), (low, high) = figure.data, figure.layout.xaxis.range
    ends = bars.customdata
    assert least <= low <= ends.min() < ends.max() <= high <= most
    for begin, end, runs in zip(ends[:, 0], ends[:, 1], bars.y, strict=True):
        last = end == ends.max()
        assert runs == sum(begin <= factor * score < end or (last and factor * score == end) for score in scores)
    assert sum(bars.y) == 2
    assert figure.layout.xaxis.ticklabeloverflow == "allow"  # else the number at the end, 100, is left out


def test_axes_over_sizes_searches_and_cells_end_at_the_best_score_too():
    curve = learning_curve(QUICK, 1, studied(size_experiments(QUICK, 1), QUICK))
    (*_before, found) = search(QUICK, 2)
    for figure in (learning_figure(curve, 2), search_figure(found, 2)):
        assert (figure.layout.yaxis.minallowed, figure.layout.yaxis.maxallowed) == (0, 100)
    assert learning_figure(curve, 0).layout.yaxis.maxallowed == 1
    axes = (axis("batch_size", 8, 16, 2),)
    cells = sweep(axes, 1, studied(sweep_experiments(QUICK, axes, 1), QUICK))
    cells = replace(cells, test_score=np.ones_like(cells.test_score))
    assert sweep_figure(cells, "score", 2).data[0].zmax == 100


def test_values_that_do_not_go_together_leave_their_cell_empty():
    axes = axis("batch_size", 8, 128, 3), axis("n_points", 20, 200, 2)
    wanted = sweep_experiments(QUICK, axes)
    assert [one is None for one in wanted] == [False, True, True, False, False, False]


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_can_be_swept_over_its_own_bounds(name):
    setting = SETTINGS[name]
    values = axis(name, setting.low, setting.high, 5).values
    assert len(values) > 1
    for value in values:
        assert value_in(with_value(QUICK, name, value), name) == value


@pytest.mark.parametrize(
    "data", [QUICK.data, DataSpec("own", table=CATS), NUMBERS.data], ids=["drawn", "own", "numbers"]
)
def test_the_settings_left_out_are_those_that_change_nothing_for_such_points(data):
    experiment = replace(QUICK, data=data)
    for name, setting in SETTINGS.items():
        ends = axis(name, setting.low, setting.high, 2).values
        if setting.part == "data" or name.endswith("_loss"):
            losses = [run(with_value(experiment, name, value)).test_loss for value in (ends[0], ends[-1])]
            assert (name in settings_for(data)) != np.array_equal(*losses), name


@pytest.mark.parametrize("name", ["learning_rate", "noise"])
def test_a_setting_s_values_are_even_or_have_equal_ratios_as_asked_and_else_as_is_usual_for_it(name):
    even, log, usual = (np.array(axis(name, 0.01, 0.5, 6, log=log).values) for log in (False, True, None))
    np.testing.assert_allclose(np.diff(even), 0.098, rtol=0.02)
    np.testing.assert_allclose(log[1:] / log[:-1], 50**0.2, rtol=0.02)
    np.testing.assert_array_equal(usual, log if SETTINGS[name].log else even)


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from(sorted(SETTINGS)),
    st.floats(allow_nan=False),
    st.floats(allow_nan=False),
    st.integers(-3, 40),
    st.sampled_from([None, False, True]),
)
def test_any_bounds_are_an_axis_or_a_sentence(name, low, high, count, log):
    try:
        found = axis(name, low, high, count, log=log)
    except FieldError as error:
        assert str(error)
    else:
        assert all(with_value(QUICK, name, value) for value in found.values)


@pytest.mark.parametrize(
    "data", [QUICK.data, DataSpec("own", table=CATS), NUMBERS.data], ids=["drawn", "own", "numbers"]
)
def test_a_learning_curve_s_runs_have_its_sizes_and_the_same_test_points(data):
    experiment = replace(QUICK, data=data, training=replace(QUICK.training, batch_size=32))
    wanted, sizes = size_experiments(experiment, 2), sizes_of(experiment)
    assert sizes[-1] == data.n_train
    for index, one in enumerate(wanted):
        dataset = make_dataset(one.data)
        assert len(dataset.y_train) == sizes[index // 2]
        if data.own:
            np.testing.assert_allclose(dataset.X_test, make_dataset(data).X_test, atol=1e-5)
            shares = [np.bincount(of.y_train, minlength=2) / len(of.y_train) for of in (dataset, make_dataset(data))]
            assert np.abs(shares[0] - shares[1]).max() <= 1 / len(dataset.y_train)
    curve = learning_curve(experiment, 2, studied(wanted, experiment))
    assert curve.done.tolist() == [2] * len(sizes)
    ends = [run(one) for one in wanted[-2:]]
    scores = [outcome(one, plane_of(experiment)).scores.test_score for one in ends]
    assert curve.test_score[2, -1] == pytest.approx(np.median(scores))


def test_an_estimate_is_in_proportion_to_steps_and_cores():
    twice = replace(QUICK, training=replace(QUICK.training, epochs=100))
    assert estimated_seconds([QUICK], QUICK, 50, 3.0) == pytest.approx(3)
    assert estimated_seconds([twice, twice, None], QUICK, 50, 3.0) == pytest.approx(12)
    assert estimated_seconds([twice, twice], QUICK, 50, 3.0, workers=2) == pytest.approx(6)
    usual = estimated_seconds([QUICK])
    assert 0 < estimated_seconds([twice] * 3) == pytest.approx(6 * usual)


def test_networks_of_other_scalings_answer_for_the_same_points():
    data = DataSpec(n_points=40, n_test=20, standardise=True)
    first, second = seed_experiments(replace(QUICK, data=data), 2, "data")
    plane, history = plane_of(first), run(second)
    own = history.dataset.scaling
    points = (plane.grid.points.double().numpy() * plane.scaling.scale + plane.scaling.shift - own.shift) / own.scale
    with torch.no_grad():
        answer = history.model_at(50)(torch.tensor(points, dtype=torch.float32)).softmax(dim=1).numpy()
    assert np.abs(outcome(history, plane).answers / 255 - answer).max() <= 0.5 / 255 + 1e-5


def test_a_part_that_is_no_data_set_is_left_out():
    held_out = tuple(i % 4 == 0 for i in range(60))
    table = replace(CATS, y=tuple(float(i == 5) for i in range(60)), class_names=(), test=held_out)
    experiment = replace(QUICK, data=DataSpec("own", table=table))
    wanted, sizes = size_experiments(experiment, 6), sizes_of(experiment)
    assert None in wanted  # all its numbers are the same
    assert None not in wanted[-6:]
    curve = learning_curve(experiment, 6, studied(wanted, experiment))
    assert curve.done.tolist() == [sum(one is not None for one in wanted[6 * k : 6 * k + 6]) for k in range(len(sizes))]


def test_a_search_is_reproducible_begins_with_the_experiment_and_judges_on_points_nobody_has_seen():
    found = list(search(QUICK, 22))
    assert [len(each.tried) for each in found] == list(range(1, 23))
    last, again = found[-1], list(search(QUICK, 22))[-1]
    assert last.tried == again.tried
    assert last.tried[0].experiment == QUICK
    best = last.best
    judged = [one for one in last.tried if one.figures]
    assert best == max(judged, key=lambda one: (one.figures.score, -one.figures.loss))
    assert last.best_so_far[-1] == best.figures.score
    assert (np.diff(last.best_so_far) >= 0).all()
    model = run(best.experiment).model_at(best.experiment.epochs)
    fresh = make_dataset(replace(QUICK.data, seed=QUICK.data.seed + 5_000, n_test=2_000))
    right = model.predict(torch.from_numpy(fresh.X_test)).numpy() == fresh.y_test
    assert best.figures.score == pytest.approx(right.mean())
    assert {name for name, _share in last.importance} == {name for name, _value in best.values}
    assert sum(share for _name, share in last.importance) == pytest.approx(1)


@pytest.mark.parametrize(
    "experiment", [NUMBERS, THREE, Experiment(DataSpec(kind="own", table=CATS), training=QUICK.training)]
)
def test_a_search_works_for_every_kind_of_points_and_stops_when_told(experiment):
    looks = iter(range(1_000))
    found = list(search(experiment, 50, stop=lambda: next(looks) >= 12))
    assert 1 <= len(found) < 50
    assert found[-1].best is not None


@pytest.mark.parametrize("experiment", [NUMBERS, Experiment(DataSpec(kind="own", table=CATS))])
def test_a_search_s_estimate_counts_folds_and_the_sizes_that_are_tried(experiment):
    once, twice = (search_seconds(experiment, 10, experiment, 50, seconds) for seconds in (1.0, 2.0))
    costs = [cost(with_value(with_value(experiment, "width", w), "depth", d)) for w in (3, 8, 24) for d in (1, 2, 3)]
    folds = 3 if experiment.data.own else 1
    assert twice - once == pytest.approx(10 * folds * np.mean(costs) / cost(experiment, 50))
    assert search_seconds(experiment, 20, experiment, 50, 1.0) == pytest.approx(2 * once)


def test_a_search_of_no_runs_is_refused():
    with pytest.raises(FieldError, match="n_runs"):
        next(search(QUICK, 0))
