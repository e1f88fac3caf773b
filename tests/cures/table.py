"""The table of cures, as a part of docs/diagnosis.md."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.cures.trial import Outcome

PLACE = Path(__file__).parents[2] / "docs" / "diagnosis.md"
BEGIN, END = "<!-- cures: written by python -m tests.cures -->", "<!-- end of cures -->"
HEAD = (
    "| situation | cure, in the order offered | when found | left alone | cured, continued | cured, from the start "
    "| helped, continued | helped, from the start |\n| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
)


def write(outcomes: Sequence[Outcome], seeds: int) -> None:
    """Put the table between its marks."""
    before, _, rest = PLACE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    PLACE.write_text(f"{before}{BEGIN}\n\n{text(outcomes, seeds)}\n{END}{after}")


def text(outcomes: Sequence[Outcome], seeds: int) -> str:
    """A heading and a table for each finding."""
    codes = list(dict.fromkeys(one.situation.code for one in outcomes))
    parts = [f"{len({one.situation.name for one in outcomes})} situations, {seeds} seeds each."]
    for code in codes:
        mine = [one for one in outcomes if one.situation.code == code]
        finding = code.replace("_", " ").replace("units", "neurons").capitalize()
        parts.append(f"### {finding}: {mine[0].situation.measure}\n")
        parts.append(HEAD + "\n".join(_row(one) for one in mine))
    return "\n\n".join(parts) + "\n"


def _row(one: Outcome) -> str:
    numbers = [
        one.middle(values) for values in (one.at_finding, one.untreated, one.continued, one.from_start)
    ]
    shares = [f"{one.helped(values):.0%}".replace("%", " %") for values in (one.continued, one.from_start)]
    cells = [one.situation.name, one.label, *(_number(value) for value in numbers), *shares]
    return f"| {' | '.join(cells)} |"


def _number(value: float) -> str:
    return f"{value:.3g}" if np.isfinite(value) else "diverges"
