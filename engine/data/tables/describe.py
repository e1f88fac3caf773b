"""Describe how a table was read, for the importer and the command line."""

from __future__ import annotations

from engine.catalogue.texts import counted
from engine.data.tables.encodings import encoding_name
from engine.data.tables.reading import Reading
from engine.data.tables.source import Text
from engine.data.tables.vocabulary import COLUMNS, SPLIT

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", " ": "blanks"}
_QUOTES = {"'": "single quotes", "": "no quote signs"}
_ROWS = (
    "no names of columns",
    "names in the first row",
    "names in the first two rows",
    "names in the first three rows",
)


def describe_roles(reading: Reading) -> str:
    """Say which column has which role.

    Parameters
    ----------
    reading
        Of a table.

    Returns
    -------
    str
        First the roles found by column name, then those that were guessed or chosen.
    """
    columns = dict(zip(COLUMNS[reading.task], reading.columns, strict=True))
    if reading.split is not None:
        columns[SPLIT] = reading.split
    texts = {role: f"{role} = “{reading.name_of(column)}”" for role, column in columns.items()}
    named = [text for role, text in texts.items() if role in reading.named]
    guessed = [text for role, text in texts.items() if role not in reading.named]
    parts = [f"by name: {', '.join(named)}"] if named else []
    parts += [f"{reading.why}: {', '.join(guessed)}"] if guessed else []
    return "; ".join(parts)


def remarks(reading: Reading) -> str:
    """Describe the format of rows as far as the importer has no controls for it: decimal signs, escapes, comments.

    Parameters
    ----------
    reading
        Of a table.

    Returns
    -------
    str
        Parts separated by semicolons; empty for a plain table.
    """
    parts = [text for text in [_describe_decimals(reading)] if text]
    parts += ["quote signs after backslashes"] if reading.dialect.escape else []
    parts += ["lines that begin with # are left out"] if reading.dialect.comments else []
    return "; ".join(parts)


def describe_form(reading: Reading, text: Text) -> str:
    """Describe the format of rows: delimiter, quote sign, ``remarks``, names, encoding.

    Parameters
    ----------
    reading
        Of ``text``.
    text
        Its encoding is named unless it is certain.

    Returns
    -------
    str
        Parts separated by semicolons; empty for arrays.
    """
    if text.tidy:
        return ""
    dialect = reading.dialect
    parts = [DELIMITERS.get(dialect.delimiter, f"“{dialect.delimiter}” between fields")]
    parts += [_QUOTES[dialect.quote]] if dialect.quote in _QUOTES else []
    parts += [remarks(reading)] if remarks(reading) else []
    parts += [
        _ROWS[reading.header] if reading.header < len(_ROWS) else f"{counted(reading.header, 'row')} of names"
    ]
    parts += [] if text.fixed else [encoding_name(text.encoding)]
    return "; ".join(parts)


def _describe_decimals(reading: Reading) -> str:
    """Describe the format of numbers, once for all columns if they have the same."""
    found: dict[str, list[str]] = {}
    unambiguous: dict[str, str] = {".": "decimal point"}
    for role, column in reading.numeric.items():
        convention = reading.style(column).convention
        if convention.why == "plain" and not convention.percent:
            continue
        sentence = convention.describe()
        if not (convention.example or convention.percent):
            # One proof is enough for all columns, and a point needs none.
            sentence = unambiguous.setdefault(convention.decimal, sentence)
        found.setdefault(sentence, []).append(role)
    if len(found) == 1:
        return next(iter(found))
    return "; ".join(f"for {' and '.join(roles)} {sentence}" for sentence, roles in found.items())
