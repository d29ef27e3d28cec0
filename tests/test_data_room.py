"""The data room: every dataset by its picture, and a person's own points from a file, a table or clicks."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from threading import Event

import numpy as np
import pytest

from dashboard.app import events as e
from dashboard.app import importing
from dashboard.app.state import DataRoom, PageState
from dashboard.app.update import update
from dashboard.page import language
from dashboard.rooms.data import own, sketch
from dashboard.rooms.data import upload as upload_ways
from moons import DataSpec, Experiment, FieldError, make_dataset
from moons.data import GENERATORS, OWN, Table, read_csv
from moons.data.samples import SAMPLES
from moons.data.table import STARTER
from moons.plots import palette
from moons.plots.scatter import LEVELS, color_places, point_colors, scatter
from tests.page import at_end, click, experiment_of, history_of, open_page, player, rerun, setting, state, text

CSV = "length;width;kind\n" + "".join(f"{i},5;{i * i % 7},25;{'ab'[i % 2]}\n" for i in range(40))


def open_room(**query):
    page = open_page(training__epochs="20", **query)
    page.segmented_control(key="room").set_value("data")
    return rerun(page)


def upload(page, content):
    page.file_uploader(key="upload_file").upload(
        "points.csv", content.encode() if isinstance(content, str) else content
    )
    return rerun(page)


def data(page):
    return experiment_of(page).data


def dataset(page):
    return history_of(page).dataset


@pytest.mark.parametrize("kind", [*GENERATORS, OWN])
def test_a_click_on_a_picture_chooses_its_dataset_and_the_run_follows(kind):
    page = click(open_room(), f"pick_{kind}")
    assert data(page).kind == kind
    assert page.selectbox(key="data.kind").value == kind
    assert history_of(page).n_epochs == (0 if kind == "moons" else 20)
    assert text(page) == ""


def test_the_sidebar_shows_what_has_a_meaning_for_the_dataset():
    def shown(page):
        keys = [w.key for w in page.sidebar.slider if w.key.startswith("data.")]
        return {key.removeprefix("data.") for key in keys}

    page = open_room()
    assert shown(page) == {"noise", "n_points", "n_test", "balance", "label_noise"}
    assert shown(click(page, "pick_blobs")) == {"noise", "n_points", "n_test", "balance", "label_noise", "n_classes"}
    assert shown(click(page, "pick_plane")) == {"noise", "n_points", "n_test"}
    assert shown(click(page, "pick_own")) == {"held_out", "label_noise"}


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("slider", "data.balance", 0.8),
        ("slider", "data.label_noise", 0.2),
        ("toggle", "data.standardise", True),
        ("selectbox", "data.transfer", "scrambled"),
        ("selectbox", "data.kind", "rings"),
    ],
)
def test_every_option_of_the_data_reaches_the_run(kind, key, value):
    page = setting(open_room(), kind, key, value)
    expected = make_dataset(DataSpec(**{key.removeprefix("data."): value}))
    np.testing.assert_array_equal(dataset(page).X_train, expected.X_train)
    np.testing.assert_array_equal(dataset(page).y_train, expected.y_train)


def test_a_file_is_shown_and_its_chosen_columns_become_the_points():
    page = upload(open_room(), CSV)
    assert data(page).kind == "moons", "nothing changes before it is asked for"
    assert [page.selectbox(key=f"upload_{name}").value for name in ("x0", "x1", "label")] == [0, 1, 2]
    page = setting(page, "selectbox", "upload_x0", 1)
    page = click(setting(page, "selectbox", "upload_x1", 0), "use_upload")
    sheet = read_csv(CSV.encode())
    assert data(page).table == sheet.table(1, 0, 2)
    assert at_end(page)
    assert page.data_editor[0].value["width"].tolist() == list(data(page).table.x0)
    page = click(page, "undo_points")
    assert data(page) == DataSpec()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "The table is empty."),
        (b"\x00\x01\x02" * 20, "The table must be text or a workbook, and this one is binary."),
        ("a\n1\n2\n", "A table must have at least two columns, and this one has one."),
        ("1,2,a\n2,3,b\n3,x,a\n3,4,b\n", "Row 3, column 2: it must be a number, got 'x'."),
        ("1,2,a\n2,3,b\n3,<b>x</b>,a\n3,4,b\n", r"Row 3, column 2: it must be a number, got '\<b\>x\</b\>'."),
        (CSV.replace(";a", ";b"), "There must be at least two classes"),
    ],
)
def test_a_bad_file_is_refused_in_the_person_s_words_and_the_last_good_data_stay(content, sentence):
    page = click(open_room(), "pick_circles")
    before = player(page)
    page = upload(page, content)
    assert sentence in text(page)
    assert all(button.disabled for button in page.button if button.key == "use_upload")
    assert player(page) is before


def test_a_file_and_what_was_chosen_of_it_outlive_a_visit_to_another_room():
    page = upload(open_room(), CSV)
    page = setting(setting(page, "selectbox", "upload_x0", 1), "selectbox", "upload_x1", 0)
    page = setting(page, "selectbox", "upload_task", "classification")
    for room in ("train", "data"):
        page.segmented_control(key="room").set_value(room)
        page = rerun(page)
    chosen = [page.selectbox(key=f"upload_{name}").value for name in ("x0", "x1", "label", "task")]
    assert chosen == [1, 0, 2, "classification"]
    assert data(click(page, "use_upload")).table == read_csv(CSV.encode()).table(1, 0, 2)


def test_a_file_can_be_put_aside():
    page = click(upload(open_room(), CSV), "cancel_upload")
    assert not [button for button in page.button if button.key == "use_upload"]
    assert data(click(click(page, "look_again"), "use_upload")).table == read_csv(CSV.encode()).table(0, 1, 2)


def test_a_person_says_which_row_holds_the_names():
    rows = "1,2,a\n" + "".join(f"{i}.5,{i * i},{'ab'[i % 2]}\n" for i in range(30))
    page = upload(open_room(), rows)
    assert page.number_input(key="upload_header").value == 0
    page = click(setting(page, "number_input", "upload_header", 1), "use_upload")
    assert data(page).table == read_csv(rows.encode(), has_names=True).table(0, 1, 2)


def test_equal_names_are_made_unique():
    page = upload(open_room(), "1,1,a\n" + "".join(f"{i}.5,{i * i},{'ab'[i % 2]}\n" for i in range(30)))
    page = setting(page, "number_input", "upload_header", 1)
    assert page.dataframe[0].value.columns.tolist() == ["1", "1 (2)", "a"]


def test_of_a_large_file_a_sample_is_taken_and_said():
    rows = "".join(f"{i % 97},{i % 89},{'ab'[i % 2]}\n" for i in range(6_000))
    page = click(upload(open_room(), rows), "use_upload")
    assert text(page) == "The table has 6,000 rows: a sample of 5,000 is used, with each class in proportion."
    assert len(data(page).table.y) == 5_000
    page.radio(key="language").set_value("ko")
    assert text(page.run()) == "표에 6,000행이 있어서, 클래스 비율을 지켜 5,000개만 골라 써요."


@pytest.mark.parametrize("kind", ["moons", "blobs", "gaussian"])
def test_points_made_one_s_own_are_the_same_points(kind):
    page = click(open_room(), f"pick_{kind}")
    before = dataset(page)
    page = click(page, "edit_points")
    assert data(page).kind == OWN
    for name in ("X_train", "y_train", "X_test", "y_test"):
        np.testing.assert_array_equal(getattr(dataset(page), name), getattr(before, name))


def test_a_link_of_own_points_opens_to_them_in_every_room():
    page = click(open_room(), "pick_own")
    page = click(upload(page, CSV), "use_upload")
    query = {name.replace(".", "__"): value for name, value in page.query_params.items()}
    assert data(open_page(**query)) == data(page)


class Desk:
    """The session and its settings without Streamlit."""

    def __init__(self):
        self.page = PageState()
        self.widgets = {"data.kind": OWN, "data.table": None, "data.standardise": False}

    @property
    def room(self):
        return self.page.data_room

    def state(self):
        return self.page

    def choose(self, part):
        return self.show_while_drawing(e.Chosen(part))

    def show_while_drawing(self, event):
        self.page = update(self.page, event)
        return self.page

    def value(self, key):
        return self.widgets[key]

    def put(self, key, said):
        self.widgets[key] = said

    def read(self, _moved=None):
        return Experiment(DataSpec(kind=self.widgets["data.kind"], table=self.widgets["data.table"]))

    def is_new(self, _click, _drawn):
        return True

    def language(self):
        return "en"

    @property
    def rows(self):
        table = self.read().data.own
        return list(zip(table.x0, table.x1, [table.class_names[y] for y in table.y], strict=True))


@pytest.fixture
def desk(monkeypatch):
    desk = Desk()
    for module in (own, sketch, language):
        monkeypatch.setattr(module, "session", desk)
    monkeypatch.setattr(own, "settings", desk)
    return desk


def write(desk, **written):
    key = own._key()
    desk.put(key, {"edited_rows": {}, "added_rows": [], "deleted_rows": [], **written})
    own._edited(key, desk.read().data.own)


def test_what_is_written_into_the_table_becomes_the_points(desk):
    rows = desk.rows
    write(
        desk,
        edited_rows={0: {"x0": 9.5}, "1": {"y": "=cat"}},
        deleted_rows=[3, 2],
        added_rows=[{"x0": 1, "x1": 2.5, "y": "1"}],
    )
    assert desk.rows == [(9.5, *rows[0][1:]), (*rows[1][:2], "=cat"), *rows[4:], (1, 2.5, "1")]


def test_a_row_that_is_just_being_filled_waits(desk):
    write(desk, added_rows=[{"x0": 1.5, "x1": None}])
    assert (desk.room.version, desk.room.notice) == (0, None)


def test_while_a_new_row_waits_what_is_whole_counts(desk):
    rows = desk.rows
    write(desk, added_rows=[{}, {"x0": 7, "x1": 8, "y": "1"}, {"x1": 2.5}], edited_rows={3: {"x0": 6.5}})
    assert desk.rows == [*rows[:3], (6.5, *rows[3][1:]), *rows[4:], (7, 8, "1")]
    assert desk.room.waiting == (("", "", ""), ("", "2.5", ""))


def test_a_waiting_row_is_shown_under_the_points_and_counts_once_it_is_whole(desk):
    n = len(desk.rows)
    desk.choose(DataRoom(waiting_shown=(("", "2.5", ""), ("1", "", "0"))))
    frame = own._frame(desk.read().data.own)
    assert frame.dtypes.iloc[:2].tolist() == [float, float]
    assert frame.iloc[n:].astype(object).where(frame.notna(), None).to_numpy().tolist() == [
        [None, 2.5, None], [1, None, "0"],
    ]  # fmt: skip
    write(desk, edited_rows={n: {"x0": 4}})
    assert (len(desk.rows), desk.room.waiting) == (n, (("4", "2.5", ""), ("1", "", "0")))
    write(desk, edited_rows={n: {"x0": 4, "y": "1"}}, deleted_rows=[n + 1])
    assert (desk.rows[n:], desk.room.waiting) == ([(4, 2.5, "1")], ())


def test_a_row_of_numbers_waits_with_numbers(desk):
    table = Table((0.0, 1, 2, 3), (0.0, 1, 3, 2), (0.5, 1, 2, 3), columns=("a", "b", "c"), test=(True, *[False] * 3))
    desk.choose(DataRoom(waiting_shown=(("1", "", ""),)))
    desk.put("data.table", table)
    frame = own._frame(table)
    assert frame.dtypes.tolist() == [float] * 3
    assert frame.iloc[4].isna().tolist() == [False, True, True]
    write(desk, edited_rows={4: {"b": 2, "c": 7.5}})
    assert (desk.value("data.table").y[4], desk.value("data.table").test[4]) == (7.5, False)


def test_the_same_writing_heard_twice_counts_once(desk):
    key, table = own._key(), desk.read().data.own
    desk.put(key, {"edited_rows": {}, "added_rows": [{"x0": 1, "x1": 2, "y": "1"}], "deleted_rows": []})
    own._edited(key, table)
    own._edited(key, table)
    assert len(desk.rows) == len(STARTER.y) + 1


def test_what_can_t_be_used_is_said_and_the_points_stay(desk):
    rows = desk.rows
    write(desk, edited_rows={2: {"x1": None}})
    assert desk.room.notice.say(str) == "Row 3, column x1: it must hold a number, and the cell is empty."
    write(desk, deleted_rows=list(range(12)))
    assert desk.room.notice.say(str) == "There must be at least two classes, and every point has the class 1."
    assert desk.rows == rows


def test_a_column_s_name_is_said_as_it_is_written(desk):
    own.refuse(FieldError("{field} must be a list, got {value}", field="length", value="7"))
    assert desk.room.notice.say(str) == "length must be a list, got 7."
    with pytest.raises(FieldError) as caught:  # a column that is called what a setting is
        replace(STARTER, x0=(2e19, *STARTER.x0[1:]), columns=("noise", "x1", "y"))
    said = "The column noise must hold numbers between -1e+19 and 1e+19, got 2e+19."
    assert language.error_sentence(caught.value) == said


def test_own_points_fewer_than_a_batch_take_it_down_and_that_is_said():
    page = setting(open_room(), "select_slider", "training.batch_size", 32)
    page = click(page, "pick_own")
    assert text(page) == "There are only 14 points to learn from, so the batch size is 8 now."
    page = click(page, "undo")
    assert (data(page).kind, experiment_of(page).training.batch_size) == ("moons", 32)
    page = click(upload(page, CSV), "use_upload")
    assert "There are only 30 points to learn from, so the batch size is 16 now." in text(page)
    assert (data(page).kind, experiment_of(page).training.batch_size) == (OWN, 16)


def test_columns_of_very_different_scales_are_standardised_and_that_is_said():
    rows = "".join(f"{i},{i * i % 7 * 1000},{'ab'[i % 2]}\n" for i in range(40))
    page = click(upload(open_room(), rows), "use_upload")
    assert "Standardise is on" in text(page)
    assert dataset(page).X_train.std(axis=0) == pytest.approx([1, 1], abs=1e-5)


def test_a_hand_adds_moves_and_erases_each_once(desk):
    rows = desk.rows
    edits = [
        {"id": 1, "act": "add", "x0": 0.5, "x1": 0.25, "label": "2"},
        {"id": 2, "act": "move", "index": 0, "x0": 3, "x1": 4},
        {"id": 3, "act": "erase", "index": 1},
    ]
    sketch._edited(edits)
    assert desk.rows == [(3, 4, "0"), *rows[2:], (0.5, 0.25, "2")]
    sketch._edited([*edits, {"id": 4, "act": "erase", "index": 0}])
    assert desk.rows == [*rows[2:], (0.5, 0.25, "2")]


def test_a_new_class_is_named_in_the_manner_of_the_others():
    assert sketch._new_name(["0", "1"]) == "2"
    assert sketch._new_name(["cat", "class 3"]) == "class 4"


def test_the_plane_stays_while_points_are_added_within_it(desk):
    X = np.array([[0, 0], [10, 8.0]])
    box = sketch._box(X, OWN)
    assert sketch._box(np.vstack([X, [[box[1], box[3]]]]), OWN) == box
    assert sketch._box(np.vstack([X, [[box[1] + 1, 0]]]), OWN) != box
    assert sketch._box(X / 10, OWN) != box


@pytest.mark.parametrize("kind", [*GENERATORS, OWN])
def test_a_picture_has_a_mark_in_its_colour_for_each_training_point(kind):
    dataset = make_dataset(DataSpec(kind=kind, n_points=60))
    root = ET.fromstring(scatter(dataset))
    width, height = map(float, root.attrib["viewBox"].split()[2:])
    for mark, place in zip(root, color_places(dataset.y_train, dataset.n_classes), strict=True):
        assert 0 < float(mark.attrib["cx"]) < width
        assert 0 < float(mark.attrib["cy"]) < height
        assert mark.attrib["fill"] == point_colors(dataset.n_classes)[place]


def test_numbers_go_from_the_first_class_s_colour_to_the_second_s():
    colors = point_colors(0)
    assert (colors[0], colors[LEVELS // 2], colors[-1]) == (palette.CLASSES[0], palette.GUESSING, palette.CLASSES[1])
    assert color_places(np.array([-1.0, 0.0, 1.0]), 0) == [0, LEVELS // 2, LEVELS - 1]


def test_text_from_a_file_is_never_markup():
    written = language.literal("![x](http://y) <b>$a$ :red[b] `c` **d** ~e~ #f")
    assert not re.search(r"(?<!\\)[\[\]<>$`*~:#!_]", written)
    table = Table((0.0, 1.0, 2.0, 3.0), (0.0, 1.0, 3.0, 2.0), (0, 1, 0, 1), ("<i>", "%{x}"), ("<b>x</b>", "%{y}", "y"))
    assert make_dataset(DataSpec(kind=OWN, table=table)).class_name(0) == "<i>"


def test_an_answer_to_a_question_changes_the_points_at_once():
    rows = "x,y,kind\n" + "".join(f"{-999 if i == 7 else i % 9},{i * i % 7},{'ab'[i % 2]}\n" for i in range(40))
    page = upload(open_room(), rows)
    (question,) = [radio for radio in page.radio if str(radio.key).startswith("ask_")]
    assert (question.value, "yes") == ("leave out", question.options[0])
    assert len(state(page).data_room.upload.table.y) == 39
    question.set_value("keep")
    page = rerun(page)
    assert len(state(page).data_room.upload.table.y) == 40
    assert len(data(click(page, "use_upload")).table.y) == 40


def test_the_answer_which_column_is_predicted_changes_the_columns_at_once():
    rows = "price,area,rooms,heated\n" + "".join(
        f"{900 + i * 37},{i % 9},{i * i % 7},{['no', 'yes'][i % 2]}\n" for i in range(40)
    )
    page = upload(open_room(), rows)
    (question,) = [radio for radio in page.radio if str(radio.key).startswith("ask_")]
    assert (question.value, state(page).data_room.upload.places) == ("0", (1, 2, 0))
    question.set_value("3")
    page = rerun(page)
    assert state(page).data_room.upload.places == (0, 1, 3)
    assert data(click(page, "use_upload")).table.class_names == ("no", "yes")


def test_a_mark_that_a_person_sets_reads_the_file_again():
    rows = "x;y;kind\n" + "".join(f"1.{i:03};{i * i % 7};{'ab'[i % 2]}\n" for i in range(40))
    page = setting(upload(open_room(), rows), "selectbox", "upload_decimal", ",")
    page = setting(page, "selectbox", "upload_thousands", ".")
    assert data(click(page, "use_upload")).table.x0 == tuple(1000.0 + i for i in range(40))


def test_a_wrong_delimiter_is_refused_and_the_table_stays():
    page = upload(open_room(), CSV)
    page = setting(page, "selectbox", "upload_delimiter", "|")
    assert "at least two columns" in text(page)
    assert page.selectbox(key="upload_delimiter").value == ";"
    assert data(click(page, "use_upload")).table == read_csv(CSV.encode()).table(0, 1, 2)


def test_all_cells_that_can_t_be_used_are_listed_at_once():
    rows = "x,y,kind\n" + "".join(f"{'?!' if i % 3 else i},{i},{'ab'[i % 2]}\n" for i in range(12))
    page = upload(open_room(), rows)
    listed = "".join(element.value for element in page.markdown)
    problems = state(page).data_room.upload.selection.problems
    assert len(problems) == 8
    assert all(f"Row {problem.row}, " in listed for problem in problems)


@pytest.mark.parametrize("key", SAMPLES)
def test_a_real_data_set_is_a_click_away_with_its_source(key):
    page = click(open_room(), f"sample_{key}")
    assert any(SAMPLES[key].source[:20] in element.value for element in page.markdown)
    table = data(click(page, "use_upload")).table
    assert len(table.y) > 100


def test_pasted_cells_are_a_table():
    page = open_room()
    page.text_area(key="upload_text").set_value(CSV.replace(";", "\t").replace(",", "."))
    page = click(click(page, "read_text"), "use_upload")
    assert len(data(page).table.y) == 40


def test_a_long_reading_shows_how_far_it_is_and_can_be_cancelled(monkeypatch):
    monkeypatch.setattr(upload_ways, "PATIENCE", 0.0)
    release = Event()

    def slow(data, name, say):
        release.wait()
        say(0.5)
        raise AssertionError("cancelled")

    monkeypatch.setattr(importing, "read", slow)
    page = upload(open_room(), CSV)
    reading = state(page).data_room.reading
    page = click(page, "cancel_reading")
    release.set()
    assert state(page).data_room.reading is None
    with pytest.raises(importing.CancelledError):
        reading.result()


def test_a_number_in_the_table_keeps_its_17_digits_and_a_class_stays_text(desk):
    write(desk, edited_rows={0: {"x0": 0.12345678901234568, "y": "007"}})
    assert desk.rows[0] == (0.12345678901234568, desk.rows[0][1], "007")


def markdown(page):
    """All text of the page's body."""
    return "\n".join(each.value for each in page.markdown)


def test_what_was_said_about_a_table_stays_beside_its_points_and_its_options_can_be_opened_again():
    rows = "".join(f"{i * 7 % 11},{i % 5},{i * i % 13},{'ab'[i % 2]}\n" for i in range(30))
    page = upload(open_room(), f"width,height,depth,kind\n{rows},3,4,a\n".encode())
    assert "Rows without a value in width were left out: 1 (rows 32)." in markdown(page)
    page = click(page, "pair_1_2")  # a picture of two columns
    assert (page.selectbox(key="upload_x0").value, page.selectbox(key="upload_x1").value) == (1, 2)
    page = click(page, "pair_0_2")
    page = click(page, "use_upload")
    table = data(page).table
    assert table.columns == ("width", "depth", "kind")
    assert "Rows without a value in width were left out: 1 (rows 32)." in markdown(page)
    page = click(page, "look_again")
    assert [page.selectbox(key=f"upload_{name}").value for name in ("x0", "x1", "label")] == [0, 2, 3]
    page = click(page, "use_upload")
    page = click(click(page, "look_again"), "cancel_upload")
    assert data(page).table == table
    page.segmented_control(key="room").set_value("train")
    page = rerun(page)
    page.segmented_control(key="room").set_value("data")
    assert "Rows without a value in width" in markdown(rerun(page))
    page = click(page, "undo_points")
    assert "Rows without a value in width" not in markdown(page)
