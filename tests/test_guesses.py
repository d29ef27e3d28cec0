"""Which columns are proposed: by their names, by what they hold, by their places; asked where several may be meant."""

# ruff: noqa: E501 - a file in a line

import pytest

from moons.data import CLASSIFICATION, NONE, REGRESSION, read_table

N = 30
MEASURES = {
    "number": [i * 7 % 23 + 0.5 for i in range(N)],
    "other": [i * i % 31 + 0.25 for i in range(N)],
    "bit": [i % 2 for i in range(N)],
    "three": [1 + i % 3 for i in range(N)],
    "yes": [["no", "yes"][i % 2] for i in range(N)],
    "word": [["cat", "dog"][i // 2 % 2] for i in range(N)],
    "count": list(range(1, N + 1)),
    "code": [1_000 + i * 37 % 1_009 for i in range(N)],
    "same": [7] * N,
    "time": [f"1/{1 + i % 28}/2024 10:{i:02d}:00" for i in range(N)],
    "gap": [i * 1.5 if i % 5 == 0 else "" for i in range(N)],
    "free": [f"a remark of its own, {i}".replace(",", "") for i in range(N)],
}


def sheet_of(columns):
    """`columns`: a name and a measure each, as "Name=number"."""
    names, kinds = zip(*(column.split("=") for column in columns), strict=True)
    rows = zip(*(MEASURES[kind] for kind in kinds), strict=True)
    return read_table("\n".join(",".join(map(str, row)) for row in [names, *rows]).encode())


@pytest.mark.parametrize(("columns", "guess"), [
    (["PassengerId=count", "Survived=bit", "Pclass=three", "Sex=word", "Age=number", "Fare=other", "Embarked=word"], (2, 4, 1)),
    (["customerID=free", "gender=word", "tenure=number", "charges=other", "Churn=yes"], (2, 3, 4)),
    (["User ID=code", "Gender=word", "Age=number", "Salary=other", "Purchased=bit"], (2, 3, 4)),
    (["age=number", "job=word", "balance=other", "y=yes"], (0, 2, 3)),
    (["y=bit", "x1=number", "x2=other"], (1, 2, 0)), (["x=number", "y=other", "kind of animal=word"], (0, 1, 2)),
    (["price=code", "area=number", "rooms=other", "furnished=word"], (1, 2, 0)),
    (["cultivar=three", "alcohol=number", "acid=other"], (1, 2, 0)), (["alcohol=number", "is_good=bit", "acid=other"], (0, 2, 1)),
    (["Diagnosis (M/B)=word", "radius=number", "texture=other"], (1, 2, 0)), (["분류값=bit", "길이=number", "너비=other"], (1, 2, 0)),
    (["Unnamed: 0.1=count", "Unnamed: 0=count", "a=number", "b=other", "kind=word"], (2, 3, 4)),
    (["=count", "a=number", "kind=word"], (1, NONE, 2)), (["a=same", "b=number", "c=other", "kind=word"], (1, 2, 3)),
    (["a=same", "b=number", "kind=word"], (1, NONE, 2)), (["a=gap", "b=number", "c=other", "kind=word"], (1, 2, 3)),
    (["Timestamp=time", "Ready?=yes", "Height=number", "Sleep=other", "Pet=word"], (2, 3, 4)),
    (["id=code", "gender=word", "age=number", "tension=bit", "married=yes", "stroke=bit"], (2, 3, 5)),
    (["name=free", "height=number", "weight=other"], (1, NONE, 2)), (["name=free", "height=number", "kind=word"], (1, NONE, 2)),
    (["mpg=number", "weight=other", "year=code", "name=free"], (1, 2, 0)),
])  # fmt: skip
def test_columns_are_proposed_as_their_owner_means_them(columns, guess):
    assert sheet_of(columns).guess() == guess


def test_where_several_columns_may_be_predicted_that_is_asked():
    sheet = sheet_of(["price=code", "area=number", "rooms=other", "furnished=word"])
    (asked,) = (question for question in sheet.questions if question.key == "label")
    assert (str(asked), asked.chosen, [str(answer) for answer in asked.answers]) == (
        "Which column is to be predicted?", "0", ["price", "furnished"],
    )  # fmt: skip
    assert sheet.answered("label", "3").guess() == (0, 1, 3)
    assert not sheet_of(["a=number", "b=other", "class=word"]).questions


def test_two_columns_beside_an_index_are_asked_about_as_two_alone_are():
    sheet = sheet_of(["=count", "eruptions=number", "waiting=other"])
    assert sheet.guess() == (1, NONE, 2)
    assert [question.key for question in sheet.questions] == ["two_columns"]


def test_a_constant_column_leaves_one_input_and_that_is_said():
    sheet = sheet_of(["a=same", "b=number", "kind=word"])
    assert sheet.table(*sheet.guess()).columns[:2] == ("b", "constant")
    assert "a has the same value everywhere (7), so it isn't proposed as an input." in map(str, sheet.notes)


def test_whole_numbers_that_may_be_classes_or_a_number_to_predict_are_asked_about():
    rows = "".join(f"{i * 7 % 23}.5,{i * i % 31}.5,{3 + i % 6}\n" for i in range(N))
    sheet = read_table(f"acid,sugar,quality\n{rows}".encode())
    assert [(question.key, question.chosen) for question in sheet.questions] == [("task", CLASSIFICATION)]
    answered = sheet.answered("task", REGRESSION)
    assert answered.table(*answered.guess()).task == REGRESSION
    assert sheet.selection(*sheet.guess(), task=REGRESSION).task == REGRESSION
