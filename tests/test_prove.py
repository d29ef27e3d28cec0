"""The proof: changes are tried on points of their own, and what is said afterwards is measured."""

import math
import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from sklearn.metrics import accuracy_score, r2_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

from moons import DataSpec, Experiment, FieldError, History, ModelSpec, TrainSpec, make_dataset, run
from moons.data import OWN, SCRAMBLED, Table
from moons.inspection.health import CAUSES, CONDITIONS, diagnose, lab, measure, prove, prove_steps
from moons.inspection.health.heldout import FOLDS, splits_of
from moons.inspection.health.museum import EXHIBITS
from tests.strategies import data_specs


def experiment(epochs, *, data=(), model=(), **training):
    return Experiment(DataSpec(**dict(data)), ModelSpec(**dict(model)), TrainSpec(epochs=epochs, **training))


def rows(X):
    return {tuple(row) for row in X.tolist()}


def own(n=120, scale=1.0, **data):
    drawn = make_dataset(DataSpec(n_points=n, noise=0.1))
    x0, x1 = (drawn.X_train * np.float32(scale)).T.tolist()
    return DataSpec(kind=OWN, table=Table(tuple(x0), tuple(x1), tuple(drawn.y_train.tolist()), ("a", "b")), **data)


XOR_ROWS = DataSpec(kind=OWN, table=Table((0.0, 0.0, 1.0, 1.0), (0.0, 1.0, 0.0, 1.0), (0, 1, 1, 0), ("0", "1")))
ADAM = {"optimizer": "adam", "learning_rate": 0.01}
# the experiment, the condition said of it and the cause named
FAULTS = {
    "unscaled": (Experiment(own(scale=300.0), training=TrainSpec(1_000, 0.3)), "unscaled", "standardise"),
    "scrambled": (experiment(1_000, data={"transfer": SCRAMBLED}, **ADAM), "shuffled", "transfer"),
    "input missing": (experiment(500, data={"kind": "xor"}, model={"features": ("x0",)}, **ADAM), None, "features"),
    "dropout": (experiment(500, data={"kind": "spirals"}, dropout=0.9, **ADAM), None, "dropout"),
    "penalty": (experiment(500, l1=0.1, **ADAM), "at_chance", "penalty"),
    "straight": (experiment(500, data={"kind": "circles"}, model={"hidden": ()}, **ADAM), "underfitting", "bend"),
    "rate too small": (experiment(2_000, learning_rate=1e-5), "at_chance", "rate_up"),
    "rate too large": (experiment(500, learning_rate=10.0), "diverging", "rate_down"),
    "cut short": (experiment(25, **ADAM), "unfinished", "longer"),
    "narrow": (experiment(900, data={"kind": "checkerboard"}, model={"hidden": (3,)}, **ADAM), "underfitting", "wider"),
    "alike": (experiment(500, model={"init": "zeros"}, **ADAM), None, "init"),
}  # fmt: skip


@cache
def proved(e):
    return prove(run(e))


@pytest.mark.parametrize("name", FAULTS)
def test_the_cause_is_named_and_its_remedy_is_better_on_points_that_nobody_has_seen(name):
    faulty, condition, cause = FAULTS[name]
    proof = proved(faulty)
    assert proof.cause == cause, [(t.cause, t.merit) for t in proof.trials]
    assert condition in (None, proof.verdict.condition)
    assert not proof.verdict.healthy
    before, after = run(faulty), run(proof.verdict.remedy.experiment)
    assert after.test_score[-1] > (before.test_score[-1] if before.ended == "epochs" else 0.5) + 0.04
    assert proof.best.history.train_loss.tolist() == after.train_loss.tolist()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_healthy_run_stays_healthy(seed):
    proof = proved(experiment(15_000, data={"seed": seed}, model={"seed": seed}))
    assert proof.verdict.healthy
    assert proof.cause == ""


def test_a_run_that_is_stuck_below_what_another_rate_reaches_is_not_called_healthy():
    proof = proved(experiment(15_000, data={"seed": 12}, model={"seed": 12}))
    assert not proof.verdict.healthy
    assert proof.best.scores.test_score > proof.base.scores.test_score + 0.08
    assert proof.finding.sentence == proof.verdict.sentence


def test_where_nothing_helps_that_is_said():
    proof = proved(replace(EXHIBITS["labels"].before, data=own(label_noise=0.5, n=200)))
    assert proof.verdict.condition == "shuffled"
    assert (
        proof.verdict.said(proof.verdict.measured)
        == (f"Nothing tried helps; {proof.ceiling.score:.0%} may be all these points allow.")
        or proof.cause == "labels"
    )


def test_a_run_before_its_end_is_told_by_training_it_to_its_end():
    history = History(experiment(2_000, learning_rate=0.3))
    next(history.play(history.last, 250))
    proof = prove(history)
    assert proof.verdict.healthy
    assert proof.verdict.remedy is None


@settings(max_examples=10, deadline=None)
@given(data_specs)
def test_held_out_points_are_neither_learned_from_nor_tested_on(data):
    dataset = make_dataset(data)
    splits = splits_of(data, dataset)
    if data.own is None:
        (split,) = splits
        assert split.dataset is dataset
        if data.noise > 0.01 and data.transfer != SCRAMBLED:  # without noise scikit-learn draws some shapes the same
            assert not rows(split.X) & (rows(dataset.X_train) | rows(dataset.X_test))
    else:
        assert len(splits) == min(FOLDS, len(dataset.y_train))
        held = np.concatenate([split.X for split in splits])
        assert sorted(held.tolist()) == sorted(dataset.X_train.tolist())
        assert all(len(split.X) + len(split.dataset.X_train) == len(dataset.X_train) for split in splits)


def test_a_fresh_draw_is_in_the_units_of_the_run():
    spec = DataSpec(kind="blobs", standardise=True)
    (split,) = splits_of(spec, make_dataset(spec))
    (raw,) = splits_of(replace(spec, standardise=False), make_dataset(replace(spec, standardise=False)))
    scaler = StandardScaler().fit(make_dataset(replace(spec, standardise=False)).X_train)
    assert np.allclose(split.X, scaler.transform(raw.X), atol=1e-5)


@pytest.mark.parametrize("data", [DataSpec(), DataSpec(kind="plane"), DataSpec(kind="blobs", balance=0.65)])
def test_a_trials_figures_are_those_of_scikit_learn(data):
    proof = proved(Experiment(data, training=TrainSpec(300)))
    for trial in (proof.base, *proof.trials):
        spec = trial.remedy.experiment.data
        (split,) = splits_of(spec, make_dataset(spec))
        answers = trial.history.model_at(trial.epoch).predict(torch.from_numpy(split.X)).double().numpy()
        score = accuracy_score if data.class_count else r2_score
        if not math.isfinite(trial.heldout.loss):
            continue
        assert trial.heldout.score == pytest.approx(score(split.y, answers), abs=1e-4)
        tested = trial.history.dataset
        answers = trial.history.model_at(trial.epoch).predict(torch.from_numpy(tested.X_test)).double().numpy()
        assert trial.scores.test_score == pytest.approx(score(tested.y_test, answers), abs=1e-4)


def test_the_ceiling_is_at_least_what_neighbours_reach():
    proof = proved(FAULTS["straight"][0])
    (split,) = splits_of(DataSpec(kind="circles"), make_dataset(DataSpec(kind="circles")))
    scaler = StandardScaler().fit(split.dataset.X_train)
    neighbours = KNeighborsClassifier(5).fit(scaler.transform(split.dataset.X_train), split.dataset.y_train)
    reached = neighbours.score(scaler.transform(split.X), split.y)
    assert proof.ceiling.score >= reached - 0.02


def test_the_ceiling_of_the_same_points_is_found_once(monkeypatch):
    data, found = DataSpec(n_points=60, seed=4_321), []
    real = lab.ceiling_of

    def counted(*points):
        found.append(points)
        return real(*points)

    monkeypatch.setattr(lab, "ceiling_of", counted)
    first, other = (prove(run(Experiment(data, training=TrainSpec(epochs=n)))) for n in (30, 40))
    assert first.ceiling == other.ceiling
    assert len(found) == 1
    prove(run(Experiment(replace(data, seed=4_322), training=TrainSpec(epochs=30))))
    assert len(found) == 2


def test_a_remedy_is_offered_only_if_it_is_better_under_every_seed():
    for faulty, *_rest in FAULTS.values():
        proof = proved(faulty)
        assert len(proof.best.figures) == len(proof.base.figures) == 3
        assert proof.best.worst.merit > proof.base.heldout.merit


def test_each_change_is_tried_once_and_changes_something():
    proof = proved(FAULTS["narrow"][0])
    tried = [trial.remedy.experiment for trial in proof.trials]
    assert len(set(tried)) == len(tried)
    assert FAULTS["narrow"][0] not in tried
    assert [trial.merit for trial in proof.trials] == sorted((t.merit for t in proof.trials), reverse=True)
    for trial in proof.trials:
        assert trial.cause in CAUSES
        assert trial.remedy.label.format(**trial.remedy.values)


def test_the_steps_grow_to_the_proof():
    history = run(experiment(300, **ADAM))
    several = list(prove_steps(history))
    assert [proof.tried for proof in several] == sorted(proof.tried for proof in several)
    assert [proof.complete for proof in several] == [False] * (len(several) - 1) + [True]
    last, whole = several[-1], prove(history)
    assert [(t.cause, t.figures) for t in last.trials] == [(t.cause, t.figures) for t in whole.trials]
    assert last.tried == last.planned


def test_it_ends_when_it_is_stopped_or_time_is_up():
    history = run(experiment(300, **ADAM))
    asked = []

    def stop():
        asked.append(1)
        return len(asked) > 2

    stopped = prove(history, stop=stop)
    assert not stopped.complete
    assert len(asked) == 3
    hurried = prove(history, seconds=0.0)
    assert not hurried.complete
    assert hurried.trials == ()
    assert hurried.verdict == diagnose(history)


def test_an_untrained_network_is_not_tried():
    proof = prove(History(Experiment()))
    assert (proof.verdict.condition, proof.trials, proof.complete) == ("untrained", (), True)


def test_an_epoch_that_is_not_trained_yet_is_refused():
    with pytest.raises(FieldError, match="epoch must be between 0 and 100, got 101"):
        prove(run(experiment(100)), epoch=101)


def test_every_cause_and_every_verdict_is_a_whole_sentence():
    for cause in CAUSES.values():
        assert cause.sentence.endswith(".")
        assert cause.condition is None or cause.condition in CONDITIONS
    for faulty, *_rest in FAULTS.values():
        verdict = proved(faulty).verdict
        assert all(verdict.said(text).endswith(".") for text in (verdict.sentence, verdict.cause, verdict.measured))


def test_a_blow_up_within_the_first_epoch_is_not_called_untrained():
    data = own(scale=1e9 / 4)
    history = run(Experiment(data, training=TrainSpec(50, learning_rate=10.0, batch_size=4)))
    assert history.n_epochs == 0
    found = diagnose(history)
    assert not found.healthy
    assert found.said(found.sentence)


def test_dropout_is_not_read_as_swinging():
    history = run(experiment(800, data={"kind": "circles"}, dropout=0.8, **ADAM))
    assert measure(history, 800).swing < 0.3 * float(np.abs(np.diff(history.train_loss[-50:])).mean() / 0.3)
    assert "jump to and fro" not in diagnose(history).cause


@pytest.mark.parametrize("change", [{"weight_decay": 0.01}, {"dropout": 0.2}, {"l1": 0.003}])
def test_a_penalty_or_dropout_that_is_switched_on_is_no_divergence(change):
    history = run(experiment(1_000, **ADAM))
    branch = history.branch(600, replace(history.experiment.training, **change))
    for _chunk in branch.play(branch.last, 250):
        pass
    for epoch in (600, 605, 650, 800, 1_000):
        assert diagnose(branch, epoch).condition != "diverging"


def test_a_longer_run_is_not_offered_where_nothing_is_left_to_gain():
    proof = proved(experiment(1_000, data={"kind": "gaussians", "noise": 0.3}, **ADAM))
    assert proof.verdict.remedy is None or "epochs" not in proof.verdict.remedy.values


def test_xor_in_four_rows_is_said_to_be_too_few():
    history = run(Experiment(XOR_ROWS, training=TrainSpec(1_000, **ADAM)))
    found = diagnose(history)
    assert found.condition == "data"
    assert "3 points only" in found.said(found.sentence)
    assert prove(history).verdict.condition == "data"


def test_a_class_without_a_test_point_is_called_by_its_name():
    drawn = make_dataset(DataSpec(kind="blobs", n_points=90))
    x0, x1 = (tuple(column) for column in drawn.X_train.T.tolist())
    test = tuple(bool(label != 2 and i % 4 == 0) for i, label in enumerate(drawn.y_train))
    table = Table(x0, x1, tuple(drawn.y_train.tolist()), ("ant", "bee", "cow"), test=test)
    history = run(Experiment(DataSpec(kind=OWN, table=table), training=TrainSpec(500, **ADAM)))
    found = diagnose(history)
    assert found.said(found.sentence).startswith("Class cow has no test point")


def test_a_loss_that_prints_the_same_is_not_said_to_have_moved():
    found = diagnose(run(experiment(100, data={"transfer": SCRAMBLED}, model={"init_scale": 0.0})))
    assert "has gone from" not in found.sentence
    assert math.isfinite(found.values["loss"])


def test_of_a_run_that_has_diverged_no_score_is_told_that_is_no_number():
    data = DataSpec(kind="gaussian", n_points=80)
    found = proved(Experiment(data, ModelSpec(init_scale=10.0), TrainSpec(60, 1.0))).verdict
    assert "no finite number" in found.measured
    told = found.measured.format(**found.values)
    assert not re.search(r"\b(inf|nan)\b", told)
