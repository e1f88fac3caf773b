"""What people bring in: text of any dialect and arrays, read as points or refused with a reason."""

from engine.data.tables.arrays import ARRAY_SUFFIXES
from engine.data.tables.dialect import Dialect, first_rows
from engine.data.tables.encodings import ENCODINGS, encoding_name
from engine.data.tables.facts import Survey
from engine.data.tables.files import read_csv, read_table, read_text, write_csv
from engine.data.tables.reader import CsvData, CsvError, CsvReader, Problem
from engine.data.tables.reading import Reading, dialect_of, guess_reading, plain_reading, read_as, survey_of
from engine.data.tables.source import Text
from engine.data.tables.vocabulary import COLUMNS, SPLIT
from engine.data.tables.words import DELIMITERS, form_words, remarks, role_words

__all__ = [
    "ARRAY_SUFFIXES",
    "COLUMNS",
    "DELIMITERS",
    "ENCODINGS",
    "SPLIT",
    "CsvData",
    "CsvError",
    "CsvReader",
    "Dialect",
    "Problem",
    "Reading",
    "Survey",
    "Text",
    "dialect_of",
    "encoding_name",
    "first_rows",
    "form_words",
    "guess_reading",
    "plain_reading",
    "read_as",
    "read_csv",
    "read_table",
    "read_text",
    "remarks",
    "role_words",
    "survey_of",
    "write_csv",
]
