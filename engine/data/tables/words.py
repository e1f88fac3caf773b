"""What was taken for what, in words: for the importer and the command line."""

from __future__ import annotations

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


def role_words(reading: Reading) -> str:
    """Which column has which role, and whether its name says so or it was guessed."""
    places = dict(zip(COLUMNS[reading.task], reading.columns, strict=True))
    if reading.split is not None:
        places[SPLIT] = reading.split
    named = [f"{role} = “{reading.called(place)}”" for role, place in places.items() if role in reading.named]
    guessed = [
        f"{role} = “{reading.called(place)}”" for role, place in places.items() if role not in reading.named
    ]
    parts = [f"by name: {', '.join(named)}"] if named else []
    parts += [f"{reading.why}: {', '.join(guessed)}"] if guessed else []
    return "; ".join(parts)


def remarks(reading: Reading) -> str:
    """How the rows are written, as far as it cannot be chosen: proofs of decimal signs, comments, escapes."""
    parts = [word for word in [_decimal_words(reading)] if word]
    parts += ["quote signs behind backslashes"] if reading.dialect.escape else []
    parts += ["lines that begin with # are left out"] if reading.dialect.comments else []
    return "; ".join(parts)


def form_words(reading: Reading, text: Text) -> str:
    """How the rows are written: delimiter, quote sign, ``remarks``, names, encoding; nothing for arrays."""
    if text.tidy:
        return ""
    dialect = reading.dialect
    parts = [DELIMITERS.get(dialect.delimiter, f"“{dialect.delimiter}” between fields")]
    parts += [_QUOTES[dialect.quote]] if dialect.quote in _QUOTES else []
    parts += [remarks(reading)] if remarks(reading) else []
    parts += [_ROWS[reading.header] if reading.header < len(_ROWS) else f"{reading.header} rows of names"]
    parts += [] if text.fixed else [encoding_name(text.encoding)]
    return "; ".join(parts)


def _decimal_words(reading: Reading) -> str:
    """How the numbers are written, once for all columns where it is the same."""
    found: dict[str, list[str]] = {}
    clear: dict[str, str] = {".": "decimal point"}
    for role, place in reading.numeric.items():
        convention = reading.style(place).convention
        if convention.why == "plain" and not convention.percent:
            continue
        words = convention.words()
        if not (convention.example or convention.percent):
            # One proof is enough, and a point needs none.
            words = clear.setdefault(convention.decimal, words)
        found.setdefault(words, []).append(role)
    if len(found) == 1:
        return next(iter(found))
    return "; ".join(f"for {' and '.join(roles)} {words}" for words, roles in found.items())
