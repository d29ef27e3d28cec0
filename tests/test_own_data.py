"""A person's own points: read from any file that is a table, refused with a sentence otherwise."""

import csv
import io
import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.model_selection import train_test_split

from moons import DataSpec, Experiment, FieldError, make_dataset
from moons.data import (
    CLASSIFICATION,
    GENERATORS,
    INTACT,
    OWN,
    REGRESSION,
    Sheet,
    Table,
    read_csv,
    read_table,
)
from moons.data.cells import guarded, is_finite, is_name, unguarded
from moons.data.options import ReadOptions
from moons.data.split import held_out
from moons.data.table import STARTER, table_from
from moons.export.tables import from_json, to_json
from moons.share import from_query, to_query
from tests.strategies import data_specs, tables

PLAIN = "1.5,2,a\n2.5,-3,b\n3.5,4e1,a\n4.5,5,b\n"
READ = Table(
    (1.5, 2.5, 3.5, 4.5), (2.0, -3.0, 40.0, 5.0), (0, 1, 0, 1), ("a", "b"), ("column 1", "column 2", "column 3")
)
NAMED = replace(READ, columns=("키", "무게", "종"), class_names=("가", "나"))
KOREAN = "키,무게,종\n1.5,2,가\n2.5,-3,나\n3.5,4e1,가\n4.5,5,나\n"


def read(text, encoding="utf-8", **how):
    sheet = read_csv(text.encode(encoding) if isinstance(text, str) else text)
    return sheet.table(*sheet.guess(), **how)


def same(a, b):
    names = ("X_train", "y_train", "X_test", "y_test")
    arrays = all(np.array_equal(getattr(a, name), getattr(b, name)) for name in names)
    return arrays and (a.n_classes, a.columns) == (b.n_classes, b.columns)


@pytest.mark.parametrize(
    ("text", "encoding", "table"),
    [
        (PLAIN, "utf-8", READ),
        (PLAIN.replace(",", "\t"), "utf-8", READ),
        (PLAIN.replace(",", ";").replace(".", ","), "utf-8", READ),
        (PLAIN.replace(",", "\t").replace(".", ","), "ascii", READ),
        (PLAIN.replace("\n", "\r\n"), "utf-8", READ),
        (PLAIN.replace("\n", "\r"), "utf-8", READ),
        (PLAIN.replace("\n", "\n\n , ,\n"), "utf-8", READ),
        ('"1,5","2","a"\n"2,5",-3,b\n3.5,40,a\n4.5,5, b \n', "utf-8", READ),
        (KOREAN, "utf-8", NAMED),
        (KOREAN, "utf-8-sig", NAMED),
        (KOREAN, "cp949", NAMED),
        (KOREAN.replace(",", "\t"), "utf-16", NAMED),  # Excel's "Unicode text"
        ("\ufeff" + KOREAN, "utf-16-be", NAMED),
        (PLAIN.replace("\n", ",\n"), "utf-8", READ),  # a delimiter at the end of each row
        (PLAIN.replace("\n", ";;\n").replace(",", ";"), "utf-8", READ),
        (KOREAN.replace("\n", ",\n"), "utf-8", NAMED),
        (KOREAN.replace("\n", ",\n").replace("종,", "종"), "utf-8", NAMED),  # but for the header's
        (KOREAN.replace(",", ",,"), "utf-8", NAMED),
    ],
)
def test_a_file_is_read_whatever_its_delimiter_decimal_sign_header_and_encoding(text, encoding, table):
    assert read(text, encoding) == table


def test_the_inputs_are_guessed_to_be_numbers_and_the_label_last():
    sheet = read_csv(b"name,height,age,species\nrex,1.5,3,dog\ntom,0.4,5,cat\nkit,0.3,1,cat\nfido,0.9,8,dog")
    assert sheet.guess() == (1, 2, 3)
    assert sheet.table(1, 2, 3).class_names == ("cat", "dog")
    assert sheet.table(2, 1, 3).columns == ("age", "height", "species")
    with pytest.raises(FieldError, match="three different columns"):
        sheet.table(1, 1, 3)


YEARS = "2019,2020,{0}\n" + "".join(f"{i}.5,{i * i},{{{i % 2 + 1}}}\n" for i in range(8))


@pytest.mark.parametrize(("text", "has_names"), [
    (YEARS.format("label", "a", "b"), True),
    (YEARS.format("label", "0", "1"), True),
    (YEARS.format("a", "a", "b"), False),  # a point like the others
    (YEARS.format("c", "a", "b") + "1,2,d\n", False),  # a class of one point, as another is
    (YEARS.format("1", "0", "1"), False),
    (YEARS.format("0", "0", "1").replace("2019", "NA"), False),  # to be refused, not to be dropped
    (YEARS.format("a", "a", "b").replace("2019", "NA"), False),
    (KOREAN, True),
    (PLAIN, False),
])  # fmt: skip
def test_a_first_row_holds_names_if_no_point_reads_like_it(text, has_names):
    sheet = read_csv(text.encode())
    assert sheet.has_names == has_names
    assert sheet.columns[0] == (text.partition(",")[0] if has_names else "column 1")
    assert sum(map(bool, sheet.rows)) == text.count("\n") - has_names


def test_whether_the_first_row_holds_names_can_be_said():
    text = YEARS.format("a", "a", "b")
    assert read_csv(text.encode(), has_names=True).columns == ("2019", "2020", "a")
    assert read_csv(text.encode(), has_names=True).first_row == 2
    assert read_csv(KOREAN.encode(), has_names=False).rows[0] == ["키", "무게", "종"]


def test_a_download_with_numbers_for_names_reads_back():
    for n_test in (1, 4):
        test = tuple(i < n_test for i in range(18))
        table = replace(STARTER, columns=("2019", "2020", "7"), test=test)
        dataset = make_dataset(DataSpec(kind=OWN, table=table))
        assert same(make_dataset(DataSpec(kind=OWN, table=read(dataset.all_to_csv()))), dataset)


def test_whole_numbers_are_classes_by_size_and_others_are_a_number_to_predict():
    rows = "".join(f"{i},{i * i},{label}\n" for i, label in enumerate(["10", "9", "9.0", "10", "-1"]))
    assert read(rows).class_names == ("-1", "9", "10")
    assert read(rows).y == (2, 1, 1, 2, 0)
    assert read(rows).task == CLASSIFICATION
    assert read(rows, task=REGRESSION).y == (10, 9, 9, 10, -1)
    fractions = read(rows.replace("9.0", "9.5"))
    assert (fractions.task, fractions.class_names, fractions.y) == (REGRESSION, (), (10, 9, 9.5, 10, -1))
    dataset = make_dataset(DataSpec(kind=OWN, table=fractions))
    assert (dataset.task, dataset.y_train.dtype) == (REGRESSION, np.float32)


@pytest.mark.parametrize(("name", "n", "n_labels", "task"), [
    ("k", 100, 100, REGRESSION), ("k", 100, 11, REGRESSION), ("k", 100, 10, CLASSIFICATION), ("k", 8, 8, REGRESSION),
    ("k", 8, 7, CLASSIFICATION), ("class", 150, 50, CLASSIFICATION), ("class", 153, 51, REGRESSION),
    ("price", 100, 9, REGRESSION),
])  # fmt: skip
def test_whole_numbers_too_many_for_classes_are_a_number_to_predict(name, n, n_labels, task):
    rows = f"x,y,{name}\n" + "".join(f"{i},{i * i},{1_000 + i % n_labels}\n" for i in range(n))
    assert read(rows).task == task
    assert read(rows, task=REGRESSION).y == tuple(1_000 + i % n_labels for i in range(n))


@pytest.mark.parametrize(("n", "sentence"), [
    (100, "there must be at most 50 classes, and the label column has 100 different whole numbers: it may hold a "
     "number to predict"),
    (30, "there must be more points than classes, got 30 points in 30 classes"),
])  # fmt: skip
def test_whole_numbers_that_can_t_be_classes_are_said_to_be_a_number_to_predict(n, sentence):
    with pytest.raises(FieldError) as caught:
        read("".join(f"{i},{i * i},{i}\n" for i in range(n)), task=CLASSIFICATION)
    assert str(caught.value) == sentence


THOUSANDS = "".join(f'"{i},{i * 37:03d}"\t{i}.5\t{"ab"[i % 2]}\n' for i in range(1, 10))


@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
def test_a_comma_parts_thousands_where_a_point_is_the_decimal_mark(delimiter):
    assert read(THOUSANDS.replace("\t", delimiter)).x0[:2] == (1037, 2074)
    assert read(PLAIN + '9,"1,234.5",a\n').x1[-1] == 1234.5
    assert read(PLAIN + '9,"-1,234,567",a\n').x1[-1] == -1_234_567
    assert read(PLAIN.replace(",a", ',"1,000"').replace(",b", ',"2,000"')).class_names == ("1000", "2000")


def test_a_comma_is_a_decimal_comma_where_the_file_tells():
    assert read(THOUSANDS.replace('"3,111"', "0,111").replace(".5", ",5")).x0[:3] == (1.037, 2.074, 0.111)


def rows_of(*, label="a", n=8, x0="{i}"):
    return "x,y,kind\n" + "".join(f"{x0.format(i=i)},{i * 2},{label if i else 'b'}\n" for i in range(n))


FIFTY_ONE = "".join(f"{i},{i},kind {i}\n" for i in range(51))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "the table is empty"),
        (b" \n\t\r\n", "the table is empty"),
        (b"\xef\xbb\xbf", "the table is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "the file is an image: type the table in it, or bring"),
        (b"\xff\xd8\xff\xe0,1,2", "the file is an image"),
        (bytes(range(7)) * 9, "the table must be text or a workbook, and this one is binary"),
        (b"1,2,a\n3,4,b\n5,6,a,8\n", "row 3 must have 3 cells, as the others have, got 4"),
        (b"1,2,a\n" * 34_000_000, "the table must have at most 64 MB, and it has 204"),
        (b"1\n2\n3\n", "a table must have at least two columns, and this one has one"),
        (b"a,b\n1,2\n", "a table must have at least three columns, two inputs and a label, and this one has 2"),
        (b"a,b,c\n", "the table has a header and no rows under it"),
        (rows_of().replace("\n3,", "\ntall,"), "row 5, column x: it must be a number, got 'tall'"),
        (rows_of().replace("\n3,", "\n1_0,"), "row 5, column x: it must be a number, got '1_0'"),
        (rows_of().replace("\n3,", "\n-inf,"), "row 5, column x: a number must be finite and not missing, got '-inf'"),
        (rows_of().replace("\n3,", "\n1e999,"), "row 5, column x: a number must be finite"),
        (rows_of().replace("\n3,", "\n1e30,"),
         "row 5, column x: a number must be between -1e+19 and 1e+19, got '1e30'"),
        ("x,y,n\n" + "".join(f"{i},{i * i},{i}.5\n" for i in range(8)) + "9,9,-2e19\n",
         "row 10, column n: a number must be between -1e+19 and 1e+19, got '-2e19'"),
        (rows_of(label="b"), "there must be at least two classes, and every point has the class b"),
        (FIFTY_ONE, "there must be at most 50 classes, and the label column has 51 different values"),
        (b"x,y,kind\n" + b"7,8,a\n7,8,b\n" * 4,
         "the column x has the same value everywhere (7), so nothing can be learned from it"),
        (b"1,2,a\n2,3,b\n3,x,a\n3,4,b\n", "row 3, column 2: it must be a number, got 'x'"),
        (b"7,7,a\n7,7,b\n7,7,a\n7,7,b\n", "the column 1 has the same value everywhere (7), so nothing"),
        (rows_of().replace("x,y", "column mass,y").replace("\n3,", "\ntall,"),
         "row 5, column column mass: it must be a number, got 'tall'"),
        (rows_of(n=3), "there must be between 4 and 5,000 points, got 3"),
        (b"1,2,a\n3,4,b\n5,6,c\n7,8,d\n", "there must be more points than classes, got 4 points in 4 classes"),
    ],
)  # fmt: skip
def test_a_bad_file_gets_one_sentence(data, sentence):
    with pytest.raises(FieldError) as caught:
        read(data)
    assert str(caught.value).startswith(sentence)


def many_rows(n):
    labels = ("rare" if i % 1_000 == 7 else "often" if i % 4 else "half" for i in range(n))
    return "".join(f"{i % 991},{i % 997},{label}\n" for i, label in enumerate(labels))


TWELVE = "x,y,class\n" + "".join(f"{i},{i * i % 7},{'ab'[i % 2]}\n" for i in range(12))


@pytest.mark.parametrize(
    ("pasted", "encoding", "sentence"),
    [
        (f"{TWELVE}\0\0", None, "table ends with"),
        (TWELVE.replace("3,", "3\0,"), None, "bytes within the table"),
        ("\1\2\3\4" * 9, None, "the table must be text or a workbook"),
        (TWELVE, "nonsense", "the table can't be read as nonsense"),
    ],
)
def test_what_is_said_of_pasted_characters_calls_them_a_table_and_no_file(pasted, encoding, sentence):
    try:
        notes = read_table(pasted.encode(), options=ReadOptions(encoding=encoding)).notes
        said = " ".join(one.template for one in notes)
    except FieldError as error:
        said = str(error)
    assert sentence in said
    assert "file" not in said


def test_of_a_large_file_a_sample_has_each_class_in_proportion():
    table = read(many_rows(200_000))
    assert len(table.y) == 5_000
    assert table.class_names == ("half", "often", "rare")
    assert np.bincount(table.y) == pytest.approx([1_250, 3_745, 5], abs=1)


def test_the_sample_is_decided_by_its_seed():
    rows = many_rows(9_000)
    assert read(rows, seed=1) == read(rows, seed=1) != read(rows, seed=2)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.integers(0, 100), st.integers(0, 99))
def test_held_out_points_are_taken_from_each_class_in_proportion(counts, percent, seed):
    groups = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))
    size = percent * len(groups) // 100
    mask = held_out(groups, size, seed)
    np.testing.assert_array_equal(mask, held_out(groups, size, seed))
    taken = np.bincount(groups[mask], minlength=len(counts))
    for count, n in zip(counts, taken, strict=True):
        assert min(count - 1, size * count // len(groups)) <= n <= count - 1
    assert mask.sum() == min(size, len(groups) - len(counts))


def test_held_out_classes_are_as_many_as_scikit_learn_takes():
    groups = np.repeat([0, 1, 2], [50, 30, 20])
    _train, test = train_test_split(groups, test_size=25, stratify=groups, random_state=0)
    np.testing.assert_array_equal(np.bincount(groups[held_out(groups, 20, 0)]), [10, 6, 4])
    assert np.abs(np.bincount(groups[held_out(groups, 25, 0)]) - np.bincount(test)).max() <= 1


@settings(max_examples=30, deadline=None)
@given(tables(), st.sampled_from([0.05, 0.25, 0.9]), st.integers(0, 9_999))
def test_own_points_are_split_and_none_is_lost(table, share, seed):
    spec = DataSpec(kind=OWN, table=table, held_out=share, seed=seed)
    dataset = make_dataset(spec)
    assert len(dataset.y_train) == spec.n_train
    assert len(dataset.y_test) == pytest.approx(share * len(table.y), abs=max(1, len(table.class_names)))
    X = np.concatenate([dataset.X_train, dataset.X_test])
    rows = np.column_stack([X, np.concatenate([dataset.y_train, dataset.y_test])])
    expected = np.column_stack([table.X.astype(np.float32), table.y])
    np.testing.assert_array_equal(rows[np.lexsort(rows.T)], expected[np.lexsort(expected.T)])


@settings(max_examples=60, deadline=None)
@given(data_specs)
def test_a_download_reads_back_as_the_same_dataset(spec):
    dataset = make_dataset(spec)
    table = read(dataset.all_to_csv())
    standardise = spec.standardise and spec.transfer == INTACT  # scrambled points are in nobody's units
    assert same(make_dataset(DataSpec(kind=OWN, table=table, standardise=standardise)), dataset)


@pytest.mark.parametrize("kind", sorted(GENERATORS))
def test_a_download_of_any_kind_needs_no_word_on_how_to_read_it(kind):
    dataset = make_dataset(DataSpec(kind=kind))
    assert same(make_dataset(DataSpec(kind=OWN, table=read(dataset.all_to_csv()))), dataset)


@given(st.text(alphabet="='+-@a1. ", max_size=6).filter(is_name))
@example('=HYPERLINK("http://x")')
@example("-1.5")
def test_text_is_written_so_that_no_spreadsheet_runs_it_and_comes_back_as_it_was(text):
    written = guarded(text)
    assert unguarded(written) == text
    assert not written.startswith(("=", "+", "-", "@")) or is_finite(written)


def test_formulas_and_markup_are_names_like_others():
    names = ("=1+1", "<script>alert(1)</script>", "[x](http://y)", "'quoted'")
    text = "".join(f'{i},{i * i},"{names[i % 4]}"\n' for i in range(12))
    table = read(text)
    assert set(table.class_names) == set(names)
    cells = list(csv.reader(io.StringIO(make_dataset(DataSpec(kind=OWN, table=table)).all_to_csv())))
    assert not any(cell.startswith("=") for row in cells for cell in row)


def test_a_file_that_says_what_is_held_out_is_taken_at_its_word():
    text = "x,y,kind,split\n" + "".join(f"{i},{i * i},{i % 2},{'test' if i in (3, 4) else 'train'}\n" for i in range(9))
    dataset = make_dataset(DataSpec(kind=OWN, table=read(text), held_out=0.9))
    assert dataset.X_test[:, 0].tolist() == [3, 4]
    assert read(text.replace("split", "Use").replace("test", "VAL").replace("train", "Train")).columns == (
        "x",
        "y",
        "kind",
    )
    assert read(text.replace("test", "tent")).columns == ("x", "y", "kind")


@settings(max_examples=40, deadline=None)
@given(tables())
def test_own_points_are_a_value_that_travels_in_links_and_files(table):
    experiment = Experiment(DataSpec(kind=OWN, table=table))
    assert hash(experiment) == hash(Experiment(DataSpec(kind=OWN, table=replace(table))))
    assert from_json(to_json(experiment)) == experiment
    assert table_from(json.loads(json.dumps(asdict(table)))) == table
    assert from_query(to_query(experiment)) == (experiment, [])


def test_five_hundred_points_fit_into_a_link():
    x0, x1 = np.random.default_rng(0).normal(size=(2, 500)).tolist()
    table = Table(tuple(x0), tuple(x1), tuple(i % 3 for i in range(500)), ("하나", "b", "c"))
    experiment = Experiment(DataSpec(kind=OWN, table=table))
    query = to_query(experiment)
    assert len(query["data.table"]) < 8_000
    (opened, errors) = from_query(query)
    assert not errors
    assert same(make_dataset(opened.data), make_dataset(experiment.data))  # as float32, for which there is room
    x0, x1 = np.round([x0, x1], 9).tolist()
    written = replace(experiment, data=replace(experiment.data, table=replace(table, x0=tuple(x0), x1=tuple(x1))))
    assert from_query(to_query(written)) == (written, [])
    assert len(to_query(written)["data.table"]) < 8_000


def test_too_many_points_for_a_link_are_said_and_the_rest_of_it_opens():
    x0 = tuple(np.random.default_rng(0).normal(size=5_000).tolist())
    table = Table(x0, x0[::-1], tuple(i % 2 for i in range(5_000)), ("a", "b"))
    query = to_query(Experiment(DataSpec(kind=OWN, table=table, noise=0.2)))
    assert max(map(len, query.values())) < 20
    experiment, errors = from_query(query)
    assert experiment == Experiment(DataSpec(kind=OWN, noise=0.2))
    assert [str(error) for error in errors] == ["table were too many for a link: download them as a file"]


@pytest.mark.parametrize(
    "table",
    [
        7, {}, {"x0": [1, 2, 3, 4]}, {**asdict(STARTER), "rows": []}, {**asdict(STARTER), "y": 7},
        {**asdict(STARTER), "y": [0.5] * 18}, {**asdict(STARTER), "x0": ["a"] * 18},
        {**asdict(STARTER), "x0": [True] * 18},
        {**asdict(STARTER), "columns": ["x", "x", "y"]}, {**asdict(STARTER), "columns": ["x", "y"]},
        {**asdict(STARTER), "class_names": [1, 2]}, {**asdict(STARTER), "class_names": ["a"]},
        {**asdict(STARTER), "class_names": ["a", "b", "c"]}, {**asdict(STARTER), "test": [True] * 18},
        {**asdict(STARTER), "test": [True]}, {**asdict(STARTER), "x1": [1.0]},
        {**asdict(STARTER), "x1": [float("nan")] * 18},
        {**asdict(STARTER), "y": [0] * 18, "class_names": []},
    ],
)  # fmt: skip
def test_a_file_with_points_that_are_none_is_refused(table):
    document = json.loads(to_json(Experiment()))
    document["data"] |= {"table": table, "kind": OWN}
    with pytest.raises(FieldError):
        from_json(json.dumps(document))


CELLS = st.sampled_from(
    ["", "1", "-2.5", "3,5", "nan", "inf", "a", "=1", "<b>", '"', "\r", "가", "1e99", "x" * 70, "train"]
)
FILES = st.binary(max_size=60) | st.builds(
    lambda rows, delimiter, end, encoding: end.join(map(delimiter.join, rows)).encode(encoding),
    st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=8),
    st.sampled_from([",", ";", "\t", "|", "\0"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "cp949", "utf-16", "utf-8-sig"]),
)


@settings(max_examples=1_000, deadline=None)
@given(FILES)
def test_any_file_is_a_table_or_a_sentence(data):
    try:
        dataset = make_dataset(DataSpec(kind=OWN, table=read(data)))
    except FieldError as error:
        assert 10 < len(str(error)) < 250
    else:
        assert np.isfinite(dataset.X_train).all()
        assert len(dataset.y_train) and len(dataset.y_test)


@settings(max_examples=300, deadline=None)
@given(st.integers(3, 6), st.data())
def test_any_rows_of_text_are_a_table_or_a_sentence(width, data):
    rows = data.draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=4, max_size=9))
    sheet = Sheet(tuple(f"c{i}" for i in range(width)), rows)
    try:
        assert len(sheet.table(*sheet.guess()).y) == len(rows)
    except FieldError as error:
        assert str(error)
