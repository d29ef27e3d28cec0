"""Kinds of files that people bring: each comes in as its owner means it, asks one question, or is named in a sentence."""

# ruff: noqa: E501 - a kind in a line

import gzip
import io
import json
import unicodedata
import zipfile

import numpy as np
import pytest

from moons import DataSpec, FieldError, TrainSpec, make_dataset
from moons.data import OWN, read_table
from moons.data import table_of as points_of
from moons.loss import loss_unit

N = 30
A = [(i * 37 % 101 - 50) / 10 + 0.05 for i in range(N)]
B = [i * 53 % 97 + 0.5 for i in range(N)]
KINDS = ["cat" if i % 3 else "dog" for i in range(N)]
RECORDS = [{"a": a, "b": b, "kind": kind} for a, b, kind in zip(A, B, KINDS, strict=True)]


def lines(*columns, header="a,b,kind", sep=",", end="\n"):
    return end.join([header, *(sep.join(map(str, row)) for row in zip(*columns, strict=True))]) + end


def sheet_of(content):
    return read_table(content if isinstance(content, bytes) else content.encode())


def table_of(content):
    sheet = sheet_of(content)
    return sheet.table(*sheet.guess())


def classes(table):
    return [table.class_names[y] for y in table.y]


def packed(files):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        for name, content in files.items():
            file.writestr(name, content)
    return data.getvalue()


@pytest.mark.parametrize("write, factor", [
    (lambda a: f"-${-a:.2f}" if a < 0 else f"${a:.2f}", 1), (lambda a: f" $ ({-a:.2f})" if a < 0 else f" $ {a:.2f} ", 1),
    (lambda a: f"{-a:.2f}-" if a < 0 else f"{a:.2f}", 1), (lambda a: f"Rs. {a:.2f}", 1), (lambda a: f"{a:.2f}×10^3", 1_000),
    (lambda a: f"{a:.2f}·10³", 1_000), (lambda a: f"'{a:.2f}", 1), (lambda a: f'="{a:.2f}"', 1), (lambda a: f"{a:.2f} l/100km", 1),
    (lambda a: f"{a:.2f}K" if a < 0 else f"{a / 1_000:.5f}M", 1_000), (lambda a: f"{a:.2f} year" + "s" * (a > 0), 1),
    (lambda a: f"{a:.2f}*" if a > 4 else f"{a:.2f}", 1), (lambda a: f"{a:.2f}[1]", 1),
    (lambda a: f"{a:.2f}".translate(str.maketrans("0123456789", "०१२३४५६७८९")), 1),
    (lambda a: f"<{a:.2f}" if a > 4 else f"{a:.2f}", 1), (lambda a: f"{a:.2f}+" if a > 4 else f"{a:.2f}", 1),
])  # fmt: skip
def test_numbers_come_in_however_they_are_written_and_that_is_said(write, factor):
    sheet = sheet_of(lines(map(write, A), B, KINDS))
    assert np.allclose(sheet.table(*sheet.guess()).x0, np.array(A) * factor)
    assert sheet.notes or sheet.questions


@pytest.mark.parametrize("cells, values", [
    ([f"{5 + i % 2}'{i % 12}\"\"" for i in range(N)], [12 * (5 + i % 2) + i % 12 for i in range(N)]),
    ([f"{20 + i}:30:15" for i in range(N)], [3_600 * (20 + i) + 1_815 for i in range(N)]),
    ([f"{1 + i % 3}억 {1_000 + i}만" for i in range(N)], [1e8 * (1 + i % 3) + 1e4 * (1_000 + i) for i in range(N)]),
    ([f"{i}½" for i in range(N)], [i + 0.5 for i in range(N)]), ([hex(i) for i in range(N)], list(range(N))),
    ([["low", "medium", "high"][i % 3] for i in range(N)], [i % 3 for i in range(N)]),
    ([f"202401{1 + i:02d}" for i in range(N)], list(range(N))), ([f"2024. 1. {1 + i}." for i in range(N)], list(range(N))),
    ([f"2024. 1. 1 오후 1:{i:02d}:00" for i in range(N)], [60 * i for i in range(N)]),
    ([f"{1 + i // 4 * 1}/1/2024 {i % 4 + 1}:00 PM" for i in range(N)], None),
    ([f"Mon Jan {1 + i:02d} 00:00:00 2024" for i in range(N)], list(range(N))),
    ([f"{2000 + i // 4}-Q{1 + i % 4}" for i in range(N)], None), ([f"Jan-{10 + i}" for i in range(N)], None),
    ([f'"Monday, January {1 + i}, 2024"' for i in range(N)], list(range(N))),
])  # fmt: skip
def test_words_durations_and_dates_become_numbers_and_that_is_said(cells, values):
    text = lines([f'"{cell}"' if '""' in cell else cell for cell in cells], A, KINDS, header="m,a,kind")
    sheet = sheet_of(text)
    chosen = sheet.selection(0, 1, 2)
    assert values is None or chosen.X[:, 0].tolist() == values
    assert len(chosen.X) == N
    assert any("m " in str(note) or " m" in str(note) for note in chosen.notes)


def test_a_serial_number_in_a_column_of_dates_is_a_day():
    sheet = sheet_of(lines(range(45_292, 45_292 + 2 * N, 2), A, KINDS, header="date,a,kind"))
    assert sheet.table(0, 1, 2).x0 == tuple(range(0, 2 * N, 2))
    assert "since 2024-01-01" in str(sheet.notes[0])


@pytest.mark.parametrize("word", ["not available", "해당없음", "*****", "#####", "$ -", "#NV", "NaT", "1.70141E+38"])
def test_a_word_for_no_value_leaves_its_rows_out(word):
    sheet = sheet_of(lines([word if i % 5 == 0 else a for i, a in enumerate(A)], B, KINDS))
    assert len(sheet.table(*sheet.guess()).y) == N - 6
    assert "left out: 6" in " ".join(map(str, sheet.notes))


def test_numbers_of_several_units_are_refused_in_a_sentence_that_names_them():
    with pytest.raises(FieldError, match="must have one unit, and they have cm, m"):
        sheet_of(lines([f"{a} {['cm', 'm'][i % 2]}" for i, a in enumerate(A)], B, KINDS)).table(0, 1, 2)


PLAIN = lines(A, B, KINDS)


@pytest.mark.parametrize("content", [
    lines(A, ['"the \\"best\\", ever"'] * N, B, KINDS, header="a,note,b,kind"),
    lines(A, B, [f"'{kind}'" for kind in KINDS], header="'a','b','kind'"),
    lines(*([f"'{cell}'" for cell in column] for column in (A, B, KINDS)), header="'a','b','kind'"),
    PLAIN + f"{sum(A)},{sum(B)},Total\n", lines(A, B, KINDS, sep="\x01", header="a\x01b\x01kind"),
    lines(A, B, KINDS, sep="،", header="a،b،kind"), "\n".join("│ " + line.replace(",", " │ ") + " │" for line in PLAIN.splitlines()),
    "\n".join(["a," + ",".join(map(str, A)), "b," + ",".join(map(str, B)), "kind," + ",".join(KINDS)]),
    lines(KINDS and ["dog", *[""] * (N // 3 - 1), "cat", *[""] * (2 * N // 3 - 1)], sorted(A), B, header="kind,a,b"),
    str([tuple(record.values()) for record in RECORDS]), str(np.array([[a, b, i % 2] for i, (a, b) in enumerate(zip(A, B, strict=True))])),
    "INSERT INTO t VALUES\n" + ",\n".join(f"({a}, {b}, '{kind}')" for a, b, kind in zip(A, B, KINDS, strict=True)) + ";",
    "const data = " + json.dumps(RECORDS) + ";", "".join(map(json.dumps, RECORDS)), json.dumps(RECORDS)[:-1] + ",]",
    json.dumps({str(i): record for i, record in enumerate(RECORDS)}), json.dumps({"errors": [], "rows": RECORDS}),
    json.dumps([{"at": {"point": [r["a"], r["b"]]}, "kind": r["kind"]} for r in RECORDS]),
    json.dumps({"X": [[r["a"], r["b"]] for r in RECORDS], "y": KINDS}),
    "\n".join(f"[2024-01-01 08:{i:02d}:00] {kind}" for i, kind in enumerate(KINDS)),
    "\n".join(f"a={a},b={b},kind={kind}" for a, b, kind in zip(A, B, KINDS, strict=True)),
    "\n".join(f"{i % 2} qid:{i // 5} 1:{a} 2:{b}" for i, (a, b) in enumerate(zip(A, B, strict=True))),
    packed({"iris.csv": PLAIN, "README.txt": "about,it\n1,2\n", "__MACOSX/._iris.csv": "x"}), packed({"a/iris.data": PLAIN}),
])  # fmt: skip
def test_other_frames_come_in_whole(content):
    table = table_of(content)
    assert len(table.y) == N
    assert len(table.class_names) == 2


@pytest.mark.parametrize("data, word", [
    (packed({"Index/Document.iwa": b"\0"}), "Apple Numbers"), (b"version https://git-lfs.github.com/spec/v1\noid", "Git LFS"),
    (b"<svg xmlns='a'><circle/></svg>", "image"), (b"\0\0\0\x18ftypheic\0\0", "image"), (b"MATLAB 7.3 MAT-file, \0", "MATLAB"),
    (gzip.compress(b"X\n\0\0\0\3\0\4", mtime=0), "from R"), (b"<rows><row><a>1</a></row></rows>", "XML"),
    (gzip.compress(b"iris.csv".ljust(257, b"\0") + b"ustar\0" + PLAIN.encode(), mtime=0), "tar archive"),
])  # fmt: skip
def test_more_of_what_is_no_table_is_named(data, word):
    with pytest.raises(FieldError, match=word):
        read_table(data)


@pytest.mark.parametrize("encoding, header, names", [
    ("cp1255", "אורך,רוחב,סוג", ("חתול", "כלב")), ("cp1256", "الطول,العرض,النوع", ("قطة", "كلب")),
    ("cp874", "ความยาว,ความกว้าง,ชนิด", ("หมา", "แมว")), ("cp866", "длина,ширина,класс", ("кошка", "собака")),
    ("iso8859_5", "длина,ширина,класс", ("кошка", "собака")), ("cp850", "température,humidité,saison", ("hiver", "été")),
    ("cp1252", "età,qualità,attività", ("però", "più")), ("cp1252", "año,tamaño,género", ("niña", "niño")),
    ("cp1252", "højde,køn,år", ("blå", "grøn")), ("cp1250", "magasság,súly,fiú", ("férfi", "nő")), ("cp1254", "yaş,ağırlık,sınıf", ("boy", "kız")),
    ("iso2022_jp", "長さ,幅,種類", ("犬", "猫")), ("cp949", "길이,너비,종류", ("강아지", "고양이")),
])  # fmt: skip
def test_more_encodings_come_in(encoding, header, names):
    write = (lambda a: f"－{a}") if encoding == "cp949" else str
    table = table_of(
        lines(map(write, map(abs, A)), B, [names[i % 2] for i in range(N)], header=header).encode(encoding)
    )
    assert (table.columns, table.class_names) == (tuple(header.split(",")), tuple(sorted(names)))


def test_letters_that_a_mac_writes_in_two_are_one():
    table = table_of(
        unicodedata.normalize("NFD", lines(A, B, ["café" if i % 2 else "thé" for i in range(N)], header="길이,b,kind"))
    )
    assert (table.columns[0], table.class_names) == ("길이", ("café", "thé"))


@pytest.mark.parametrize("name, words", [
    ("is_test", "01"), ("is_train", ("True", "False")), ("split", ("tr", "te")), ("구분", ("학습", "평가")), ("集合", ("训练", "测试")),
])  # fmt: skip
def test_more_words_say_which_points_are_held_out(name, words):
    held = [i % 5 == 0 for i in range(N)]
    table = table_of(lines(A, B, KINDS, [words[place] for place in held], header=f"a,b,kind,{name}"))
    assert (table.test, classes(table)) == (tuple(held), KINDS)


@pytest.mark.parametrize("cells, name", [
    ([f"2024-01-{1 + i:02d}" for i in range(N)], "m (days since 2024-01-01)"),
    ([f"2024-01-01 08:{i:02d}" for i in range(N)], "m (seconds since 2024-01-01 08:00:00)"),
    ([f"{5 + i % 2}'{i % 12}" for i in range(N)], "m (inches)"), ([f"{30 + i}:00:00" for i in range(N)], "m (seconds)"),
])  # fmt: skip
def test_what_cells_became_stands_behind_the_name_wherever_the_points_do(cells, name):
    table = table_of(lines(cells, A, KINDS, header="m,a,kind"))
    assert table.columns == (name, "a", "kind")
    dataset = make_dataset(DataSpec(kind=OWN, table=table))
    assert dataset.columns[0] == name
    again = table_of(dataset.all_to_csv())
    assert again == points_of(dataset)


def test_the_loss_of_a_standardised_number_is_called_so():
    table = table_of(
        lines(A, B, [round(1e5 + 1e4 * a * b) + 0.5 for a, b in zip(A, B, strict=True)], header="a,b,price")
    )
    units = [
        loss_unit(TrainSpec(), make_dataset(DataSpec(kind=OWN, table=table, standardise=on))) for on in (True, False)
    ]
    assert units[0] == "Loss (standardised)"
    assert loss_unit(TrainSpec(), make_dataset(DataSpec())) == "Loss (nats per point)"
