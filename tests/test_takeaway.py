"""Take away: what the page claims of a file has been measured."""

import json
import re

import numpy as np
import pytest
from safetensors.numpy import load

from dashboard.rooms import takeaway
from moons import Experiment, TrainSpec, run
from moons.export.agreement import header
from moons.export.report import to_report
from moons.inspection.health import prove
from moons.plots.words import untranslated
from tests.page import click, history_of, open_page, rerun, served, settled, state, until

SHORT = {"training__epochs": "40", "view__epoch": "40", "view__room": "takeaway"}


@pytest.fixture
def files(monkeypatch):
    """What each download would give, by its name."""
    makers = {}
    take = lambda _label, make, name, *_rest, **_how: makers.update({name: make})  # noqa: E731
    monkeypatch.setattr(takeaway.st, "download_button", take)
    return makers


def looked(page):
    served(page).look()
    return served(page)


def test_a_program_says_what_was_measured_once_it_has_been_run(files):
    page = open_page(**SHORT)
    assert "Run this program to compare" in re.sub(r"\s*\n# ", " ", files["moons.py"]())
    page = click(page, "agree")
    until(lambda: looked(page).agreeing.wait(0.5))  # waits, so that the program gets its time
    agreement = served(page).agreeing.agreement
    assert agreement.ended
    page = rerun(page)
    sentence = header(history_of(page), agreement, untranslated)[1]
    assert sentence in [caption.value for caption in page.caption]
    assert sentence in re.sub(r"\s*\n# ", " ", files["moons.py"]())
    assert sentence in "".join(cell["source"] for cell in json.loads(files["moons.ipynb"]())["cells"])


def test_a_run_recorded_with_pytorch_is_the_page_s_run():
    page = open_page(**SHORT)
    served(page).record()
    until(lambda: looked(page).recording.arrived)
    page = rerun(page)
    expected = run(history_of(page).experiment, engine="torch", device="cpu")
    assert history_of(page).choice.name == "torch"
    assert np.array_equal(history_of(page).train_loss, expected.train_loss)
    assert served(page).recording is None


def test_weights_have_the_names_of_a_program_with_dropout(files):
    open_page(training__dropout="0.2", **SHORT)
    assert {name.split(".")[1] for name in load(files["moons.safetensors"]())} == {"0", "3"}


def test_a_file_is_about_the_epoch_when_it_is_taken_not_when_the_page_was_drawn(files):
    page = open_page(training__epochs="60000", view__epoch="60000", view__room="takeaway")
    if state(page).busy:  # a machine that trains it within a blink has nothing to say
        assert "Training goes on" in page.get("progress")[0].proto.text
    made = files["moons.safetensors"]  # as the page was drawn, perhaps in the middle
    page = settled(page)
    weights = history_of(page).model_at(60_000).state_dict()
    taken = load(made())
    assert all(np.array_equal(taken[name], tensor.numpy()) for name, tensor in weights.items())
    assert [button.key for button in page.button if button.key == "agree"] == ["agree"]


def test_the_report_holds_what_was_tried():
    history = run(Experiment(training=TrainSpec(300, learning_rate=10.0)))
    proof = prove(history)
    text = to_report(history, proof=proof)
    found = proof.verdict
    assert json.dumps(found.said(found.measured), ensure_ascii=False)[1:-1] in text
    assert f"What helps: {found.remedy.words(str)}." in text
    for trial in proof.trials:
        assert json.dumps(trial.remedy.all_words(str), ensure_ascii=False) in text
