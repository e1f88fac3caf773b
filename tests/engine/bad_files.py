"""What holds for any file at all: an answer in one short sentence, and no exception but those for bad input."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from pathlib import Path

from hypothesis import strategies as st

from engine.__main__ import main as _main

CORPUS = Path(__file__).parents[1] / "corpus"
LONGEST = 300


def answer(*arguments: str) -> tuple[int, str]:
    """The exit status of a command and what it says on standard error; what breaks the promises raises."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        try:
            status = _main(arguments)
        except SystemExit as stop:  # argparse's way out, for --help and for unknown options
            status = int(stop.code or 0)
    text = said.getvalue()
    assert status in (0, 2), text
    if status == 2:
        assert text.endswith("\n"), text
        assert text.count("\n") == 1, text
        assert len(text.rstrip("\n")) <= LONGEST, text
        assert text.rstrip("\n").isprintable(), text
    return status, text


def files(folder: str) -> list[Path]:
    """The files of a part of the corpus."""
    return sorted((CORPUS / folder).iterdir())


@st.composite
def mutated(draw: st.DrawFn, contents: Callable[[], list[bytes]]) -> bytes:
    """One of some contents, with pieces cut, doubled, exchanged and overwritten."""
    content = bytearray(draw(st.sampled_from(contents())))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(content)))
        length = draw(st.integers(0, 40))
        piece = bytes(content[start : start + length])
        match draw(st.integers(0, 4)):
            case 0:
                del content[start : start + length]
            case 1:
                content[start:start] = piece * draw(st.integers(1, 50))
            case 2:
                content[start : start + length] = draw(st.binary(max_size=8))
            case 3:
                content[start:start] = draw(st.sampled_from(_ODD))
            case _:
                to = draw(st.integers(0, len(content)))
                content[to : to + length] = piece
    return bytes(content)


_ODD = (
    b"[" * 200, b"{", b"]", b'"', b"'", b"\0", b"\r", b"\n\n", b"\xff\xfe", b"1e999", b"-0", b"9" * 400, b"NaN",
    b"[]", b"{}", b",,,,", b";", b"\\", "\u2028ß".encode(), b"\x1b[31m", b"#", b"sep=", b"=1+1", b"true",
    b"null", b"\xed\xa0\x80",
)  # fmt: skip
