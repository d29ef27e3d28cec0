"""The report as text, and the GIF."""

import io
import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from moons import DataSpec, Edit, Experiment, ModelSpec, TrainSpec, run
from moons.data import Table
from moons.digits import Digits
from moons.export.animation import CAPTION, LAST_FRAME_MS, SCALE, font_for, to_gif
from moons.export.frames import spaced_epochs
from moons.export.report import to_report
from moons.fields import label_of, ruled_fields
from moons.inspection.boundary import COLUMNS, ROWS
from moons.inspection.points import evaluate

SETTINGS = TrainSpec(epochs=400, optimizer="adam", learning_rate=0.02)
EXPERIMENT = Experiment(DataSpec(noise=0.2), ModelSpec(hidden=(8,)), SETTINGS).changed(300, replace(SETTINGS, l1=0.001))


@pytest.fixture(scope="module")
def history():
    return run(EXPERIMENT)


NAMED = Table(
    x0=(0.0, 1.0, 2.0, 3.0, 0.5, 1.5, 2.5, 3.5),
    x1=(1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0),
    y=(0, 1, 0, 1, 0, 1, 0, 1),
    class_names=("tabby", "<b>삼색이</b>"),
    columns=("height", "y", "breed"),
)


def test_the_report_s_words_are_in_the_page_s_language(history):
    text = to_report(history, _=lambda sentence: f"«{sentence}»", language="ko")
    data = json.loads(re.search(r'id="run">(.*?)</script>', text, re.DOTALL)[1])
    assert data["language"] == "ko"
    assert all(word.startswith("«") for word in data["words"].values())
    assert all(row["label"].startswith("«") for group in data["settings"] for row in group["rows"])
    assert all(sentence.startswith("«") for sentence in data["ending"])
    assert "http" not in re.sub(r"http://www.w3.org/2000/svg|http-equiv", "", text)  # nothing to fetch


@pytest.mark.parametrize(
    ("data", "there", "gone"),
    [
        ({}, {"n_points", "label_noise"}, {"n_classes", "held_out", "regression_loss"}),
        ({"kind": "blobs"}, {"n_classes", "balance"}, {"held_out", "regression_loss"}),
        ({"kind": "plane"}, {"noise", "regression_loss"}, {"n_classes", "balance", "label_noise", "held_out"}),
        ({"kind": "own"}, {"held_out", "label_noise"}, {"n_points", "noise", "n_test", "n_classes", "balance"}),
    ],
)
def test_a_report_lists_only_settings_that_mean_something_for_its_points(data, there, gone):
    history = run(Experiment(DataSpec(**data), training=TrainSpec(epochs=5)))
    found = json.loads(re.search(r'id="run">(.*?)</script>', to_report(history), re.DOTALL)[1])
    listed = {row["label"] for group in found["settings"] for row in group["rows"]}
    labels = {
        f.name: label_of(spec, f.name) for spec in (DataSpec, ModelSpec, TrainSpec) for f, _rule in ruled_fields(spec)
    }
    assert {labels[name] for name in there} <= listed
    assert not {labels[name] for name in gone} & listed


def report_data(history):
    return json.loads(re.search(r'id="run">(.*?)</script>', to_report(history), re.DOTALL)[1])


def test_a_weight_of_a_later_layer_or_a_computed_input_is_named_too():
    model = ModelSpec(hidden=(2, 2), features=("x0", "x1_squared"))
    history = run(Experiment(model=model, training=TrainSpec(epochs=2)).edited(Edit(1, 1, 0.5)).edited(Edit(1, 6, 0.5)))
    labels = [row["label"] for change in report_data(history)["changes"] for row in change["rows"]]
    assert labels == [
        "Weight from x1² to unit 0 in layer 1, set by hand",
        "Weight from unit 0 to unit 0 in layer 2, set by hand",
    ]


@pytest.mark.parametrize("experiment", [EXPERIMENT, Experiment(DataSpec(kind="gaussian"), training=SETTINGS)])
def test_a_report_has_the_figures_of_the_page_for_every_epoch(experiment):
    history = run(experiment)
    found = report_data(history)
    for epoch, texts in zip(found["frames"]["epochs"], found["frames"]["texts"], strict=True):
        scores = evaluate(history.model_at(epoch), history.dataset, history.experiment.training_now).scores
        assert texts["train_loss"] == f"{Digits(scores.train_loss):.4f}"
        assert texts["test_score"] == (
            f"{scores.test_score:.1%}" if history.dataset.n_classes else f"{scores.test_score:.4f}"
        )
    at = found["loss"]["at"]
    np.testing.assert_array_equal(np.array(found["loss"]["train"], np.float32), history.train_loss[at])
    np.testing.assert_array_equal(np.array(found["loss"]["test"], np.float32), history.test_loss[at])


def test_a_report_says_which_loss_is_with_dropout():
    spec = TrainSpec(epochs=20, dropout=0.2)
    assert report_data(run(Experiment(training=spec)))["words"]["train"] == "train, with dropout"
    assert report_data(run(Experiment(training=replace(spec, dropout=0.0))))["words"]["train"] == "train"


def last_frame(class_names):
    table = replace(NAMED, class_names=class_names)
    return Image.open(
        io.BytesIO(to_gif(run(Experiment(DataSpec(kind="own", table=table), training=TrainSpec(epochs=2)))))
    )


def test_the_film_has_a_key_of_the_classes_by_name_and_by_number_where_no_font_has_the_letters(monkeypatch):
    assert font_for('tabby cat, the "3rd" [cm]').getname() == ("Aileron", "Regular")
    monkeypatch.setattr("moons.export.animation.FONTS", ("no such font",))
    font_for.cache_clear()
    assert font_for("삼색") is None
    numbers, names, long = (last_frame(names) for names in (("삼", "색"), ("tabby", "Manx"), ("x" * 30, "a class")))
    font_for.cache_clear()
    assert numbers.size == names.size == (COLUMNS * SCALE, ROWS * SCALE + CAPTION)
    assert long.size[1] > names.size[1]  # room for a key of its own
    middle = slice(COLUMNS * SCALE // 2 - 60, COLUMNS * SCALE // 2 + 60)
    keys = [np.asarray(film.convert("L"))[ROWS * SCALE : -4, middle] < 150 for film in (numbers, names)]
    assert 0 < keys[0].sum() < keys[1].sum()


def test_the_default_run_s_report_and_animation_are_small():
    history = run(Experiment())
    assert len(to_report(history).encode()) < 3_000_000
    assert len(to_gif(history)) < 3_000_000


def test_the_gif_has_a_frame_for_each_epoch_and_rests_on_the_last(history):
    gif = Image.open(io.BytesIO(to_gif(history)))
    assert gif.n_frames == len(spaced_epochs(400, 60))
    assert gif.size == (COLUMNS * SCALE, ROWS * SCALE + CAPTION)
    pictures = []
    for frame in (0, gif.n_frames - 1):
        gif.seek(frame)
        pictures.append(np.asarray(gif.convert("RGB")))
    assert gif.info["duration"] == LAST_FRAME_MS
    assert not np.array_equal(*pictures)


@pytest.mark.parametrize(("n_epochs", "count"), [(0, 60), (1, 60), (5, 60), (15_000, 60), (100_000, 80)])
def test_epochs_of_frames_rise_from_the_untrained_network_to_the_last(n_epochs, count):
    epochs = spaced_epochs(n_epochs, count)
    assert (epochs[0], epochs[-1]) == (0, n_epochs)
    assert list(epochs) == sorted(set(epochs))
    assert len(epochs) <= count
    if n_epochs > 1_000:
        assert epochs[len(epochs) // 2] < math.sqrt(n_epochs) * 4
