"""Files that are built to be slow or to break a reader: each gets a sentence, in time that grows with its size."""

import io
import json
import struct
import sys
import zipfile

import pytest

from moons import Experiment, FieldError
from moons.data import read_table
from moons.export.reading import read_experiment
from moons.export.tables import from_json, to_json

PLAIN = json.loads(to_json(Experiment()))
TRAINING = PLAIN["training"] | {"epochs": 100_000}
DEEP = json.loads("[" * 900 + "]" * 900)
TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def calls(function):
    """How many calls of Python functions it takes."""
    count = 0

    def note(_frame, event, _argument):
        nonlocal count
        count += event == "call"

    sys.setprofile(note)
    try:
        function()
    except FieldError:
        pass
    finally:
        sys.setprofile(None)
    return count


def with_table(**columns):
    table = {"x0": [0, 1, 2, 3], "x1": [0, 1, 2, 4], "y": [0, 1, 0, 1], "class_names": ["a", "b"]} | columns
    return json.dumps(PLAIN | {"data": PLAIN["data"] | {"kind": "own", "table": table}})


def with_changes(n):
    changes = [{"epoch": i + 1, "training": TRAINING | {"learning_rate": 0.01 + i % 2}} for i in range(n)]
    return json.dumps(PLAIN | {"training": TRAINING, "changes": changes})


def with_edits(n):
    return json.dumps(PLAIN | {"edits": [{"epoch": i, "parameter": 0, "value": 0.1} for i in range(n)]})


GROWING = {
    "changes": with_changes,
    "edits": with_edits,
    "columns": lambda n: with_table(columns=[f"column {i}" for i in range(n)]),
    "class_names": lambda n: with_table(class_names=[f"class {i}" for i in range(n)]),
    "points": lambda n: with_table(x0=list(range(n)), x1=list(range(n)), y=[0] * n),
    "settings": lambda n: json.dumps(PLAIN | {f"setting {i}": i for i in range(n)}),
}


@pytest.mark.parametrize("name", GROWING)
def test_an_experiment_file_takes_work_in_proportion_to_its_size(name):
    small, large = (calls(lambda n=n: from_json(GROWING[name](n))) for n in (150, 600))
    assert large <= 4.5 * small


def test_an_experiment_with_many_changes_is_the_one_that_was_written():
    experiment = from_json(with_changes(300))
    assert len(experiment.changes) == 300
    assert from_json(to_json(experiment)) == experiment


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[" * 100_000, "the file must be JSON, and this is none"),
        ('{"format":' * 5_000 + "1" + "}" * 5_000, "the file must be JSON, and this is none"),
        (json.dumps(PLAIN | {"format": DEEP}), "format must be moons experiment, got [[["),
        (json.dumps(PLAIN | {"changes": [{"epoch": DEEP}]}), "changes[0].epoch must be between 1 and 15,000, got [[["),
        (json.dumps(PLAIN | {"model": {"hidden": DEEP}}), "model.hidden[0] must be a whole number, got [[["),
        (with_table(columns=DEEP), "data.columns must have between 3 and 3 entries, got 1"),
        (with_table(class_names=[DEEP, "b"]), "a name must be one line of 1 to 60 characters, got [[["),
        (with_table(x0=[DEEP] * 4), "the column x0 must hold numbers between -1e+19 and 1e+19, got [[["),
        (
            to_json(Experiment()).replace('"n_points": 256', f'"n_points": {"9" * 4_000}'),
            "data.n_points must be between",
        ),
    ],
)
def test_json_that_is_nested_deep_or_long_gets_a_short_sentence(text, sentence):
    with pytest.raises(FieldError) as error:
        from_json(text)
    assert sentence in str(error.value)
    assert len(str(error.value)) < 250


def safetensors(header):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + b"\0" * 328


def tensor(shape, kind="F32"):
    return {"layers.0.weight": {"dtype": kind, "shape": shape, "data_offsets": [0, 328]}}


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        (tensor([82] + [1] * 1_000), "weights must be a safetensors file, and this is none"),
        (tensor([82] + [1] * 64), "weights must be a safetensors file, and this is none"),
        (tensor([2**60] * 1_000), "weights must be a safetensors file, and this is none"),
        (tensor([2**62, 0]), "weights must be a safetensors file, and this is none"),
        (tensor([-1, -82]), "weights must be a safetensors file, and this is none"),
        (tensor([164], "BF16"), "weights must be a safetensors file, and this is none"),
        (b"[" * 5_000, "weights must be a safetensors file, and this is none"),
        (
            {f"t{i}": {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for i in range(3_000)},
            "the header of a safetensors file must have at most 100,000 bytes, got",
        ),
        (tensor([82]), "weights must hold"),
    ],
)
def test_weights_of_shapes_that_no_array_has_get_a_sentence(header, sentence):
    with pytest.raises(FieldError, match=sentence):
        read_experiment("weights.safetensors", safetensors(header), Experiment())


def archive(**parts):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return data.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
BOOK = {"[Content_Types].xml": TYPES, "xl/workbook.xml": "<a/>"}


def sized(said):
    """A workbook that says that its sheet unpacks to so many bytes, where it does to 3 million."""
    true, false = (struct.pack("<I", size) for size in (3_000_000, said))
    return archive(**BOOK, **{SHEET: b" " * 3_000_000}).replace(true, false)


def test_a_workbook_that_unpacks_to_too_much_is_named():
    with pytest.raises(FieldError, match="the file unpacks to more than 200 MB, which is more than is read here"):
        read_table(sized(300_000_000))


def test_a_workbook_that_lies_about_what_it_unpacks_to_is_never_unpacked_whole():
    with pytest.raises(FieldError, match="the file is damaged: it can't be unpacked"):
        read_table(sized(1_000))


def test_a_sheet_whose_one_cell_is_far_out_is_refused_before_it_is_read():
    cells = '<c r="A1"><v>1</v></c><c r="XFD1048576"><v>2</v></c>'
    sheet = f'<worksheet><sheetData><row r="1">{cells}</row></sheetData></worksheet>'
    with pytest.raises(FieldError, match="spans more than 20,000,000 cells"):
        read_table(archive(**BOOK, **{SHEET: sheet}))
