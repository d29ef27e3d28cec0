"""The report in a browser without a network."""

import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from moons import DataSpec, Edit, Experiment, History, ModelSpec, TrainSpec, run
from moons.export.animation import to_gif
from moons.export.frames import boundary_frames, spaced_epochs
from moons.export.report import to_report
from moons.inspection.boundary import COLUMNS, ROWS
from tests.test_report import EXPERIMENT, NAMED

CLOSING = "</script><script>document.title = 'broken out'</script><!--"


@pytest.fixture(scope="module")
def history():
    return run(EXPERIMENT)


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


def test_settings_ending_and_note_are_read_as_text(report):
    assert report.title() == "How a small neural network learned"
    assert report.locator("#note p").text_content() == f"Well done. {CLOSING}"
    assert report.locator("dt.marked").all_text_contents() == [
        "Noise", "Hidden layers", "Epochs", "Learning rate", "Optimiser",
    ]  # fmt: skip
    assert report.locator("#changes").inner_text().splitlines()[-2:] == ["L1", "0.0 → 0.001"]
    assert "After 400 of 400 epochs" in report.locator("#ending").text_content()


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
