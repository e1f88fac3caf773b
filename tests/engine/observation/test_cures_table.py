"""The table of docs/diagnosis.md: complete, and no cure in it that made things worse."""

from __future__ import annotations

import re

import numpy as np

from tests.cures.situations import situations
from tests.cures.table import BEGIN, END, PLACE


def rows() -> list[list[str]]:
    """Cells of the table in the documentation."""
    text = PLACE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    lines = [line for line in text.splitlines() if re.match(r"\| (?!situation|---)", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def number(cell: str) -> float:
    return np.inf if cell == "diverges" else float(cell)


def test_the_table_has_every_finding_with_cures_in_enough_situations() -> None:
    assert {row[0] for row in rows()} == {one.name for one in situations()}
    assert len({row[0] for row in rows()}) >= 12


def test_no_cure_of_the_table_made_the_median_worse() -> None:
    """Against what comes of the situation when it is left alone: neither from the start nor when applied later."""
    for name, label, _, alone, continued, start, *_ in rows():
        assert max(number(continued), number(start)) <= number(alone), (name, label)


def test_the_first_cure_helped_on_most_seeds() -> None:
    first: dict[str, list[str]] = {}
    for row in rows():
        first.setdefault(row[0], row)
    for name, row in first.items():
        shares = [float(cell.removesuffix(" %")) for cell in row[6:]]
        assert max(shares) >= 80, (name, row)
