"""The room Explore: studies begin on a click, stream in, can be stopped, and outlive the room."""

import threading
from dataclasses import replace

import pytest

from dashboard.app import events as e
from dashboard.app.exploring import Asked, times_expected
from dashboard.app.runner import Runner
from dashboard.app.session import Session
from moons import DataSpec, Experiment, ModelSpec, TrainSpec, run
from moons.explore import seed_experiments
from moons.explore.outcome import outcome, plane_of
from moons.inspection.health import CONDITIONS, HEALTHY, MEANINGS
from tests.page import click, open_page, rerun, served, setting, until

SHORT = {"training.epochs": "60", "data.n_points": "40", "data.n_test": "20"}
QUICK = Experiment(DataSpec(n_points=40, n_test=20), ModelSpec((4,)), TrainSpec(epochs=200))
HUGE = Experiment(DataSpec(n_points=5_000), ModelSpec((256,) * 6), TrainSpec(epochs=100_000, batch_size=1))


@pytest.fixture
def runner():
    made = Runner(2)
    yield made
    made.close()


def ended(session, study):
    """Whether a study has ended, while somebody looks."""
    session.look()
    return not study.running


def test_a_study_s_outcomes_are_those_of_single_runs(runner):
    session, wanted = Session(runner), seed_experiments(QUICK, 5)
    study = session.explore(Asked("seeds", QUICK), (*wanted, None))
    until(lambda: ended(session, study))
    assert (study.done, study.planned, study.failure) == (5, 5, None)
    for index, one in study.outcomes.items():
        alone = outcome(run(wanted[index]), plane_of(QUICK))
        assert one.scores == alone.scores
        assert one.answers.tolist() == alone.answers.tolist()
    assert session.nbytes >= study.nbytes > 0


def test_a_study_ends_within_a_slice_and_another_one_takes_its_place(runner):
    session = Session(runner)
    huge = session.explore(Asked("seeds", HUGE), seed_experiments(HUGE, 3))
    until(lambda: runner.busy)
    session.stop_exploring()
    until(lambda: not runner.busy)
    assert not huge.running
    assert huge.done == 0
    other = session.explore(Asked("curve", QUICK), seed_experiments(QUICK, 2))
    until(lambda: ended(session, other))
    assert session.studies == {"seeds": huge, "curve": other}


def test_nothing_is_computed_for_somebody_who_is_gone(runner):
    now = [0.0]
    session = Session(runner, clock=lambda: now[0])
    study = session.explore(Asked("seeds", HUGE), seed_experiments(HUGE, 3))
    now[0] = 100.0
    until(lambda: not runner.busy)
    assert study.running
    session.look()
    assert runner.busy


def test_steps_end_where_they_are_stopped_and_say_what_failed(runner):
    session, going = Session(runner), threading.Event()

    def make(stop):
        yield 1
        going.wait(20)
        yield 2
        raise ValueError("no more")

    study = session.explore_steps(Asked("models", QUICK), make, 3)
    until(lambda: study.done == 1)
    study.stop()
    going.set()
    until(lambda: not study.running)
    assert study.results == [1, 2]
    assert study.failure is None
    failing = session.explore_steps(Asked("models", QUICK), make, 3)
    until(lambda: not failing.running)
    assert str(failing.failure) == "no more"


def finished(page, panel):
    until(lambda: ended(served(page), served(page).studies[panel]))
    return rerun(page)


def said(page):
    return " ".join(element.value for element in (*page.markdown, *page.caption, *page.info))


def test_seeds_say_how_much_is_luck_and_lead_to_each_stuck_run():
    page = open_page(**SHORT, **{"view.room": "explore", "view.seeds": "6", "training.learning_rate": "10"})
    page = finished(click(page, "begin_study"), "seeds")
    assert "The test accuracy lies between" in said(page)
    faults = {one.condition for one in served(page).studies["seeds"].outcomes.values()} - set(HEALTHY)
    assert faults
    assert all(f"{CONDITIONS[fault]} ({MEANINGS[fault]}): " in said(page) for fault in faults)
    study = served(page).studies["seeds"]
    assert [one.experiment.model.seed for _index, one in sorted(study.outcomes.items())] == list(range(6))
    page = setting(page, "slider", "seeds", 7)  # the results stay, and it is said whose they are
    assert "These results are for other settings" in said(page)
    ways = [button for button in page.button if button.key and button.key.startswith("stuck_")]
    if ways:
        page = click(page, ways[-1].key)
        assert served(page).state.view.room == "train"
        opened = served(page).state.experiment
        assert opened in study.experiments
        assert ways[-1].label.startswith(f"weight seed {opened.model.seed}, ")


def test_a_sweep_opens_the_run_of_its_best_cell_and_goes_on_in_other_rooms():
    query = {"view.room": "explore", "view.panel": "sweep", "view.sweep_x": "optimizer", "view.sweep_y": "nothing"}
    page = click(open_page(**SHORT, **query), "begin_study")
    assert served(page).link["view.sweep_x"] == "optimizer"
    served(page).send(e.Chosen(replace(served(page).state.view, room="learn")))
    page = finished(rerun(page), "sweep")
    served(page).send(e.Chosen(replace(served(page).state.view, room="explore")))
    page = click(rerun(page), "open_cell")
    study = served(page).studies["sweep"]
    best = max(study.outcomes.values(), key=lambda one: (one.scores.test_score, -one.scores.test_loss))
    assert served(page).state.experiment == best.experiment


def test_bounds_that_can_not_be_are_a_sentence_and_the_spacing_is_the_person_s():
    page = open_page(**SHORT, **{"view.room": "explore", "view.panel": "sweep", "view.sweep_y_high": "32"})
    page = setting(page, "number_input", "sweep_x_low", 50.0)
    assert "must begin below its end" in page.error[0].value
    assert {served(page).link[f"view.sweep_{end}"] for end in ("x_low", "y_high")} == {"50.0", "32.0"}
    page = setting(page, "number_input", "sweep_x_low", 0.0)
    page = setting(page, "selectbox", "sweep_x_log", True)
    assert "must begin above 0" in page.error[0].value
    page = setting(page, "selectbox", "sweep_x", "batch_size")  # which has bounds and a spacing of its own
    assert not page.error
    assert not {"view.sweep_x_low", "view.sweep_x_log"} & served(page).link.keys()
    page = setting(page, "selectbox", "sweep_x_log", False)
    page = finished(click(page, "begin_study"), "sweep")
    (across, up) = served(page).studies["sweep"].asked.settings[0]
    assert across.values == (8, 28, 48, 68, 88, 108, 128)
    assert up.values[-1] == 32
    assert served(page).link["view.sweep_x_log"] == "false"


def test_a_large_study_says_first_how_long_it_takes_with_one_worker_and_with_all():
    query = {"training.epochs": "100000", "view.room": "explore", "view.panel": "sweep", "view.sweep_seeds": "10"}
    page = open_page(**query | {"view.epoch": "0"})
    assert f"with {served(page).workers} workers." in said(page)
    many = {"view.sweep_y": "init_scale", "view.sweep_count": "14", "view.sweep_seeds": "10", "training.epochs": "1"}
    page = open_page(**SHORT | query | many)
    assert "About 2" in said(page)  # seconds, though no run takes a millisecond
    page = click(page, "begin_study")
    study = served(page).studies["sweep"]
    until(lambda: study.done or ended(served(page), study))
    served(page).stop_exploring()
    assert study.asked.expected > 0
    study.asked = replace(study.asked, expected=1e-4)
    assert times_expected(study) > 100
    assert "hours" in said(rerun(page))  # estimates learn from the study before


def test_a_learning_curve_says_whether_more_points_would_help():
    query = {"view.room": "explore", "view.panel": "curve", "view.curve_seeds": "2"}
    page = finished(click(open_page(**SHORT, **query), "begin_study"), "curve")
    assert "more points would" in said(page)
