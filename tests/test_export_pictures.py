"""The report in a browser without a network, and the GIF."""

import io
import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from moons import DataSpec, Edit, Experiment, History, ModelSpec, TrainSpec, run
from moons.data import Table
from moons.digits import Digits
from moons.export.animation import CAPTION, LAST_FRAME_MS, SCALE, to_gif
from moons.export.frames import boundary_frames, spaced_epochs
from moons.export.report import to_report
from moons.fields import label_of, ruled_fields
from moons.inspection.boundary import COLUMNS, ROWS
from moons.inspection.points import judge
from tests.browser import browser

SETTINGS = TrainSpec(epochs=400, optimizer="adam", learning_rate=0.02)
EXPERIMENT = Experiment(DataSpec(noise=0.2), ModelSpec(hidden=(8,)), SETTINGS).changed(300, replace(SETTINGS, l1=0.001))
CLOSING = "</script><script>document.title = 'broken out'</script><!--"


@pytest.fixture(scope="module")
def history():
    return run(EXPERIMENT)


@pytest.fixture(scope="module")
def chromium():
    with browser() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def file(history, tmp_path_factory):
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(to_report(history, note=f"Well done. {CLOSING}"), encoding="utf-8")
    return file


@pytest.fixture(params=["light", "dark"])
def report(request, chromium, file):
    """The report's page, opened without a network; at the end nothing was asked for and nothing went wrong."""
    context = chromium.new_context(color_scheme=request.param, offline=True)
    page = context.new_page()
    requests, errors = [], []
    page.on("request", lambda asked: requests.append(asked.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))
    page.goto(file.as_uri())
    page.wait_for_selector("body[data-ready]")
    yield page
    assert requests == [file.as_uri()]
    assert errors == []
    context.close()


def picture(page):
    return page.evaluate("() => document.querySelector('canvas').toDataURL()")


def said(page):
    return dict(page.locator("[data-say]").evaluate_all("all => all.map(e => [e.dataset.say, e.textContent])"))


def test_the_slider_shows_the_run_s_own_numbers_and_other_pictures(report, history):
    epochs = spaced_epochs(400, 80)
    assert said(report)["epoch"] == "400"
    pictures = {picture(report)}
    for frame in (0, len(epochs) // 2):
        report.locator("#slider").fill(str(frame))
        pictures.add(picture(report))
        assert said(report)["epoch"] == str(epochs[frame])
        assert float(said(report)["train_loss"]) == pytest.approx(history.train_loss[epochs[frame]], abs=1e-4)
        assert float(said(report)["test_loss"]) == pytest.approx(history.test_loss[epochs[frame]], abs=1e-4)
    assert len(pictures) == 3


def test_every_pixel_of_the_boundary_is_the_network_s_answer(report, history):
    report.locator("#slider").fill("30")
    pixels = report.evaluate(
        """() => { const c = document.querySelector('canvas')
                   return [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data] }"""
    )
    frames = boundary_frames(history, count=80, columns=COLUMNS, rows=ROWS)
    expected = frames.colors[frames.images[30][::-1]].astype(int)
    seen = np.array(pixels).reshape(ROWS, COLUMNS, 4)
    np.testing.assert_allclose(seen[..., 3], expected[..., 3], atol=1)
    sure = expected[..., 3] > 60  # a browser keeps few digits of an almost see-through colour
    np.testing.assert_allclose(seen[sure], expected[sure], atol=3)


def test_the_charts_answer_the_hand(report, history):
    linear = report.locator("#loss path").first.get_attribute("d")
    report.check("#log")
    assert report.locator("#loss path").first.get_attribute("d") != linear
    box = report.locator("#loss svg").bounding_box()
    report.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    lines = report.locator("#hover text").all_text_contents()
    epoch = int(lines[0].removeprefix("Epoch "))
    assert float(lines[1].removeprefix("train ")) == pytest.approx(history.train_loss[epoch], abs=1e-4)
    report.mouse.click(box["x"] + box["width"] * 0.1, box["y"] + box["height"] * 0.5)
    assert int(said(report)["epoch"]) < 50
    report.locator("#slider").fill(str(len(spaced_epochs(400, 80)) - 5))
    report.click("#play")
    expect(report.locator("[data-say=epoch]")).to_have_text("400", timeout=20_000)
    report.get_by_role("button", name="Play").wait_for()


def test_settings_ending_and_note_are_read_as_text(report):
    assert report.title() == "How a small neural network learned"
    assert report.locator("#note p").text_content() == f"Well done. {CLOSING}"
    assert report.locator("dt.marked").all_text_contents() == [
        "Noise", "Hidden layers", "Epochs", "Learning rate", "Optimiser",
    ]  # fmt: skip
    assert report.locator("#changes").inner_text().splitlines()[-2:] == ["L1", "0.0 → 0.001"]
    assert "After 400 of 400 epochs" in report.locator("#ending").text_content()


@pytest.mark.parametrize(
    ("experiment", "epochs", "ending"),
    [
        (EXPERIMENT, 0, "It isn't trained yet."),
        (Experiment(DataSpec(n_points=60), ModelSpec(hidden=()), TrainSpec(learning_rate=10.0, weight_decay=0.5)), 900,
         "the loss was no longer a number"),
        (Experiment(DataSpec(kind="gaussian"), training=TrainSpec(epochs=30)), 30, "R² is "),
        (Experiment(training=TrainSpec(stop_train_loss=0.4)), 15_000, "the training loss was low enough"),
        (Experiment(DataSpec(kind="own", standardise=True), training=TrainSpec(epochs=30)), 30, "After 30 of 30"),
    ],
)  # fmt: skip
def test_a_run_that_has_not_begun_or_has_broken_down_is_reported_too(chromium, experiment, epochs, ending, tmp_path):
    history = History(experiment)
    for chunk in history.play(history.last, 100):
        if chunk.stop >= epochs:
            break
    if not epochs:
        history = History(experiment)
    file = tmp_path / "report.html"
    file.write_text(to_report(history), encoding="utf-8")
    page = chromium.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(file.as_uri())
    page.wait_for_selector("body[data-ready]")
    assert ending in page.locator("#ending").text_content()
    assert page.locator("#note").is_hidden()
    assert errors == []
    page.close()
    Image.open(io.BytesIO(to_gif(history))).load()


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


NAMED = Table(
    x0=(0.0, 1.0, 2.0, 3.0, 0.5, 1.5, 2.5, 3.5),
    x1=(1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0),
    y=(0, 1, 0, 1, 0, 1, 0, 1),
    class_names=("tabby", "<b>삼색이</b>"),
    columns=("height", "y", "breed"),
)


def test_a_report_names_classes_columns_and_inputs(chromium, tmp_path):
    history = run(Experiment(DataSpec(kind="own", table=NAMED), training=TrainSpec(epochs=20)).edited(Edit(3, 1, 0.5)))
    file = tmp_path / "report.html"
    file.write_text(to_report(history), encoding="utf-8")
    page = chromium.new_page()
    page.goto(file.as_uri())
    page.wait_for_selector("body[data-ready]")
    assert page.locator("#classes .key").all_text_contents() == ["tabby", "<b>삼색이</b>"]
    assert {"height", "y"} <= set(page.locator("#boundary text").all_text_contents())
    assert "Weight from y to unit 0 in layer 1, set by hand" in page.locator("#changes").inner_text()
    page.close()


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
        scores = judge(history.model_at(epoch), history.dataset, history.experiment.training_now).scores
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


def test_the_film_has_the_classes_names_where_its_font_has_the_letters():
    plain = Experiment(
        DataSpec(kind="own", table=replace(NAMED, class_names=("삼", "색"))), training=TrainSpec(epochs=2)
    )
    named = replace(plain, data=replace(plain.data, table=replace(NAMED, class_names=("tabby", "Manx"))))
    captions = []
    for experiment in (plain, named):
        frame = np.asarray(Image.open(io.BytesIO(to_gif(run(experiment)))).convert("L"))
        captions.append(frame[ROWS * SCALE : -4, COLUMNS * SCALE // 2 - 60 : COLUMNS * SCALE // 2 + 60])
    assert (captions[0] > 200).all()
    assert (captions[1] < 150).any()


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
