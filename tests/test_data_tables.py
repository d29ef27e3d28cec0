"""Any table comes in as its owner means it, or the page asks one clear question with the likely answer chosen."""

# ruff: noqa: E501 - a workbook's parts are long lines

import gzip
import io
import json
import math
import os
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import datasets

from moons import DataSpec, FieldError, make_dataset
from moons.data import (
    CLASSIFICATION,
    NONE,
    OWN,
    REGRESSION,
    CellErrors,
    ReadOptions,
    Table,
    edited,
    read_table,
    rows_of,
    table_of,
)
from moons.data.cells import guarded, is_name, unguarded
from moons.data.packing import packed, unpacked
from moons.data.samples import SAMPLES
from moons.data.table import STARTER
from tests.workbooks import ods, xls

SHARED = Path(__file__).parents[1].parent / "shared" / "tables"
LONG = os.environ.get("MOONS_LONG_FUZZ")
rng = np.random.default_rng(0)
X = rng.normal(size=(40, 2)).round(3)
ROWS = [[repr(a), repr(b), "AB"[i % 2]] for i, (a, b) in enumerate(X.tolist())]
LARGE = [
    [f"{1000 + 300 * a:,.0f}", f"{2000 + 300 * b:,.0f}", c]
    for (a, b), (_a, _b, c) in zip(X.tolist(), ROWS, strict=True)
]
COMMAS = [[cell.replace(".", ",") for cell in row] for row in ROWS]


def text(rows=ROWS, delimiter=",", header=("x", "y", "class"), above="", below="", end="\n"):
    lines = [delimiter.join(row) for row in ([list(header)] if header else []) + rows]
    return above + end.join(lines) + end + below


def changed(places, column, value, rows=ROWS):
    return [
        [value if i in places and j == column else cell for j, cell in enumerate(row)] for i, row in enumerate(rows)
    ]


def mapped(column, act, rows=ROWS):
    return [[act(i, cell) if j == column else cell for j, cell in enumerate(row)] for i, row in enumerate(rows)]


def sheet_of_text(content, **options):
    data = content if isinstance(content, bytes) else content.encode()
    return read_table(data, options=ReadOptions(**options) if options else None)


def table_in(content, **options):
    sheet = sheet_of_text(content, **options)
    return sheet.table(*sheet.guess())


def notes_of(sheet):
    return " ".join(map(str, sheet.notes))


def answers_of(sheet):
    return {question.key: question.chosen for question in sheet.questions}


def is_right(table):
    names = [table.class_names[y] for y in table.y]
    return table.x0 == tuple(X[:, 0]) and table.x1 == tuple(X[:, 1]) and names == [row[2] for row in ROWS]


@pytest.mark.parametrize("content", [
    *(text(delimiter=delimiter) for delimiter in (",", ";", "\t", "|", " ", ", ", "，")),
    *(text(COMMAS, delimiter) for delimiter in (";", "\t", " ", "|")),
    *(text(delimiter=delimiter, above=f"sep={delimiter}\n") for delimiter in ";\t|"),
    "\n".join(f"{a:>9} {b:>9}  {c}" for a, b, c in [["x", "y", "class"], *ROWS]),
    "\n".join(f"| {' | '.join(row)} |" for row in [["x", "y", "class"], ["---"] * 3, *ROWS]),
    text(above="# made in May\n# x,y,class\n", header=()),
    text(above="% made in May\n"),
    text(ROWS[:9]) + "# the second day\n" + text(ROWS[9:], header=()),
    text(above="Pendulum\nDate: 2024-05-01\n\n"),
    text(above="Pendulum,,\n,,\n"),
    text([["(rad)", "(rad/s)", "-"], *ROWS]),
    text(above="(rad),(rad/s),-\n"),
    text(above="40\n", header=()),
    text(above="40,2,A,B\n", header=()),
    text(below="Total rows: 40\n"),
    text(below="mean,0.1,0.2\n"),
    text(below="Source: my lab, 2024\n"),
    text(end="\n\n \n"),
    text(end=",,\n"),
    text(end="\r"),
    text(ROWS[:20]) + text(ROWS[20:]),
    text([[*row, *([] if i % 2 else ["seen"])] for i, row in enumerate(ROWS)], header=("x", "y", "class", "note")),
    "\n".join(f'"{",".join(row)}"' for row in [["x", "y", "class"], *ROWS]),
    *(text([[a, b, note if i == 5 else "fine", c] for i, (a, b, c) in enumerate(ROWS)], header=("x", "y", "note", "class"))
      for note in ('"open', '5" lens', '"two\nlines"', '"a, b"')),
    '"x" "y" "class"\n' + "\n".join(f'"{i}" {a} {b} "{c}"' for i, (a, b, c) in enumerate(ROWS, 1)),
])  # fmt: skip
def test_points_come_in_whatever_delimiter_and_frame_they_have(content):
    assert is_right(table_in(content))


@pytest.mark.parametrize("content", [
    *(text(mapped(0, act)) for act in (
        lambda _i, cell: cell.replace("-", "−"),
        lambda _i, cell: cell.replace("-", "–"),
        lambda _i, cell: cell.translate({ord(str(i)): 0xFF10 + i for i in range(10)} | {ord("-"): 0xFF0D}),
        lambda _i, cell: cell.translate({ord(str(i)): 0x660 + i for i in range(10)} | {ord("."): 0x66B}),
        lambda _i, cell: f"{cell} cm",
        lambda _i, cell: f"{cell}%",
        lambda _i, cell: f"{float(cell):.6e}",
    )),
])  # fmt: skip
def test_numbers_come_in_whatever_signs_and_units_they_have(content):
    assert is_right(table_in(content))


@pytest.mark.parametrize("write", [
    lambda cell: cell.replace(",", "\u202f"), lambda cell: cell.replace(",", "\u00a0"), lambda cell: cell.replace(",", "'"),
    lambda cell: cell.replace(",", "’") + ".0", lambda cell: cell.replace(",", ".") + ",0", lambda cell: cell + ".00",
])  # fmt: skip
def test_thousands_come_in_whatever_parts_them(write):
    table = table_in(text([[write(a), write(b), c] for a, b, c in LARGE], ";"))
    assert table.x0 == tuple(float(a.replace(",", "")) for a, _b, _c in LARGE)


@pytest.mark.parametrize("mark", [",", "."])
def test_a_mark_beside_whole_numbers_parts_thousands_and_that_is_asked(mark):
    sheet = sheet_of_text(text([[a.replace(",", mark), b.replace(",", mark), c] for a, b, c in LARGE], ";"))
    assert answers_of(sheet) == {"marks": "thousands"}
    assert sheet.table(0, 1, 2).x0[0] == float(LARGE[0][0].replace(",", ""))
    assert sheet.answered("marks", "decimal").table(0, 1, 2).x0[0] == float(LARGE[0][0].replace(",", "."))


def test_three_decimals_everywhere_are_decimals_and_that_is_asked():
    sheet = sheet_of_text(text([[f"{3 + abs(a):.3f}".replace(".", ","), f"{4 + abs(b):.3f}".replace(".", ","), "AB"[i % 2]]
                                for i, (a, b) in enumerate(X.tolist())], "\t"))  # fmt: skip
    assert answers_of(sheet) == {"marks": "decimal"}
    assert sheet.table(0, 1, 2).x0[0] == round(3 + abs(X[0, 0]), 3)


@pytest.mark.parametrize("header", [(), ("x", "y", "class")])
def test_a_comma_that_is_both_delimiter_and_decimal_mark_is_asked_about(header):
    rows = [
        [f"{abs(a):.3f}".replace(".", ","), f"{abs(b):.3f}".replace(".", ","), c]
        for (a, b), (_a, _b, c) in zip(X, ROWS, strict=True)
    ]
    sheet = sheet_of_text(text(rows, header=header))
    assert answers_of(sheet)["pairs"] == "yes"
    assert sheet.table(0, 1, 2).x0 == tuple(abs(X[:, 0]))


@pytest.mark.parametrize("write", ["%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%d %b %Y", "%Y년 %m월 %d일", "%m/%d/%Y"])
def test_dates_become_days_since_the_first(write):
    days = pd.date_range("2024-01-30", periods=40, freq="9D")
    sheet = sheet_of_text(text(mapped(0, lambda i, _cell: days[i].strftime(write))))
    assert sheet.table(0, 1, 2).x0 == tuple(range(0, 360, 9))
    assert "days since 2024-01-30" in notes_of(sheet)


def test_times_become_seconds_and_an_open_order_of_day_and_month_is_asked():
    sheet = sheet_of_text(text(mapped(0, lambda i, _cell: f"2024-01-{i % 9 + 1:02d}T{i % 24:02d}:30:00Z")))
    assert sheet.table(0, 1, 2).x0[:2] == (0, 90_000)
    asked = sheet_of_text(text(mapped(0, lambda i, _cell: f"{i % 12 + 1:02d}/{i * 7 % 12 + 1:02d}/2024")))
    assert answers_of(asked)["dates.0"] == "month"
    assert asked.answered("dates.0", "day").table(0, 1, 2).x0 != asked.table(0, 1, 2).x0


@pytest.mark.parametrize("word", ["NA", "n/a", "-", "null", "", "NaN", "?", "#N/A", "None", "."])
def test_rows_without_a_number_are_left_out_and_counted(word):
    sheet = sheet_of_text(text(changed({3, 7}, 0, word)))
    assert len(sheet.table(0, 1, 2).y) == 38
    assert "Rows without a value in x were left out: 2 (rows 5, 9)." in notes_of(sheet)


@pytest.mark.parametrize("value", ["-999", "-9999", "999", "-99"])
def test_a_number_that_stands_for_a_missing_one_is_offered_to_be_left_out(value):
    sheet = sheet_of_text(text(changed({3, 7}, 1, value)))
    assert answers_of(sheet) == {"sentinel.1": "leave out"}
    assert len(sheet.table(0, 1, 2).y) == 38
    assert len(sheet.answered("sentinel.1", "keep").table(0, 1, 2).y) == 40


def test_a_number_a_thousand_times_as_far_out_as_the_rest_is_asked_about():
    sheet = sheet_of_text(text(changed({3}, 0, "1000000.5")))
    assert answers_of(sheet) == {"outlier.0": "leave out"}
    assert "were left out: 1 (rows 5)" in notes_of(sheet)
    assert max(sheet.answered("outlier.0", "keep").table(0, 1, 2).x0) == 1_000_000.5


def test_numbers_too_large_are_not_called_no_numbers_and_asked_about_once_for_all_columns():
    rows = changed({3}, 0, "1e30", changed({5}, 1, "1e300"))
    sheet = sheet_of_text(text(rows))
    (asked,) = sheet.selection(0, 1, 2).questions
    assert (asked.key, asked.chosen) == ("large", "leave out")
    assert str(asked).startswith("Numbers in x, y are too large, like '1e30' in row 5: they must be between -1e+19 and")
    assert len(sheet.table(0, 1, 2).y) == len(ROWS) - 2
    with pytest.raises(CellErrors, match="2 numbers are too large, in the rows 5, 7: "):
        sheet.answered("large", "refuse").table(0, 1, 2)
    half = [[row[0], f"{i + 1}e30" if i % 2 else row[1], row[2]] for i, row in enumerate(rows)]
    mixed = sheet_of_text(text(half))
    (asked,) = mixed.selection(0, 1, 2).questions
    assert asked.chosen == "refuse", "one column has too many of them"
    with pytest.raises(CellErrors, match="19 numbers are too large, in the rows"):
        mixed.table(0, 1, 2)


@pytest.mark.parametrize("missing", ["NaN", "NA"])
def test_a_column_of_missing_values_is_said_to_be_empty(missing):
    every = {*range(len(ROWS))}
    with pytest.raises(FieldError, match="the column class is empty: it must hold classes or numbers"):
        sheet_of_text(text(changed(every, 2, missing))).table(0, 1, 2)
    sheet = sheet_of_text(text(changed(every, 1, missing)))
    assert "y is empty, so it isn't proposed as an input." in notes_of(sheet)
    with pytest.raises(FieldError, match="the column y is empty: it must hold numbers"):
        sheet.table(0, 1, 2)


def test_all_cells_that_are_no_numbers_are_listed_at_once_with_their_places():
    sheet = sheet_of_text(text(changed({3, 7, 9, 11, 12}, 0, "tall")))
    with pytest.raises(CellErrors) as caught:
        sheet.table(0, 1, 2)
    assert [(problem.row, problem.place, problem.column) for problem in caught.value.problems] == [
        (5, 3, 0), (9, 7, 0), (11, 9, 0), (13, 11, 0), (14, 12, 0),
    ]  # fmt: skip
    assert "rows 5, 9, 11, 13, 14" in str(caught.value)
    assert len(sheet.answered("bad.0", "leave out").table(0, 1, 2).y) == 35
    one = sheet_of_text(text(changed({3}, 0, "1.O2")))
    assert len(one.table(0, 1, 2).y) == 39
    assert [problem.row for problem in one.selection(0, 1, 2).problems] == [5]


ENCODINGS = [
    ("cp1252", "temp °C,size µm,class", "AB"), ("cp1252", "Größe,Höhe,Art", "AB"), ("cp1252", "x,y,état", ["été", "hiver"]),
    ("cp1250", "výška,šířka,druh", ["žlutý", "růžový"]), ("cp1251", "рост,вес,класс", ["кот", "пёс"]),
    ("cp1253", "μήκος,πλάτος,είδος", ["γάτα", "σκύλος"]), ("cp949", "길이,너비,종", ["붉은꽃", "푸른꽃"]), ("cp949", "x,y,c", "가나"),
    ("gb18030", "身高,体重,类别", "红蓝"), ("gb18030", "x,y,c", "是否"), ("big5", "長度,寬度,種類", "貓狗"),
    ("cp932", "長さ,幅,種類", "赤青"), ("euc_jp", "長さ,幅,クラス", ["ネコ", "イヌ"]), ("utf-16", "길이,너비,종", "가나"),
    ("utf-16-le", "x,y,class", "AB"), ("utf-16-be", "길이,너비,종", ["붉은꽃", "푸른꽃"]), ("utf-8-sig", "키,무게,종", "가나"),
    ("utf-32", "x,y,class", "가나"), ("koi8-r", "длина,ширина,класс", ["красный", "синий"]),
    ("cp1251", "рост,вес,класс", ["КОТ", "СОБАКА"]), ("cp1254", "uzunluk,genişlik,sınıf", ["kırmızı", "yeşil"]),
    ("iso-8859-2", "délka,šířka,třída", ["žlutá", "červená"]), ("mac-roman", "größe,länge,klasse", ["grün", "weiß"]),
]  # fmt: skip


@pytest.mark.parametrize(("encoding", "header", "names"), ENCODINGS)
def test_text_comes_in_whatever_its_encoding(encoding, header, names):
    rows = mapped(2, lambda i, _cell: names[i % 2])
    table = table_in(text(rows, header=tuple(header.split(","))).encode(encoding))
    assert (table.columns, set(table.class_names)) == (tuple(header.split(",")), set(names))
    assert table.x0 == tuple(X[:, 0])


def test_a_file_cut_within_a_character_loses_its_last_row_and_says_so():
    rows = mapped(2, lambda i, _cell: ["붉은꽃", "푸른꽃"][i % 2])
    for data, encoding in ((text(rows).encode()[:-3], "utf-8"), (text(rows).encode("utf-16")[:-3], "utf-16")):
        sheet = sheet_of_text(data)
        assert sheet.options.encoding == encoding
        assert len(sheet.table(0, 1, 2).y) == 39
        assert set(sheet.table(0, 1, 2).class_names) == {"붉은꽃", "푸른꽃"}
        assert "its last row, 41, was left out" in notes_of(sheet)


def test_empty_bytes_at_the_end_and_a_mark_of_the_end_are_left_out():
    assert is_right(table_in(text().encode() + b"\0" * 512))
    assert is_right(table_in(text().encode() + b"\x1a"))


def workbook(rows, sheets=("Sheet1",)):
    file = io.BytesIO()
    names = "".join(f'<sheet name="{name}" sheetId="{i}" r:id="rId{i}"/>' for i, name in enumerate(sheets, 1))
    space = "http://schemas.openxmlformats.org"
    links = "".join(f'<Relationship Id="rId{i}" Type="{space}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet{i}.xml"/>' for i, _name in enumerate(sheets, 1))  # fmt: skip
    parts = "".join(f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>' for i, _name in enumerate(sheets, 1))  # fmt: skip
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<?xml version="1.0"?><Types xmlns="{space}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>{parts}</Types>')  # fmt: skip
        archive.writestr("_rels/.rels", f'<?xml version="1.0"?><Relationships xmlns="{space}/package/2006/relationships"><Relationship Id="rId1" Type="{space}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>')  # fmt: skip
        archive.writestr("xl/workbook.xml", f'<?xml version="1.0"?><workbook xmlns="{space}/spreadsheetml/2006/main" xmlns:r="{space}/officeDocument/2006/relationships"><sheets>{names}</sheets></workbook>')  # fmt: skip
        archive.writestr("xl/_rels/workbook.xml.rels", f'<?xml version="1.0"?><Relationships xmlns="{space}/package/2006/relationships">{links}</Relationships>')  # fmt: skip
        for i, _name in enumerate(sheets, 1):
            cells = "".join(f'<row r="{n}">' + "".join(_cell(f"{'ABC'[j]}{n}", cell) for j, cell in enumerate(row)) + "</row>" for n, row in enumerate(rows[: len(rows) // i], 1))  # fmt: skip
            archive.writestr(f"xl/worksheets/sheet{i}.xml", f'<?xml version="1.0"?><worksheet xmlns="{space}/spreadsheetml/2006/main"><sheetData>{cells}</sheetData></worksheet>')  # fmt: skip
    return file.getvalue()


def _cell(place, value):
    if value.lstrip("-").replace(".", "").isdigit():
        return f'<c r="{place}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'


def test_a_workbook_comes_in_whatever_its_name_and_its_sheet_is_asked_for():
    rows = [["x", "y", "class"], *ROWS]
    assert is_right(table_in(workbook(rows)))
    sheet = sheet_of_text(workbook(rows, ("first", "second")))
    assert answers_of(sheet)["sheet"] == "first"
    other = sheet_of_text(workbook(rows, ("first", "second")), sheet="second")
    assert (len(other.rows), other.options.sheet) == (19, "second")


MEASURED = [["length", "width", "kind"], *[[i * 0.37, i * i % 7 - 2.5, "ab"[i % 2]] for i in range(20)]]


@pytest.mark.parametrize("write", [lambda rows: ods({"Measured": rows}), xls], ids=["ods", "xls"])
def test_workbooks_of_other_programs_come_in_too(write):
    table = table_in(write([["Measured in May"], *MEASURED, [None, None, None], ["Total rows: 20"]]))
    assert table.columns == ("length", "width", "kind")
    np.testing.assert_allclose(table.x0, [row[0] for row in MEASURED[1:]], rtol=1e-14)
    assert table.x1 == tuple(row[1] for row in MEASURED[1:])
    assert [table.class_names[place] for place in table.y] == [row[2] for row in MEASURED[1:]]


def test_an_opendocument_workbook_has_dates_percents_and_sheets_to_choose_from():
    days = pd.date_range("2024-01-30", periods=20, freq="3D")
    dated = [
        [("date", f"{day:%Y-%m-%d}", f"{day:%d.%m.%y}"), *row[1:]] for day, row in zip(days, MEASURED[1:], strict=True)
    ]
    shares = [[("percentage", row[0] / 10, f"{10 * row[0]:.0f}%"), *row[1:]] for row in MEASURED[1:9]]
    data = ods(
        {"Notes": [["made by hand"]], "Dated": [["day", *MEASURED[0][1:]], *dated], "Shares": [MEASURED[0], *shares]}
    )
    sheet = sheet_of_text(data)
    assert answers_of(sheet)["sheet"] == "Dated"
    assert sheet.table(*sheet.guess()).x0 == tuple(float(3 * i) for i in range(20))
    other = sheet_of_text(data, sheet="Shares")
    np.testing.assert_allclose(other.table(*other.guess()).x0, [row[0] / 10 for row in MEASURED[1:9]])


def test_an_opendocument_sheet_filled_up_to_its_last_row_is_as_long_as_its_table():
    data = ods({"Sheet1": MEASURED})
    ends = b'<table:table-row table:number-rows-repeated="1048555"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>'  # fmt: skip
    filled = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(filled, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"</table:table>", ends))
    assert len(sheet_of_text(filled.getvalue()).rows) == 20


@pytest.mark.parametrize("data", [xls(MEASURED)[:3_000], ods({"Sheet1": MEASURED})[:-300]], ids=["xls", "ods"])
def test_a_workbook_that_was_cut_off_gets_a_sentence(data):
    with pytest.raises(FieldError, match=r"can't be read|damaged"):
        read_table(data)


RECORDS = [{"x": float(a), "y": float(b), "class": c} for a, b, c in ROWS]


@pytest.mark.parametrize("content", [
    json.dumps(RECORDS),
    "\n".join(map(json.dumps, RECORDS)),
    json.dumps({name: [record[name] for record in RECORDS] for name in RECORDS[0]}),
    json.dumps({"columns": ["x", "y", "class"], "data": [list(record.values()) for record in RECORDS]}),
    json.dumps({"rows": RECORDS}),
    json.dumps([["x", "y", "class"], *[list(record.values()) for record in RECORDS]]),
    "@relation 'my data'\n@attribute x real\n@attribute 'the y' numeric\n@attribute class {A,B}\n\n@data\n" + text(header=()),
    gzip.compress(text().encode()),
])  # fmt: skip
def test_other_forms_of_tables_come_in(content):
    assert is_right(table_in(content))


def test_libsvm_comes_in_with_zeros_where_a_row_says_nothing():
    table = table_in("\n".join(f"{'+1' if c == 'A' else '-1'} 1:{a} 3:{b}" for a, b, c in ROWS))
    assert (table.x0, table.x1, table.class_names) == (tuple(X[:, 0]), tuple(X[:, 1]), ("-1", "+1"))


@pytest.mark.parametrize(("data", "word"), [
    (b"%PDF-1.7", "PDF"), (b"\x89PNG\r\n\x1a\n", "image"), (b"\xff\xd8\xff", "image"), (b"\x93NUMPY\1\0", "numpy.savetxt"),
    (b"PAR1\0", "Parquet"), (b"\x89HDF", "HDF5"), (b"SQLite format 3\0", "SQLite"), (b"\x80\x04\x95", "pickle"),
    (b"<!DOCTYPE html><html><body><table><tr><td>1</td></tr></table>", "HTML with a table in it"),
    (b"\n<html><body>hello", "a web page's HTML"), (b"<?xml version='1.0'?><a/>", "XML"), (b"{\\rtf1", "text document"),
    (json.dumps({"nbformat": 4, "cells": []}).encode(), "notebook"), (b"[" * 100_000, "nested too deep"),
    (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "nested too deep"), (b"BZh9\0\0", "bzip2"), (b"\x1f\x8b\x08junk", "damaged"),
    (gzip.compress(gzip.compress(b"1,2,a", mtime=0), mtime=0), "compressed twice"),
    (gzip.compress(b"0" * 65_000_000, mtime=0), "more than 64 MB"),
    (b"1," * 30_000 + b"1\n", "at most 2,000 columns"), (b"a" * 1_000_000, "at least two columns"), (b"PK\3\4junk", "damaged"),
])  # fmt: skip
def test_what_is_no_table_is_named_in_a_sentence(data, word):
    with pytest.raises(FieldError, match=word):
        read_table(data)


@pytest.mark.parametrize(("header", "rows", "guess"), [
    (("", "x", "y", "class"), [[str(i), *row] for i, row in enumerate(ROWS)], (1, 2, 3)),
    (("id", "x", "y", "class"), [[str(i + 7), *row] for i, row in enumerate(ROWS)], (1, 2, 3)),
    ((), [[str(i + 1), *row] for i, row in enumerate(ROWS)], (1, 2, 3)),
    (("Class", "a", "b"), [[str(i % 3), a, b] for i, (a, b, _c) in enumerate(ROWS)], (1, 2, 0)),
    (("a", "species", "b"), [[a, c, b] for a, b, c in ROWS], (0, 2, 1)),
    ((), [[c, a, b] for a, b, c in ROWS], (1, 2, 0)),
    ((), [[str(i % 3), a, b] for i, (a, b, _c) in enumerate(ROWS)], (1, 2, 0)),
    (("rooms", "area", "price"), [[str(i % 3), a, b] for i, (a, b, _c) in enumerate(ROWS)], (0, 1, 2)),
    (("set", "x", "y", "class"), [["TRAIN" if i % 4 else "Val", *row] for i, row in enumerate(ROWS)], (1, 2, 3)),
])  # fmt: skip
def test_the_columns_are_guessed_as_their_owner_means_them(header, rows, guess):
    assert sheet_of_text(text(rows, header=header)).guess() == guess


def test_words_for_training_and_test_in_any_case_are_the_split():
    words = ["Train", "TEST", "val", "training"]
    sheet = sheet_of_text(
        text([[*row, words[i % 4]] for i, row in enumerate(ROWS)], header=("x", "y", "class", "Part"))
    )
    assert sheet.table(*sheet.guess()).test == tuple(i % 4 in (1, 2) for i in range(40))


def test_names_are_made_unique_short_and_visible():
    long = "How often in the last twelve months did you do the following activity: "
    sheet = sheet_of_text(text(header=(f"{long}reading", f"{long}sports", "group\u200b")))
    assert len(set(sheet.columns)) == 3
    assert all(map(is_name, sheet.columns))
    assert sheet.columns[0].endswith("reading")
    assert sheet.full_names[1] == f"{long}sports"
    assert sheet_of_text(text(header=("v", "v", "v"))).columns == ("v", "v (2)", "v (3)")
    assert sheet_of_text(text(header=("x" * 60, "y", "c"))).columns[0] == "x" * 60


@pytest.mark.parametrize("names", [
    ("007", "0012"), ("12345678901234567", "12345678901234568"), ("inf", "ctl"), ("nan", "wild"), ("+", "-"), ("none", "some"),
    ("می‌شود", "نمی‌شود"), ("👨‍👩‍👧", "🏳️‍🌈"), ("אדום", "כחול"), ("-1", "+1"), ("A", "a"),
])  # fmt: skip
def test_classes_stay_as_they_are_written(names):
    assert set(table_in(text(mapped(2, lambda i, _cell: names[i % 2]))).class_names) == set(names)


@pytest.mark.parametrize(("words", "names"), [
    (["yes", "Yes", "no", "NO"], ("no", "yes")), (["TRUE", "1", "FALSE", "0"], ("FALSE", "TRUE")),
    (["Setosa", "setosa", "Virginica", "Virginica"], ("Virginica", "setosa")),
])  # fmt: skip
def test_a_class_written_in_several_ways_is_offered_to_be_merged(words, names):
    sheet = sheet_of_text(text(mapped(2, lambda i, _cell: words[i % 4])))
    assert answers_of(sheet) == {"merge": "merge"}
    assert sheet.table(0, 1, 2).class_names == names
    assert len(sheet.answered("merge", "keep").table(0, 1, 2).class_names) == len(set(words))


def test_a_class_that_may_be_missing_is_asked_about():
    sheet = sheet_of_text(text(changed({3, 7}, 2, "NA")))
    assert answers_of(sheet) == {"missing_label": "leave out"}
    assert sheet.answered("missing_label", "class").table(0, 1, 2).class_names == ("A", "B", "NA")


def test_two_columns_are_an_input_and_a_number_or_two_inputs_with_one_class():
    sheet = sheet_of_text(text([row[:2] for row in ROWS], header=("t", "v")))
    assert (sheet.guess(), answers_of(sheet)) == ((0, NONE, 1), {"two_columns": "predict"})
    table = sheet.table(*sheet.guess())
    assert (table.task, table.y, set(table.x1)) == (REGRESSION, tuple(X[:, 1]), {0})
    both = sheet.answered("two_columns", "inputs")
    points = both.table(*both.guess())
    assert (points.class_names, len(points.y)) == (("points", "random"), 80)
    assert points.x1[:40] == tuple(X[:, 1])


@pytest.mark.parametrize("option", [
    {"encoding": "cp1252"}, {"delimiter": ";"}, {"header": 0, "first_row": 1}, {"comment": "x"}, {"decimal": ","},
])  # fmt: skip
def test_each_option_can_be_said(option):
    sheet = sheet_of_text(text([[a, b, f"{c};é"] for a, b, c in ROWS]).encode(), **option)
    for name, value in option.items():
        assert getattr(sheet.options, name) == value
    if "header" in option:
        assert sheet.rows[0][0] == "x"


@pytest.mark.parametrize("column", [
    [37.5665 + i * 1e-7 for i in range(40)], [126.9780194 + i * 1e-7 for i in range(40)],
    [1_700_000_000.0 + i for i in range(40)], [1.7e18 + i * 1e6 for i in range(40)],
])  # fmt: skip
def test_points_far_from_0_stay_apart_and_are_proposed_to_be_standardised(column):
    table = table_in(text(mapped(0, lambda i, _cell: repr(column[i]))))
    assert table.x0 == tuple(column)
    assert table.suggests_standardise
    for standardise in (False, True):
        dataset = make_dataset(DataSpec(kind=OWN, table=table, standardise=standardise))
        both = np.concatenate([dataset.X_train, dataset.X_test])
        assert len(np.unique(both[:, 0])) == 40
        units = dataset.to_units(both)[:, 0]
        np.testing.assert_allclose(np.sort(units), column, atol=np.ptp(column) * 1e-6 + abs(column[0]) * 1e-15)


@pytest.mark.parametrize(
    ("shift", "scale", "proposed"), [(0, 1, False), (5_000, 1, True), (0, 1_000, True), (0, 1e-3, True)]
)
def test_standardise_is_proposed_for_numbers_far_from_0_or_of_unlike_scale(shift, scale, proposed):
    rows = mapped(0, lambda _i, cell: repr(float(cell) * scale + shift))
    assert sheet_of_text(text(rows)).suggests_standardise == proposed


def test_a_persons_targets_are_standardised_too_and_come_back_in_their_own_units():
    prices = [190_430.55 + 1_000.25 * i for i in range(40)]
    table = table_in(text(mapped(2, lambda i, _cell: repr(prices[i])), header=("area", "age", "price")))
    assert (table.task, table.suggests_standardise) == (REGRESSION, True)
    dataset = make_dataset(DataSpec(kind=OWN, table=table, standardise=True))
    assert (dataset.y_train.mean(), dataset.y_train.std()) == pytest.approx((0, 1), abs=1e-6)
    np.testing.assert_allclose(dataset.y_to_units(dataset.y_train), dataset.to_frame()["price"], rtol=1e-6)
    assert set(dataset.to_frame()["price"]) <= set(prices)


def test_standardised_inputs_are_those_of_scikit_learn():
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415

    plain, scaled = (make_dataset(DataSpec(noise=0.2, standardise=value)) for value in (False, True))
    scaler = StandardScaler().fit(datasets.make_moons(256, noise=0.2, random_state=0)[0])
    np.testing.assert_allclose(scaled.scaling.from_units(plain.X_test), scaler.transform(plain.X_test.astype(float)))
    assert plain.scaling.is_identity


names = st.text(min_size=1, max_size=12).filter(is_name) | st.sampled_from(
    [
        "1.0",
        "nan",
        "NA",
        "-",
        "=1+1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "'7",
        "007",
        "1,5",
        "1 000",
        "yes",
        "Yes",
        "5 cm",
        "2024-01-01",
        "-999",
    ]
)
numbers = st.floats(-1e6, 1e6) | st.sampled_from([-999.0, 0.1, 1e-7, 123456789.123, 1e15])


@st.composite
def any_tables(draw):
    n = draw(st.integers(6, 20))
    columns = draw(st.lists(names, min_size=3, max_size=3, unique=True))
    x0, x1 = (draw(st.lists(numbers, min_size=n, max_size=n).filter(lambda x: len(set(x)) > 1)) for _ in range(2))
    test = tuple([False] * (n - 2) + [True] * 2)
    if draw(st.booleans()):
        y = draw(
            st.lists(numbers | st.integers(-5, 5).map(float), min_size=n, max_size=n).filter(lambda x: len(set(x)) > 1)
        )
        return Table(tuple(x0), tuple(x1), tuple(y), (), tuple(columns), test)
    classes = draw(st.lists(names, min_size=2, max_size=4, unique=True))
    from moons.data.labels import in_order  # noqa: PLC0415

    return Table(
        tuple(x0), tuple(x1), tuple(i % len(classes) for i in range(n)), tuple(in_order(classes)), tuple(columns), test
    )


@settings(max_examples=20_000 if LONG else 150, deadline=None, derandomize=not LONG)
@given(any_tables())
def test_what_is_exported_reads_back_as_the_same_points(table):
    dataset = make_dataset(DataSpec(kind=OWN, table=table))
    back = table_in(dataset.all_to_csv())
    assert back == table
    assert table_of(dataset) == table
    assert Table(**unpacked(packed(table))) == table


@given(st.sampled_from("=+-@＝＋－＠'"), st.text(max_size=8))
def test_no_name_is_written_so_that_a_spreadsheet_runs_it(sign, rest):
    name = unguarded(sign + rest)
    if is_name(name):
        assert guarded(name)[0] not in "=＝＋－＠@" and unguarded(guarded(name)) == name


def test_points_are_edited_in_memory_and_stay_a_table_of_their_task():
    table = edited(STARTER, changed={0: {0: "2,5", 2: "7"}}, added=[(1, 2, "0")], deleted=[1])
    assert (len(table.y), table.x0[0], table.class_names) == (len(STARTER.y), 2.5, ("0", "1", "7"))
    assert rows_of(table)[0] == (2.5, STARTER.x1[0], "7")
    assert rows_of(table)[1:-1] == rows_of(STARTER)[2:]
    assert rows_of(table)[-1] == (1, 2, "0")
    with pytest.raises(FieldError, match="row 1, column x0: it must be a number, got 'x'"):
        edited(STARTER, changed={0: {0: "x"}})
    held = replace(STARTER, test=tuple(i < 3 for i in range(18)))
    assert edited(held, deleted=[0]).test == tuple(i < 2 for i in range(17))


@pytest.mark.parametrize("key", sorted(SAMPLES))
def test_a_real_data_set_is_ready_to_be_used(key):
    sample = SAMPLES[key]
    sheet = sample.load()
    table = sheet.table(*sheet.guess())
    assert sample.source and sample.licence and sheet.source == sample.source
    assert table.task == (REGRESSION if key == "diabetes" else CLASSIFICATION)
    assert not sheet.questions


def test_the_ranking_puts_the_columns_first_that_tell_most():
    sheet = SAMPLES["iris"].load()
    ranking = sheet.ranking()
    assert {sheet.columns[place] for place, _share in ranking[:2]} == {"petal width (cm)", "petal length (cm)"}
    assert sum(share for _place, share in ranking) == pytest.approx(1)


def test_reading_says_how_far_it_is_and_can_be_stopped():
    said: list[float] = []
    read_table(text().encode(), progress=said.append)
    assert (said[0], said[-1], said == sorted(said)) == (0, 1, True)

    def stop(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_table(text().encode(), progress=stop)


CELLS = st.sampled_from(
    ["", "1", "-2.5", "3,5", "1.144", "873", "nan", "inf", "a", "=1", "<b>", '"', "'", "\r", "가", "1e99", "x" * 70, "train", "test",
     "2024-01-01", "5 cm", "-999", "007", "#", "1e400", "\0", "\u202e", "9" * 400, "1_0", "12:30", "٣", "{", "@data",
     "-$5", "(3", "3½", "5'11", "<3", "1억 2만", "0x1F", "[1", "low", "20240131", "Q1 2024", "30:10", "2M", '="7"', "a\\\"b"]
)  # fmt: skip
STARTS = st.sampled_from(
    [
        b"",
        b"[",
        b"{",
        b"PK\3\4",
        b"\x1f\x8b",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"sep=;\n",
        b"@relation a\n@data\n",
        b"1 1:",
    ]
)
FILES = st.builds(lambda start, rest: start + rest, STARTS, st.binary(max_size=80)) | st.builds(
    lambda rows, delimiter, end, encoding: end.join(map(delimiter.join, rows)).encode(encoding, errors="ignore"),
    st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=12),
    st.sampled_from([",", ";", "\t", "|", " ", "  ", "\0"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "cp949", "utf-16", "utf-8-sig", "cp932"]),
)


@pytest.mark.timeout(3_600 if LONG else 300)
@settings(max_examples=20_000 if LONG else 1_000, deadline=2_000 if LONG else None)  # ms a file
@given(FILES)
def test_any_file_is_a_table_with_notes_or_a_sentence(data):
    try:
        sheet = read_table(data)
        chosen = sheet.selection(*sheet.guess())
        table = chosen.table()
    except FieldError as error:
        assert 10 < len(str(error)) < 400
        return
    dataset = make_dataset(DataSpec(kind=OWN, table=table))
    assert np.isfinite(dataset.X_train).all()
    left_out = len(sheet.filled[0]) - len(chosen.rows)
    counted = sum(len(note.rows) for note in chosen.notes if "left out" in note.template)
    assert left_out <= counted
    assert all(math.isfinite(value) for value in (*table.x0, *table.x1, *table.y))
    for said in (*chosen.notes, *chosen.questions):
        assert str(said)


ODD = st.sampled_from(
    ["", "NA", "-", "x", "5 cm", "1.144", "873", "1,5", "1e3", "−3", "-999", "007", " 4", "٣", "inf", "1_0", "12:30", "1 000", "1'000",
     "0x1", "1e400", "2024-01-01", "5%", "1e-7", ".5", "5.", "+3", "1 2", "-$5", "5-", "(5)", "3½", "5'11", "<3", "3+", "2×10^3", "2k", "'4",
     '="4"', "20240131"]
)  # fmt: skip
NUMBERS = st.integers(-2_000, 2_000).map(str) | st.floats(-1e6, 1e6).map(repr) | st.floats(-9, 9).map("{:.3f}".format)
LABELS = st.sampled_from(
    ["a", "b", "yes", "no", "Yes", "1", "0", "nan", "inf", "-", "+", "007", "7", "가", "=x", "'q", "{", "1.5", "n/a"]
)


@st.composite
def likely_files(draw):
    """Rows of numbers and a label, of which a few cells are odd, under names or none."""
    n, width = draw(st.integers(8, 14)), draw(st.integers(3, 4))
    columns = [draw(st.lists(NUMBERS, min_size=n, max_size=n)) for _ in range(width - 1)]
    columns.append(draw(st.lists(LABELS, min_size=n, max_size=n)))
    for _ in range(draw(st.integers(0, 3))):
        columns[draw(st.integers(0, width - 1))][draw(st.integers(0, n - 1))] = draw(ODD)
    names = draw(st.sampled_from([["x", "y", "z", "k"], [], ["length", "width", "", "class"], ["1", "2", "3", "4"]]))
    rows = [names[4 - width :], *zip(*columns, strict=True)] if names else list(zip(*columns, strict=True))
    return "\n".join(map(draw(st.sampled_from([",", ";", "\t", "|", " "])).join, rows))


@pytest.mark.timeout(3_600 if LONG else 300)
@settings(max_examples=5_000 if LONG else 60, deadline=2_000 if LONG else None)
@given(likely_files())
def test_no_point_is_moved_without_a_word_and_what_is_exported_reads_back(data):
    try:
        sheet = read_table(data.encode())
        chosen = sheet.selection(*sheet.guess())
        table = chosen.table()
    except FieldError:
        return
    said = "\n".join(map(str, (*chosen.notes, *chosen.questions)))
    for place, values in zip(sheet.guess()[:2], (table.x0, table.x1), strict=True):
        for row, value in zip(chosen.rows, values, strict=False):
            if place != NONE and sheet.filled[0][row][place] != repr(value):
                cell = sheet.filled[0][row][place].strip()
                same = re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", cell, re.ASCII) and float(cell) == value
                assert same or sheet.columns[place] in said or "read as" in said, cell
    dataset = make_dataset(DataSpec(kind=OWN, table=table))
    assert table_in(dataset.all_to_csv()) == table_of(dataset)


@pytest.mark.parametrize("delimiter", ":~^&")
def test_a_delimiter_that_hardly_anyone_uses_parts_the_cells_where_no_other_does(delimiter):
    assert is_right(table_in(text().replace(",", delimiter)))


def test_numbers_in_parentheses_are_below_0_and_that_is_said():
    rows = "".join(
        f"({i}.50),{i % 7},{'ab'[i % 2]}\n" if i % 3 else f"{i}.50,{i % 7},{'ab'[i % 2]}\n" for i in range(1, 30)
    )
    sheet = sheet_of_text(f"balance,days,class\n{rows}")
    assert sheet.table(*sheet.guess()).x0[:3] == (-1.5, -2.5, 3.5)
    assert "(1.50) in balance was read as -1.5." in notes_of(sheet)


def test_a_fraction_is_no_number_with_a_unit():
    with pytest.raises(CellErrors, match="'1/4'"):
        table_in("part,days,class\n" + "".join(f"{i}/4,{i % 7},{'ab'[i % 2]}\n" for i in range(1, 30)))


def test_a_column_of_ids_is_not_proposed_as_an_input():
    rows = "".join(f"{1_000 + i},{i * 7 % 31},{i % 5},{i % 2}\n" for i in range(30))
    sheet = sheet_of_text(f"patient_id,age,dose,outcome\n{rows}")
    assert sheet.guess() == (1, 2, 3)
    assert "patient_id only counts the rows, so it isn't proposed as an input." in notes_of(sheet)


def test_a_header_of_one_name_too_few_names_the_first_columns_unless_rows_have_names():
    numbers = [(i * 0.37, i * i % 7, "ab"[i % 2]) for i in range(30)]
    sheet = sheet_of_text("length,width\n" + "".join(f"{x},{y},{kind}\n" for x, y, kind in numbers))
    assert sheet.columns == ("length", "width", "column 3")
    assert "The last column has no name in the table." in notes_of(sheet)
    of_r = sheet_of_text("length width\n" + "".join(f'"row {i}" {x} {y}\n' for i, (x, y, _kind) in enumerate(numbers)))
    assert of_r.columns[1:] == ("length", "width")


@pytest.mark.skipif(not SHARED.exists(), reason="the shared files are not here")
def test_every_shared_file_comes_in_or_says_what_to_do():
    refused = {}
    for path in sorted(SHARED.iterdir()):
        try:
            assert len(table_in(path.read_bytes()).y) >= 4
        except FieldError as error:
            refused[path.name] = str(error)
    assert list(refused) == ["23-saved-web-page.csv"]
    assert "web page" in refused["23-saved-web-page.csv"]
