"""The name under which files were read before: `read_table` reads any."""

from moons.data.options import ReadOptions
from moons.data.reading import read_table
from moons.data.reading.kinds import MOST_BYTES
from moons.data.sheet import Sheet
from moons.fields import N_, FieldError

__all__ = ["MOST_BYTES", "read_csv"]


def read_csv(data: bytes, *, has_names: bool | None = None) -> Sheet:
    """Deprecated: `read_table`, for files of at least three columns.

    `has_names`: whether the first row holds the columns' names; None: whether it looks like it.
    """
    sheet = read_table(data)
    if has_names is not None and has_names != sheet.has_names:
        first = sheet.first_row if has_names else sheet.options.header or 1
        header = first if has_names else 0
        options = ReadOptions(header=header, first_row=None if has_names else first)
        sheet = read_table(data, options=options)
    if len(sheet.columns) < 3:
        raise FieldError(
            N_("a table must have at least three columns, two inputs and a label, and this one has {value}"),
            value=len(sheet.columns),
        )
    return sheet
