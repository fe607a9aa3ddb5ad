"""A form that was taken as a file, filled in as a spreadsheet program would, and looked into."""

import io
import zipfile

from openpyxl import load_workbook

ANSWER = 2


def key(indicator, name="value", part=""):
    """What stands before an answer, in the hidden column."""
    return f"{name}:{indicator.public_id}:{part}"


def rows_of(content):
    """The rows with an answer, by their keys."""
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    return {row[0].value: row for row in sheet.iter_rows() if row[0].value}


def filled(content, answers=(), *, then=lambda book: None):
    """The file with these answers, by the keys of their rows, as a spreadsheet saves it; `then` does more to it."""
    book = load_workbook(io.BytesIO(content))
    rows = {row[0].value: row for row in book.worksheets[0].iter_rows() if row[0].value}
    for name, value in dict(answers).items():
        rows[name][ANSWER].value = value
    then(book)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def cell_of(book, name):
    return next(row[ANSWER] for row in book.worksheets[0].iter_rows() if row[0].value == name)


def rewritten(content, change, *, more=()):
    """The archive with each part as `change(name, data)` gives it, and more parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in source.infolist():
            archive.writestr(part.filename, change(part.filename, source.read(part)))
        for name, data in more:
            archive.writestr(name, data)
    return made.getvalue()
