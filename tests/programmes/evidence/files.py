"""Files made by hand: one of each kind that is kept, and those that somebody hostile would send."""

import io
import struct
import zipfile
import zlib

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PAGE = b"<!DOCTYPE html>\n<html><body><script>alert(document.cookie)</script></body></html>"
TEXT = "Sept agences testées, sept transmettent.\n".encode()
TABLE = b"district;registered\nNorth;14\nSouth;9\n"
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"
WORD, SHEET = "wordprocessingml.document", "spreadsheetml.sheet"


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\x00\x20\x40\x60"))
    + _chunk(b"IEND", b"")
)
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xdb\x00\x43\x00"
    + bytes(64)
    + b"\xff\xd9"
)


def packed(parts, *, compress=zipfile.ZIP_DEFLATED):
    """An archive of (name, content) in that order."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compress) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return made.getvalue()


def office(main=WORD, *more, folder=None, macros=False):
    """A document of Word or Excel, with `more` parts."""
    kind = f"application/vnd.openxmlformats-officedocument.{main}.main+xml"
    if macros:
        kind = "application/vnd.ms-word.document.macroEnabled.main+xml " + kind
    types = f'<Types><Override PartName="/main.xml" ContentType="{kind}"/></Types>'
    inside = {WORD: "word/document.xml", SHEET: "xl/workbook.xml"}[main]
    return packed([("[Content_Types].xml", types), (inside if folder is None else folder, "<main/>"), *more])


def open_document(kind="text", *more):
    return packed([("mimetype", f"application/vnd.oasis.opendocument.{kind}"), ("content.xml", "<office/>"), *more])


GOOD = {
    "minutes.pdf": (PDF, "application/pdf"),
    "photo.jpg": (JPEG, "image/jpeg"),
    "Photo.JPEG": (JPEG, "image/jpeg"),
    "screen.png": (PNG, "image/png"),
    "screen.webp": (WEBP, "image/webp"),
    "notes.txt": (TEXT, "text/plain"),
    "registered.csv": (TABLE, "text/csv"),
    "from Excel.csv": ("a\tb\nété\t1\n".encode("utf-16"), "text/csv"),
    "old.txt": ("été".encode("cp1252"), "text/plain"),
    "law.docx": (office(WORD), f"application/vnd.openxmlformats-officedocument.{WORD}"),
    "register.xlsx": (office(SHEET), f"application/vnd.openxmlformats-officedocument.{SHEET}"),
    "law.odt": (open_document("text"), "application/vnd.oasis.opendocument.text"),
    "register.ods": (open_document("spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet"),
    "محضر.pdf": (PDF, "application/pdf"),
}


def bomb(megabytes=300):
    """Small, and far from small when it is unpacked."""
    part = bytes(1024 * 1024)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f"application/x.{WORD}.main+xml")
        with archive.open("word/document.xml", "w", force_zip64=True) as document:
            for _number in range(megabytes):
                document.write(part)
    return made.getvalue()


def lying_bomb():
    """It says that a part is short; the part is not."""
    made = bytearray(office(WORD, ("word/media/1.bin", bytes(5 * 1024 * 1024))))
    size = struct.pack("<I", 5 * 1024 * 1024)
    for _place in ("in the part", "in the list"):
        where = made.index(size)
        made[where : where + 4] = struct.pack("<I", 10)
    return bytes(made)


def locked():
    """As if a password were asked for: the mark in the list says so."""
    made = bytearray(office())
    where = made.index(b"PK\x01\x02")
    made[where + 8] |= 1
    return bytes(made)


def drawn_out():
    """A list of parts that is a bomb by itself."""
    return packed([("[Content_Types].xml", "")] + [(f"word/{number}", "") for number in range(2100)])


# By what is wrong: the name, what is in it, and why it is refused.
HOSTILE = {
    "empty": ("empty.pdf", b"", "empty"),
    "a web page called a PDF": ("report.pdf", PAGE, "active"),
    "a web page called what it is": ("report.html", PAGE, "active"),
    "a page with spaces before it": ("a.txt", b"\xef\xbb\xbf\n\n  " + PAGE, "active"),
    "a page in another alphabet": ("a.txt", PAGE.decode().encode("utf-16"), "active"),
    "a script in a text": ("a.csv", b"name;note\nx;<script src=//evil></script>\n", "active"),
    "SVG with a script": ("drawing.svg", SVG, "active"),
    "SVG called a picture": ("drawing.png", b'<?xml version="1.0"?>\n' + SVG, "active"),
    "XML of any kind": ("feed.txt", b'<?xml version="1.0"?><!ENTITY x SYSTEM "file:///etc/passwd">', "active"),
    "a program": ("setup.pdf", b"MZ\x90\x00\x03" + bytes(100), "program"),
    "a program of another system": ("setup.pdf", b"\x7fELF\x02\x01" + bytes(100), "program"),
    "a script of a shell": ("run.txt", b"#!/bin/sh\nrm -rf /\n", "program"),
    "an old document": ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "unknown_kind"),
    "a GIF": ("moving.gif", b"GIF89a\x01\x00\x01\x00" + bytes(20), "unknown_kind"),
    "noise": ("noise.txt", bytes(range(256)), "unknown_kind"),
    "an archive": ("all.zip", packed([("a.txt", "a")]), "unknown_kind"),
    "a program called a picture's name": ("run.bat", TEXT, "name_says_otherwise"),
    "a text called a PDF": ("minutes.pdf", TEXT, "name_says_otherwise"),
    "a PDF called a page": ("minutes.html", PDF, "name_says_otherwise"),
    "a name without an ending": ("minutes", PDF, "name_says_otherwise"),
    "a name that is turned round": ("minutes\u202efdp.exe", PDF, "name_says_otherwise"),
    "a bomb": ("bomb.docx", bomb(), "unpacks_too_far"),
    "a bomb that says it is none": ("bomb.docx", lying_bomb(), "damaged"),
    "more parts than a document has": ("parts.docx", drawn_out(), "unpacks_too_far"),
    "a part that leads out": ("out.docx", office(WORD, ("../../etc/cron.d/x", "x")), "damaged"),
    "a part at the root": ("out.docx", office(WORD, ("/etc/cron.d/x", "x")), "damaged"),
    "a part on a drive": ("out.docx", office(WORD, ("c:/x", "x")), "damaged"),
    "macros": ("macros.docx", office(WORD, ("word/vbaProject.bin", "x")), "macros"),
    "macros by another name": ("macros.docx", office(WORD, macros=True), "macros"),
    "macros of a sheet": ("macros.xlsx", office(SHEET, ("xl/macrosheets/sheet1.xml", "x")), "macros"),
    "macros of an open document": ("macros.odt", open_document("text", ("Basic/Standard/a.xml", "x")), "macros"),
    "a document with a password": ("locked.docx", locked(), "locked"),
    "a document that is packed as none is": (
        "odd.docx",
        packed([("[Content_Types].xml", f"x.{WORD}.main+xml"), ("word/a.xml", "x")], compress=zipfile.ZIP_LZMA),
        "damaged",
    ),
    "half a document": ("half.docx", office()[:-30], "damaged"),
    "a document with nothing in it": ("none.docx", office(WORD, folder="other.xml"), "unknown_kind"),
    "a presentation": ("slides.odp", open_document("presentation"), "unknown_kind"),
    "a picture that is an archive": ("two.jpg", JPEG + packed([("evil.jar", "x")]), "two_in_one"),
    "a PDF that is a page": ("two.pdf", b"%PDF-1.4\n<html><script>alert(1)</script>" + PDF, "two_in_one"),
    "a picture that is a page": ("two.png", PNG[:33] + _chunk(b"tEXt", b"<script>1</script>") + PNG[33:], "two_in_one"),
    "a document behind another": ("two.docx", office() + office(), "two_in_one"),
    "a path in the name": ("../../etc/passwd.pdf", PDF, "path_in_name"),
    "a path of Windows": ("..\\..\\evil.pdf", PDF, "path_in_name"),
    "an end of line in the name": ("a\r\nSet-Cookie: x=1.pdf", PDF, "path_in_name"),
    "a zero in the name": ("a.pdf\x00.exe", PDF, "path_in_name"),
    "no name": ("  ", PDF, "no_name"),
    "a name that is too long": ("n" * 200 + ".pdf", PDF, "name_too_long"),
}  # fmt: skip
