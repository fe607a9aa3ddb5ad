"""A form that was taken as a file, filled in as a spreadsheet program would, and looked into."""

import io
import re
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


def rewritten(content, change, *, more=(), but=""):
    """The archive with each part `but` one as `change(name, data)` gives it, and more parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in [one for one in source.infolist() if one.filename != but]:
            archive.writestr(part.filename, change(part.filename, source.read(part)))
        for name, data in more:
            archive.writestr(name, data)
    return made.getvalue()


_INLINE = re.compile(r'<c ([^>]*?)t="inlineStr"([^>]*)><is><t[^>]*>(.*?)</t></is></c>', re.DOTALL)
_STRINGS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"


def as_office_saves(content):
    """The same file with its texts in a part of their own, as Excel and LibreOffice keep them."""
    texts = []

    def share(found):
        texts.append(found[3])
        return f'<c {found[1]}t="s"{found[2]}><v>{len(texts) - 1}</v></c>'

    def change(name, data):
        if name.startswith("xl/worksheets/sheet"):
            return _INLINE.sub(share, data.decode()).encode()
        if name == "[Content_Types].xml":
            part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_STRINGS}"/></Types>'.encode()
            return data if _STRINGS.encode() in data else data.replace(b"</Types>", part)
        return data

    content = rewritten(content, change, but="xl/sharedStrings.xml")
    strings = "".join(f"<si><t xml:space='preserve'>{text}</t></si>" for text in texts)
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return rewritten(
        content, lambda _name, data: data, more=[("xl/sharedStrings.xml", f"<sst {space}>{strings}</sst>")]
    )
