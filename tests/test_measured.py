"""Numbers as laboratories, maps and calendars of other languages write them."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from moons.data import read_table
from moons.data.measured import angles

PLACES = [(k * 7 % 50 / 10 + 0.1, k * 11 % 30 / 10 + 0.1, "ab"[k % 2]) for k in range(30)]


def columns(header, lines):
    """The two inputs that a table with nothing chosen has, and its notes."""
    sheet = read_table("\n".join([header, *lines]).encode())
    table = sheet.table(*sheet.guess())
    return np.array([table.x0, table.x1]), [note.template for note in sheet.notes]


@pytest.mark.parametrize("sign", ["±", " ± ", "+/-", " +- "])
@pytest.mark.parametrize("decimal", [".", ","])
def test_of_a_measured_value_what_follows_its_sign_is_left_out(sign, decimal):
    lines = [f"{x:.2f}{sign}0.05;{y:.1f}{sign}0.3;{kind}".replace(".", decimal) for x, y, kind in PLACES]
    found, notes = columns("mass;size;kind", lines)
    np.testing.assert_allclose(found, np.transpose([place[:2] for place in PLACES]))
    assert sum("±" in note for note in notes) == 2


@given(st.integers(0, 89), st.integers(0, 59), st.integers(0, 599), st.sampled_from("NSEW"))
def test_degrees_minutes_and_seconds_are_degrees(degrees, minutes, tenths, side):
    size = degrees + minutes / 60 + tenths / 36_000
    cells = [f"{degrees}°{minutes}'{tenths / 10}\"{side}", f"{side} {degrees}° {minutes}′ {tenths / 10}″"]
    assert list(angles(cells).values()) == pytest.approx([-size if side in "SW" else size] * 2)


def test_a_number_of_degrees_and_what_no_map_has_are_no_angles():
    assert angles(["12°", "-3.5 °", "12°61'N", "400°0'N", "N12°3'N", "12 N"]) == {}


MONTHS = {
    "German": ("{d}. {m} {y}", "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
    "German, short": ("{d}. {m} {y}", "Jan. Feb. Mär. Apr. Mai Jun. Jul. Aug. Sept. Okt. Nov. Dez."),
    "French": ("{d} {m} {y}", "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
    "Spanish": (
        "{d} de {m} de {y}",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    ),
    "Italian": (
        "{d} {m} {y}",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    ),
    "Portuguese": (
        "{d} de {m} de {y}",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    ),
    "Dutch": ("{d} {m} {y}", "januari februari maart april mei juni juli augustus september oktober november december"),
}


@pytest.mark.parametrize("language", MONTHS)
def test_dates_with_names_of_months_are_days(language):
    form, names = MONTHS[language]
    days = [dt.date(2023, 1 + k % 12, 1 + k * 5 % 28) for k in range(30)]
    written = [form.format(d=day.day, m=names.split()[day.month - 1], y=day.year) for day in days]
    lines = [f"{day};{y};{kind}" for day, (_x, y, kind) in zip(written, PLACES, strict=True)]
    found, notes = columns("day;size;kind", lines)
    np.testing.assert_allclose(found[0], [(day - min(days)).days for day in days])
    assert any("dates" in note for note in notes)
