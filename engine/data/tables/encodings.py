"""Encodings of text files: those that a person can choose, and the most likely one of a file."""

from __future__ import annotations

import codecs
import re

from engine.data.tables.kinds import looks_wide

ENCODINGS = {
    "utf-8": "Unicode (UTF-8)",
    "utf-16-le": "Unicode (UTF-16)",
    "utf-16-be": "Unicode (UTF-16, big-endian)",
    "cp1252": "Western (Windows-1252)",
    "cp1250": "Central European (Windows-1250)",
    "iso8859_2": "Central European (ISO 8859-2)",
    "cp1251": "Cyrillic (Windows-1251)",
    "koi8_r": "Cyrillic (KOI8-R)",
    "cp1253": "Greek (Windows-1253)",
    "cp1254": "Turkish (Windows-1254)",
    "cp1255": "Hebrew (Windows-1255)",
    "cp1256": "Arabic (Windows-1256)",
    "cp1257": "Baltic (Windows-1257)",
    "cp1258": "Vietnamese (Windows-1258)",
    "cp874": "Thai (Windows-874)",
    "cp932": "Japanese (Shift JIS)",
    "euc_jp": "Japanese (EUC)",
    "gb18030": "Chinese (GB 18030)",
    "big5": "Chinese (Big5)",
    "cp949": "Korean (Windows-949)",
    "cp437": "DOS (437)",
    "cp850": "DOS (850)",
    "mac_roman": "Macintosh (Roman)",
}
"""Encodings that a person can choose, with their names."""
_GUESSED = (
    "cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1257", "cp1255", "cp1256", "cp932", "gb18030",
    "cp949", "big5", "euc_jp",
)  # fmt: skip
"""Encodings that are tried, in order of preference if several are equally likely."""
_WORD = re.compile(rb"[A-Za-z]*[\x80-\xff][@-~\x80-\xff]*")
"""A word with letters beyond ASCII; the second byte of a Chinese letter may be an ASCII sign from @ on."""
_WESTERN = re.compile("[^\\W\\d_]|[°²³µ·×–—‘’“”„…€£§©®±½¼¾ªº¿¡«»]")
_ENOUGH = 20_000
"""How many bytes of words are examined."""


def find_encoding(content: bytes) -> str:
    """Return the likeliest encoding of a text, as a name that Python knows.

    Examples
    --------
    >>> find_encoding("Größe".encode()), find_encoding("Größe".encode("cp1252"))
    ('utf-8', 'cp1252')
    """
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    wide = looks_wide(content)
    if wide:
        return wide
    return "utf-8" if _is_utf8(content) else _guess_by_words(content)


def encoding_name(encoding: str) -> str:
    """Return the name of an encoding for a person.

    Parameters
    ----------
    encoding
        As Python names it.

    Returns
    -------
    str
        From ``ENCODINGS``; in capitals if it is not among them.

    Examples
    --------
    >>> encoding_name("cp1252"), encoding_name("utf-8-sig")
    ('Western (Windows-1252)', 'Unicode (UTF-8)')
    """
    plain = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(encoding, encoding)
    return ENCODINGS.get(plain, encoding.upper())


def _is_utf8(content: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(content), 2**20):
            decoder.decode(content[start : start + 2**20])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _guess_by_words(content: bytes) -> str:
    """Guess from the words that are not ASCII, because other text is the same in all these encodings."""
    words = {found.group() for found, _ in zip(_WORD.finditer(content), range(_ENOUGH), strict=False)}
    if all(map(_is_western, words)):
        return "cp1252"
    # Imported here, because the import takes 50 ms and few files need it.
    from charset_normalizer import from_bytes

    found = list(from_bytes(b" ".join(sorted(words))[:_ENOUGH], cp_isolation=[*_GUESSED]))
    if not found:
        return "cp1252"
    best = min(found, key=lambda match: (match.chaos, -match.coherence, _GUESSED.index(match.encoding)))
    return best.encoding


def _is_western(word: bytes) -> bool:
    """Whether the bytes are a word of a Western language: few letters have an accent."""
    try:
        letters = word.decode("cp1252")
    except UnicodeDecodeError:
        return False
    foreign = [letter for letter in letters if not letter.isascii()]
    rare = len(foreign) <= 2 or 2 * len(foreign) < len(letters)
    return rare and all(_WESTERN.fullmatch(letter) for letter in foreign)
