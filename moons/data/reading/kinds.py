"""What a file is by its first bytes. What is no table is named, with a way on."""

import gzip
import io
import json
import re
import zipfile
import zlib

from moons.data.options import ReadOptions
from moons.fields import N_, FieldError

MOST_BYTES = 64_000_000
MOST_UNPACKED = 200_000_000  # bytes of a workbook's parts
_FIRST = (
    (b"%PDF", N_("the file is a PDF: copy the table in it and paste it here, or bring the file it was made from")),
    (b"\x89PNG", N_("the file is an image: type the table in it, or bring the file it was made from")),
    (b"\xff\xd8\xff", N_("the file is an image: type the table in it, or bring the file it was made from")),
    (b"GIF8", N_("the file is an image: type the table in it, or bring the file it was made from")),
    (b"BM\x00", N_("the file is an image: type the table in it, or bring the file it was made from")),
    (b"II*\x00", N_("the file is an image: type the table in it, or bring the file it was made from")),
    (b"MM\x00*", N_("the file is an image: type the table in it, or bring the file it was made from")),
    (b"RIFF", N_("the file is an image, sound or video, and no table")),
    (b"\x93NUMPY", N_("the file is a NumPy array: write it as text with numpy.savetxt and bring that")),
    (b"PAR1", N_("the file is in Parquet: write it as CSV with pandas, read_parquet and to_csv, and bring that")),
    (b"ARROW1", N_("the file is in Arrow or Feather: write it as CSV with pandas, read_feather and to_csv")),
    (b"FEA1", N_("the file is in Arrow or Feather: write it as CSV with pandas, read_feather and to_csv")),
    (b"\x89HDF", N_("the file is in HDF5: write the table in it as CSV and bring that")),
    (b"SQLite format 3", N_("the file is a SQLite database: export one of its tables as CSV and bring that")),
    (b"MATLAB 5.0", N_("the file is a MATLAB workspace: write the array with writematrix and bring that")),
    (b"MATLAB 7", N_("the file is a MATLAB workspace: write the array with writematrix and bring that")),
    (b"# Octave", N_("the file is an Octave workspace: write the array with csvwrite and bring that")),
    (b"X\n\0\0\0", N_("the file is from R: write the data frame with write.csv and bring that")),
    (
        b"version https://git-lfs",
        N_("this only points to a file in Git LFS: download that one, with git lfs pull or on its page"),
    ),
    (b"$FL2", N_("the file is from SPSS: export it as CSV and bring that")),
    (b"<stata_dta>", N_("the file is from Stata: write it with export delimited and bring that")),
    (b"RDX", N_("the file is from R: write the data frame with write.csv and bring that")),
    (b"{\\rtf", N_("the file is a text document: save the table in it as plain text or CSV and bring that")),
    (b"BZh", N_("the file is compressed with bzip2: unpack it and bring what is in it")),
    (b"\xfd7zXZ", N_("the file is compressed with xz: unpack it and bring what is in it")),
    (b"(\xb5/\xfd", N_("the file is compressed with zstd: unpack it and bring what is in it")),
    (b"7z\xbc\xaf", N_("the file is a 7-Zip archive: unpack it and bring the table in it")),
    (b"Rar!", N_("the file is a RAR archive: unpack it and bring the table in it")),
    (b"MZ", N_("the file is a program, and no table")),
    (b"\x7fELF", N_("the file is a program, and no table")),
)
_TABLE = re.compile(r"(?i)(?<!/)\.(csv|tsv|txt|dat|data|arff|json|jsonl|xlsx|xls|ods)$")
_ABOUT = re.compile(r"(?i)(^|/)(readme|license|licence|about|description|metadata)[^/]*$")  # files beside a table
_PICKLE = N_("the file is a Python pickle, which is never opened here: write the table as CSV and bring that")
_SAFETENSORS = N_("the file holds a network's weights, and no table")
_NO_TEXT = N_("the table must be text or a workbook, and this one is binary")
_WEB = N_("this is a web page's HTML: on the page, use Download or Raw to save the table itself")
_WEB_TABLE = N_(
    "this is a web page's HTML with a table in it: on the page, use Download or Raw to save the table itself, or "
    "select it as the browser shows it, and paste that"
)
_XML = N_("this is XML: save the table in it as CSV and bring that")
_NOTEBOOK = N_("this is a Jupyter notebook: write the table in it as CSV and bring that")
_EXPERIMENT = N_("this is an experiment of this page, and no table: open it where experiments are opened")
_LARGE = N_("the table must have at most {high} MB, and it has {value}")
_BOMB = N_("the file unpacks to more than {high} MB, which is more than is read here")
_DAMAGED = N_("the file is damaged: it can't be unpacked")


def check_size(data: bytes) -> None:
    """Raise FieldError for a file that is too large."""
    if len(data) > MOST_BYTES:
        raise FieldError(_LARGE, high=MOST_BYTES // 1_000_000, value=len(data) // 1_000_000)


def unpacked(data: bytes) -> bytes:
    """What a gzip file, or a ZIP archive with one table, holds; other bytes as they are."""
    if data.startswith(b"\x1f\x8b"):
        inner = _gunzipped(data)
        if inner.startswith(b"\x1f\x8b"):
            raise FieldError(N_("the file is compressed twice: unpack it and bring what is in it"))
        return inner
    if data.startswith(b"PK\x03\x04"):
        return _unzipped(data)
    return data


def is_workbook(data: bytes) -> bool:
    """Whether a file is an Excel or OpenDocument workbook, whatever its name."""
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return True
    if not data.startswith(b"PK\x03\x04"):
        return False
    names = _names(data)
    return "xl/workbook.xml" in names or ("content.xml" in names and b"spreadsheet" in data[:200])


def check_kind(data: bytes) -> None:
    """Raise FieldError, with the file's kind and a way on, for what is known not to be a table."""
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:4_000]
    for mark, sentence in _FIRST:
        if data.startswith(mark) and (mark not in (b"MZ", b"RIFF", b"BZh", b"RDX") or _is_binary(data)):
            raise FieldError(sentence)
    if re.match(rb"\x80[\x02-\x05]", data):
        raise FieldError(_PICKLE)
    if re.match(rb".{7}\0\{", data, re.DOTALL):
        raise FieldError(_SAFETENSORS)
    if data[4:8] == b"ftyp":
        raise FieldError(N_("the file is an image, sound or video, and no table"))
    if data[257:262] == b"ustar":
        raise FieldError(N_("the file is a tar archive: unpack it and bring the table in it"))
    lower = start.lower()
    if re.match(rb"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*|<!doctype svg[^>]*>\s*)*<svg", lower, re.DOTALL):
        raise FieldError(N_("the file is an image: type the table in it, or bring the file it was made from"))
    if re.match(
        rb"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!doctype html|<html|<head|<body|<table|<div|<meta)", lower, re.DOTALL
    ):
        raise FieldError(_WEB_TABLE if re.search(rb"(?i)<tr[\s>]", data) else _WEB)
    if lower.startswith(b"<?xml") or re.match(rb"<([a-z][\w:.-]*)(\s[^<>]*)?>\s*<.*", lower, re.DOTALL):
        raise FieldError(_XML)


def check_document(document: object) -> None:
    """Raise FieldError for JSON that is known not to be a table."""
    if isinstance(document, dict):
        if "nbformat" in document:
            raise FieldError(_NOTEBOOK)
        if document.get("format") == "moons experiment":
            raise FieldError(_EXPERIMENT)


def loads(text: str) -> object:
    """JSON. Raises ValueError for what is none, however deep it is nested."""
    try:
        return json.loads(text)
    except RecursionError:
        raise FieldError(N_("this is JSON nested too deep to be a table")) from None


def _is_binary(data: bytes) -> bool:
    return any(byte < 9 for byte in data[:512])


def _gunzipped(data: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(data)) as file:
            inner = file.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise FieldError(_DAMAGED) from None
    if len(inner) > MOST_BYTES:
        raise FieldError(_BOMB, high=MOST_BYTES // 1_000_000)
    return inner


def _names(data: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, UnicodeError):
        raise FieldError(_DAMAGED) from None


def checked_parts(data: bytes, pattern: str) -> list[bytes]:
    """The parts of an archive whose names match, unpacked. Raises FieldError if all of them are too large."""
    parts = []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            if sum(info.file_size for info in infos) > MOST_UNPACKED:
                raise FieldError(_BOMB, high=MOST_UNPACKED // 1_000_000)
            for info in infos:
                part = archive.read(info)  # the declared size bounds it, and a false one fails its checksum
                if re.fullmatch(pattern, info.filename):
                    parts.append(part)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        if isinstance(error, FieldError):
            raise
        raise FieldError(_DAMAGED) from None
    return parts


def _unzipped(data: bytes) -> bytes:
    names = _names(data)
    if is_workbook(data):
        return data
    if "xl/workbook.bin" in names:
        raise FieldError(N_("the file is a binary workbook (.xlsb): save it as .xlsx and bring that"))
    if any(name.endswith(".npy") for name in names):
        raise FieldError(N_("the file is a NumPy archive: write one array as text with numpy.savetxt and bring that"))
    if any(name.startswith(("word/", "ppt/")) for name in names) or "content.xml" in names:
        raise FieldError(N_("the file is a text document: save the table in it as plain text or CSV and bring that"))
    if any(name.endswith(".iwa") for name in names):
        raise FieldError(N_("the file is from Apple Numbers: export it as Excel or CSV and bring that"))
    names = [name for name in names if not name.startswith("__MACOSX/") and not name.endswith("/")]
    tables = [name for name in names if _TABLE.search(name) and not _ABOUT.search(name)]
    clear = [name for name in tables if not name.lower().endswith(".txt")]
    tables = clear or tables
    if len(tables) != 1:
        raise FieldError(N_("the file is an archive of {value} files: unpack it and bring one table"), value=len(names))
    (part,) = checked_parts(data, re.escape(tables[0]))
    check_size(part)
    return part


def check_text(options: ReadOptions, text: str) -> None:
    """Raise FieldError for a file without a word in it."""
    if not text.strip("\ufeff \t\r\n\f\v\x1a"):
        raise FieldError(N_("the table is empty"))
