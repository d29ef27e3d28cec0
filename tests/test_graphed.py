"""Epochs by graph, with a stand-in for CUDA's: it does the captured work again, as a replayed graph would."""

from functools import partial
from importlib import import_module

import numpy as np
import pytest
import torch

from moons import DataSpec, ModelSpec, TrainSpec, build_model, make_dataset, train
from moons.graphed import EPOCHS, WARM_UP, WORTH_IT, GraphedEpochs, can_graph
from moons.progress import NOT_FINITE

CPU, CUDA = torch.device("cpu"), torch.device("cuda")
LOOP = import_module("moons.train")  # `moons.train` is the function


def counting():
    """Epochs that give their own number, and the captures and replays made of them."""
    epochs, made = iter(range(10_000)), {"captured": 0, "replayed": 0}

    def capture(work):
        made["captured"] += 1

        def replay():
            made["replayed"] += 1
            work()

        return replay

    return GraphedEpochs(lambda: torch.tensor([float(next(epochs))]), capture), made


@pytest.mark.parametrize("n", [1, WORTH_IT - 1, WORTH_IT, WORTH_IT + 7, 10 * EPOCHS + 1])
def test_every_epoch_is_run_once_and_in_order(n):
    epochs, made = counting()
    numbers = [*epochs.run(n).ravel().tolist(), *epochs.run(60).ravel().tolist()]
    assert numbers == list(range(n + 60))
    assert made["captured"] == (n >= WORTH_IT)
    if n >= WORTH_IT:
        assert made["replayed"] == (n - WARM_UP) // EPOCHS + 60 // EPOCHS


def test_only_what_is_the_same_in_each_epoch_is_captured():
    assert can_graph(TrainSpec(optimizer="nesterov"), CUDA)
    assert not can_graph(TrainSpec(), CPU)
    for spec in (
        TrainSpec(batch_size=8),
        TrainSpec(schedule="cosine"),
        TrainSpec(optimizer="adam"),
        TrainSpec(dropout=0.1),
    ):
        assert not can_graph(spec, CUDA)


@pytest.fixture
def by_graph(monkeypatch):
    monkeypatch.setattr(LOOP, "can_graph", lambda spec, device: True)
    monkeypatch.setattr(LOOP, "GraphedEpochs", partial(GraphedEpochs, capture=lambda work: work))


DATASETS = {kind: make_dataset(DataSpec(kind=kind, n_points=40, n_test=30)) for kind in ("moons", "rings", "plane")}


def chunks_of(spec, kind, hidden=(8,)):
    dataset = DATASETS[kind]
    model = build_model(ModelSpec(hidden), dataset.n_classes)
    return list(train(model, dataset, spec, engine="torch", chunk_epochs=230))


@pytest.mark.parametrize("kind", DATASETS)
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov"])
def test_a_run_by_graph_is_the_run_itself(request, kind, optimizer):
    spec = TrainSpec(epochs=500, learning_rate=0.02, optimizer=optimizer, l1=1e-3, clip_norm=1.0, weight_decay=1e-3)
    one_by_one = chunks_of(spec, kind)
    request.getfixturevalue("by_graph")
    for chunk, other in zip(chunks_of(spec, kind), one_by_one, strict=True):
        np.testing.assert_array_equal(chunk.train_loss, other.train_loss)
        np.testing.assert_array_equal(chunk.test_loss, other.test_loss)
        np.testing.assert_allclose(chunk.train_score, other.train_score, rtol=1e-5)
        np.testing.assert_allclose(chunk.test_score, other.test_score, rtol=1e-5)
        np.testing.assert_array_equal(chunk.state.parameters, other.state.parameters)
        np.testing.assert_array_equal(chunk.state.moments, other.state.moments)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum"])
def test_a_run_by_graph_that_diverges_ends_where_the_run_itself_does(request, optimizer):
    spec = TrainSpec(epochs=5_000, learning_rate=10.0, weight_decay=0.5, optimizer=optimizer)
    one_by_one = chunks_of(spec, "moons", ())
    request.getfixturevalue("by_graph")
    (*_before, last), other = chunks_of(spec, "moons", ()), one_by_one[-1]
    assert (last.ended, last.stop) == (NOT_FINITE, other.stop)
    np.testing.assert_array_equal(last.state.parameters, other.state.parameters)
