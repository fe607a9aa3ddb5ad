"""Searching in words: no case, no marks, in every script that engagements are written in and in every database."""

import sys
import unicodedata
from contextlib import contextmanager

import psycopg2
import pytest
from django.db import connection

from tests.conftest import PROJECT

SQL = (PROJECT / "ta_portal" / "i18n" / "sql" / "folding.sql").read_text("utf-8")
# What is written, and what somebody types to find it.
WORDS = [
    ("São Tomé e Príncipe", "sao TOME principe"),
    ("Sao Tome", "São Tomé"),
    ("RÉPUBLIQUE FRANÇAISE", "république francaise"),
    ("Diyarbakır İl Özel İdaresi", "DIYARBAKIR il ozel idaresi"),
    ("ISPARTA", "ısparta isparta İsparta"),
    ("Ελλάδος", "ΕΛΛΑΔΟΣ"),
    ("ΕΛΛΑΣ", "Ελλάς"),
    ("وزارة المالية", "وزارة المالية"),
    ("إدارة الضَّرائِب", "ادارة الضرائب"),
    ("Министерство ФИНАНСОВ", "министерство финансов"),
    ("Ёлкин", "ЕЛКИН"),
    ("ՀԱՅԱՍՏԱՆ", "հայաստան"),
    ("Łódź Øresund Đà Nẵng", "lodz ORESUND da nang"),
    ("Straße", "STRASSE"),
    ("Œuvre Æsir", "oeuvre aesir"),
    ("100 % of it", "100 %"),
]


def scripts():
    """Every letter of the alphabets that the rule knows, with a capital that is one letter."""
    for number in range(sys.maxunicode + 1):
        letter = chr(number)
        name = unicodedata.name(letter, "")
        if name.startswith(("LATIN ", "GREEK ", "CYRILLIC ", "ARMENIAN ")) and number < 0x2000:
            yield letter


@pytest.fixture(scope="module")
def elsewhere(django_db_setup, django_db_blocker):
    """A database of the same server whose locale knows no letters but A to Z, with the rule and nothing else."""
    with django_db_blocker.unblock():
        given = connection.get_connection_params()
    given = {key: given[key] for key in ("dbname", "host", "port", "user", "password") if given.get(key)}
    name = f"{given['dbname']}_c"
    with _connected(**given) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}"')
        server.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER libc LOCALE 'C'")
        with _connected(**{**given, "dbname": name}) as database:
            database.execute(SQL)
            yield database
        server.execute(f'DROP DATABASE "{name}"')


@contextmanager
def _connected(**given):
    made = psycopg2.connect(**given)
    made.autocommit = True
    try:
        yield made.cursor()
    finally:
        made.close()


def folded(database, texts):
    database.execute("SELECT ta_folded(t) FROM unnest(%s::text[]) WITH ORDINALITY AS u(t, n) ORDER BY n", [texts])
    return [row[0] for row in database.fetchall()]


@pytest.mark.parametrize(("written", "typed"), WORDS)
def test_a_word_is_found_in_a_database_whose_locale_knows_no_letters(written, typed, elsewhere):
    text, *words = folded(elsewhere, [written, *typed.split()])

    assert [word for word in words if word not in text] == []


def test_that_database_would_not_find_them_by_itself(elsewhere):
    elsewhere.execute("SELECT 'SÃO' ILIKE '%são%' OR upper('é') = 'É'")

    assert elsewhere.fetchone() == (False,)


def test_no_letter_is_told_from_its_capital_or_from_itself_with_a_mark(elsewhere):
    letters = list(scripts())
    assert len(letters) > 1000
    forms = [one for letter in letters for one in (letter, letter.upper(), letter.lower())]
    of = dict(zip(forms, folded(elsewhere, forms), strict=True))

    # Where Unicode makes more letters of one (ŉ to ʼN), or has one capital of two letters, there is no pair to compare.
    told_apart = {letter for letter in letters for other in (letter.upper(), letter.lower())
                  if len(other) == 1 and other.lower() == letter.lower() and of[letter] != of[other]}  # fmt: skip
    marked = {letter for letter in letters if unicodedata.category(letter)[0] == "L" and any(
              unicodedata.combining(c) for c in of[letter])}  # fmt: skip
    assert (told_apart, marked) == (set(), set())


def test_folding_again_changes_nothing(elsewhere):
    once = folded(elsewhere, [written for written, _typed in WORDS])

    assert folded(elsewhere, once) == once
