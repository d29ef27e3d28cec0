"""Classical models beside a network: fitted to the same points, measured on the same held-out ones."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn import ensemble, gaussian_process, linear_model, naive_bayes, neighbors, neural_network, svm, tree
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, r2_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from moons import DataSpec, Experiment, ModelSpec, TrainSpec, build_model, make_dataset, run
from moons.classical import CLASSIFIERS, REGRESSORS, models_for
from moons.data import OWN, Table
from moons.features import PLAIN
from moons.inspection.boundary import VIEWS, boundary, boundary_of, make_grid, shares
from moons.inspection.classical import Fit, LeftOut, compare, fit_each, fit_model, network_fit, rows_for, worth
from moons.task import Task
from moons.train import scores_of

MODULES = [ensemble, gaussian_process, gaussian_process.kernels, linear_model, naive_bayes, neighbors]
MODULES += [neural_network, svm, tree]
PLACES = torch.tensor([[0.0, 0.0], [1.0, 0.5]])


def fits_of(dataset):
    return {fit.key: fit for fit in fit_each(dataset, PLAIN, PLACES)}


@pytest.fixture(scope="module")
def moons_fits():
    return fits_of(make_dataset(DataSpec()))


def test_every_classifier_is_measured_on_the_same_points(moons_fits):
    assert moons_fits.keys() == CLASSIFIERS.keys()
    dataset = make_dataset(DataSpec())
    for fit in moons_fits.values():
        assert fit.n_points == 256
        assert fit.errors.shape == (256,)
        assert fit.test_score == pytest.approx(1 - fit.errors.mean())
        assert fit.answers.shape == (2, 2)
        np.testing.assert_allclose(fit.answers.sum(axis=1), 1, rtol=1e-6)
        assert fit.seconds > 0
    oracle = make_pipeline(StandardScaler(), LogisticRegression()).fit(dataset.X_train, dataset.y_train)
    linear = moons_fits["linear"]
    assert linear.train_score == pytest.approx(accuracy_score(dataset.y_train, oracle.predict(dataset.X_train)))
    assert linear.test_score == pytest.approx(accuracy_score(dataset.y_test, oracle.predict(dataset.X_test)))
    np.testing.assert_allclose(linear.answers, oracle.predict_proba(PLACES.numpy()), atol=1e-3)
    assert set(moons_fits["svm"].answers.ravel()) == {0, 1}  # it has no probabilities


def test_numbers_are_predicted_with_r_squared():
    dataset = make_dataset(DataSpec(kind="gaussian", n_points=60, n_test=40, noise=0.1))
    fits = fits_of(dataset)
    assert fits.keys() == REGRESSORS.keys()
    for fit in fits.values():
        total = np.square(dataset.y_test - dataset.y_test.mean()).sum()
        assert fit.test_score == pytest.approx(1 - fit.errors.sum() / total, rel=1e-4, abs=1e-4)
        assert fit.answers.shape == (2, 1)
    design = np.column_stack([dataset.X_train, np.ones(60)]).astype(float)
    weights = np.linalg.lstsq(design, dataset.y_train.astype(float), rcond=None)[0]
    assert fits["linear"].train_score == pytest.approx(r2_score(dataset.y_train, design @ weights), abs=1e-5)


def test_the_same_random_state_gives_the_same_fits():
    dataset = make_dataset(DataSpec(n_points=60, n_test=400, noise=0.4))
    for key in ("svm", "tree", "forest"):
        one, again, other = (fit_model(key, dataset, PLAIN, PLACES, random_state=seed) for seed in (1, 1, 2))
        np.testing.assert_array_equal(one.errors, again.errors)
        np.testing.assert_array_equal(one.answers, again.answers)
    assert (one.errors != other.errors).any()


def test_the_models_get_the_networks_inputs():
    circles = make_dataset(DataSpec(kind="circles", n_points=60, n_test=60))
    plain, squares = (fit_model("linear", circles, inputs, PLACES) for inputs in (PLAIN, ("x0_squared", "x1_squared")))
    assert plain.test_score < 0.75 < squares.test_score


@pytest.mark.parametrize("task", list(Task))
def test_an_entrys_source_makes_its_model(task):
    names = {"SEED": 7, "make_pipeline": make_pipeline, "StandardScaler": StandardScaler}
    for module in MODULES:
        names |= vars(module)
    for entry in models_for(task).values():
        made = eval(entry.whole_source, names)
        assert repr(made) == repr(entry.build(7)), entry.label


def test_slow_models_learn_from_some_points_of_every_class():
    dataset = make_dataset(DataSpec(n_points=3_000, balance=0.9))
    rows = rows_for(CLASSIFIERS["gaussian_process"], dataset)
    assert len(set(rows)) == CLASSIFIERS["gaussian_process"].most_points
    assert (np.diff(rows) > 0).all()
    assert dataset.y_train[rows].mean() == pytest.approx(dataset.y_train.mean(), abs=0.01)
    assert len(rows_for(CLASSIFIERS["tree"], dataset)) == 3_000


def test_a_model_that_would_take_too_long_or_is_refused_says_why():
    n = 24
    table = Table(tuple(range(n)), tuple(i % 5 for i in range(n)), tuple(i % 12 for i in range(n)),
                  class_names=tuple("abcdefghijkl"))  # fmt: skip
    many = make_dataset(DataSpec(kind=OWN, table=table, held_out=0.5))
    for key in ("boosting", "gaussian_process"):
        assert fit_model(key, many, PLAIN, PLACES) == LeftOut(key, most_classes=10)
    few = make_dataset(DataSpec(kind="plane", n_points=20, n_test=20))
    few = replace(few, X_train=few.X_train[:4], y_train=few.y_train[:4])
    assert "n_neighbors" in fit_model("neighbours", few, PLAIN, PLACES).reason
    assert isinstance(fit_model("tree", few, PLAIN, PLACES), Fit)


def test_the_network_is_measured_in_the_same_way():
    history = run(Experiment(training=TrainSpec(epochs=50)))
    model = history.model_at(50)
    fit = network_fit(model, history.dataset, PLACES, 0.5)
    predicted = model.predict(torch.from_numpy(history.dataset.X_test)).numpy()
    assert fit.test_score == pytest.approx(accuracy_score(history.dataset.y_test, predicted))
    np.testing.assert_allclose(fit.answers, model(PLACES).softmax(dim=1).detach().numpy())


def test_a_network_that_explodes_has_the_score_of_its_run_and_is_behind():
    history = run(Experiment(DataSpec("plane", 60, n_test=30), training=TrainSpec(epochs=300, learning_rate=10.0)))
    model = history.model_at(history.n_epochs)
    fit = network_fit(model, history.dataset, PLACES, 0.5)
    assert fit.test_score == scores_of(model, history.dataset, history.experiment.training).test_score == -np.inf
    linear = fit_model("linear", history.dataset, PLAIN, PLACES)
    assert isinstance(linear, Fit)
    assert worth(fit, [linear]).network_behind


def test_a_comparison_grows_by_a_model_at_a_time():
    dataset = make_dataset(DataSpec(kind="plane", n_points=20, n_test=20))
    dataset = replace(dataset, X_train=dataset.X_train[:4], y_train=dataset.y_train[:4])  # too few for neighbours
    growing = list(compare(build_model(ModelSpec(), 0), dataset, PLAIN, PLACES, seconds=2.0))
    assert [comparison.share for comparison in growing] == pytest.approx([n / 9 for n in range(10)])
    assert growing[0].worth is None and growing[0].network.seconds == 2.0
    last = growing[-1]
    assert [one.key for one in last.left_out] == ["neighbours"]
    assert [one.key for one in last.fits] == [key for key in REGRESSORS if key != "neighbours"]
    assert last.worth == worth(last.network, last.fits)


@pytest.mark.parametrize("view", VIEWS)
def test_a_boundary_of_the_networks_own_answers_is_its_boundary(view):
    for kind in ("moons", "rings", "gaussian"):
        history = run(Experiment(DataSpec(kind=kind), ModelSpec((4,)), TrainSpec(epochs=30)))
        model, grid = history.model_at(30), make_grid(history.dataset, 20, 16)
        answers = torch.from_numpy(network_fit(model, history.dataset, grid.points, 0.0).answers)
        drawn = boundary_of(answers if history.dataset.n_classes else shares(answers, grid), grid, view)
        np.testing.assert_array_equal(drawn.values, boundary(model, grid, view).values)


def fit(key, errors, seconds=1.0):
    errors = np.array(errors, float)
    return Fit(key, 1.0, 1 - errors.mean(), seconds, 10, errors, np.zeros((0, 2), np.float32))


def test_a_network_is_worth_it_where_it_errs_less_than_chance_explains():
    some, many = [1] * 2 + [0] * 98, [1] * 30 + [0] * 70
    ahead = worth(fit("network", some), [fit("tree", many), fit("bayes", [1] * 40 + [0] * 60)])
    assert ahead.network_ahead and not ahead.network_behind
    assert (ahead.best, ahead.quickest) == ("tree", None)
    # of the 28 points on which they differ, a fair coin would give the network 14 ± 2.6, each a hundredth
    assert ahead.lead == pytest.approx(0.28)
    assert ahead.chance == pytest.approx(2 * np.sqrt(0.28 * 0.72 / 100))
    even = worth(fit("network", some), [fit("tree", [0] * 97 + [1] * 3), fit("bayes", some, 0.1), fit("svm", many, 0)])
    assert not even.network_ahead and not even.network_behind
    assert (even.best, even.quickest) == ("bayes", "bayes")
    behind = worth(fit("network", many), [fit("tree", some)])
    assert behind.network_behind and behind.quickest == "tree"
    assert worth(fit("network", [np.nan] * 100), [fit("tree", some)]).network_behind
