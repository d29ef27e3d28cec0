"""Workbooks written by hand, as far as a reader needs them: OpenDocument (.ods), and Excel before 2007 (.xls)."""

import io
import struct
import zipfile
from html import escape

SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"
SPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
}
SECTOR = 512
FREE, END, IS_FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def ods(sheets):
    """An OpenDocument workbook: {sheet: rows of numbers, text, or (kind, value, shown)}, None for an empty cell."""
    spaces = " ".join(f'xmlns:{name}="{urn}"' for name, urn in SPACES.items())
    tables = "".join(
        f'<table:table table:name="{escape(name)}">{"".join(map(_ods_row, rows))}</table:table>'
        for name, rows in sheets.items()
    )
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    content = f'<?xml version="1.0"?><office:document-content {spaces}>{body}</office:document-content>'
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        for name, part in {"mimetype": SPREADSHEET, "content.xml": content, "META-INF/manifest.xml": manifest}.items():
            file.writestr(name, part)
    return data.getvalue()


def _ods_row(row):
    return f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"


def _ods_cell(cell):
    if cell is None:
        return "<table:table-cell/>"
    kind, value, shown = cell if isinstance(cell, tuple) else (None, cell, str(cell))
    kind = kind or ("string" if isinstance(value, str) else "float")
    attribute = {"string": "", "date": f' office:date-value="{value}"'}.get(kind, f' office:value="{value}"')
    text = f"<text:p>{escape(shown)}</text:p>"
    return f'<table:table-cell office:value-type="{kind}"{attribute}>{text}</table:table-cell>'


def xls(rows, name="Sheet1"):
    """An Excel workbook of BIFF8 records in a compound file: one sheet of numbers and text."""
    cells = b"".join(
        _xls_cell(i, j, cell) for i, row in enumerate(rows) for j, cell in enumerate(row) if cell is not None
    )
    start, end = (lambda kind: _record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 0))), _record(0x0A, b"")
    sheet = start(0x10) + cells + end
    title = struct.pack("<BB", len(name), 0) + name.encode("latin-1")
    head = len(start(5)) + 4 + 6 + len(title) + len(end)
    book = start(5) + _record(0x85, struct.pack("<IBB", head, 0, 0) + title) + end + sheet
    return _compound("Workbook", book)


def _xls_cell(row, column, cell):
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(cell, str):
        return _record(0x204, place + struct.pack("<HB", len(cell), 1) + cell.encode("utf-16-le"))
    return _record(0x203, place + struct.pack("<d", cell))


def _record(kind, body):
    return struct.pack("<HH", kind, len(body)) + body


def _compound(name, stream):
    """A compound file with one stream; it is padded, as short ones lie elsewhere."""
    stream = stream.ljust(max(4_096, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    n = len(stream) // SECTOR
    chain = [IS_FAT, END, *range(3, n + 2), END]  # the table itself, the directory, the stream
    table = struct.pack(f"<{SECTOR // 4}I", *(chain + [FREE] * (SECTOR // 4 - len(chain))))
    directory = (
        _entry("Root Entry", 5, 1, END, 0) + _entry(name, 2, FREE, 2, len(stream)) + 2 * _entry("", 0, FREE, 0, 0)
    )
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4_096, END, 0, END, 0, 0)
    return head + struct.pack("<108I", *[FREE] * 108) + table + directory + stream


def _entry(name, kind, child, start, size):
    text = f"{name}\0".encode("utf-16-le") if name else b""
    links = struct.pack("<HBBIII", len(text), kind, 1, FREE, FREE, child)
    return text.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)
