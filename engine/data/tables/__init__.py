"""Import tables: text in any dialect and NumPy arrays, read as points or refused with a reason.

A file passes through these modules: ``source`` (bytes and encoding) → ``detect`` (dialect) → ``facts`` (about all rows)
→ ``header`` → ``roles`` → ``reading`` (all choices together) → ``reader`` (points).
"""

from engine.data.tables.arrays import ARRAY_SUFFIXES
from engine.data.tables.choice import task_for
from engine.data.tables.describe import DELIMITERS, describe_form, describe_roles, remarks
from engine.data.tables.dialect import Dialect, first_rows
from engine.data.tables.encodings import ENCODINGS, encoding_name
from engine.data.tables.facts import Survey
from engine.data.tables.files import read_csv, read_table, read_text, write_csv
from engine.data.tables.reader import CsvData, CsvError, CsvReader, Problem
from engine.data.tables.reading import Reading, dialect_of, guess_reading, plain_reading, read_as, survey_of
from engine.data.tables.source import Text
from engine.data.tables.vocabulary import COLUMNS, SPLIT

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
    "describe_form",
    "describe_roles",
    "dialect_of",
    "encoding_name",
    "first_rows",
    "guess_reading",
    "plain_reading",
    "read_as",
    "read_csv",
    "read_table",
    "read_text",
    "remarks",
    "survey_of",
    "task_for",
    "write_csv",
]
