"""A script under construction: its lines, and for each of them the settings that it comes from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from textwrap import indent


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a script, and the paths of the settings that it comes from."""

    text: str
    paths: tuple[str, ...] = ()

    def comes_from(self, path: str) -> bool:
        """Whether it comes from the setting at a path, or from one below it."""
        return any(f"{own}.".startswith(f"{path}.") for own in self.paths)

    def is_above(self, path: str) -> bool:
        """Whether it comes from a part of the settings that holds a path."""
        return any(path.startswith(f"{own}.") for own in self.paths)


class Script:
    """Takes a script line by line."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.imports: set[str] = set()
        """Statements, in any order."""
        self.definitions: list[str] = []
        """Classes and functions that stand before everything else, each at most once."""
        self.lacks: list[str] = []
        """What the script does not do as the experiment does, a clause each."""

    def add(self, text: str = "", *paths: str, depth: int = 0) -> None:
        """Add lines.

        Parameters
        ----------
        text
            One line or several, none of them indented by ``depth`` yet.
        *paths
            Paths of the settings that all of them come from, such as ``lanes.0.training.optimizer``.
        depth
            How many levels they are indented by.
        """
        for line in text.split("\n"):
            self.lines.append(Line(indent(line, "    " * depth), paths))

    def blank(self, count: int = 1) -> None:
        """Have at least so many empty lines here."""
        there = 0
        while there < min(count, len(self.lines)) and not self.lines[-1 - there].text:
            there += 1
        self.lines += [Line("")] * (count - there)

    def comment(self, text: str, *paths: str, depth: int = 0) -> None:
        """Add a comment in one line or several."""
        self.add("\n".join(f"# {line}" for line in text.split("\n")), *paths, depth=depth)

    def lack(self, clause: str, *paths: str, depth: int = 0) -> None:
        """Say in a comment, and at the top of the script, what it does not do as the experiment does.

        Parameters
        ----------
        clause
            Such as "Sine has no name in scikit-learn".
        *paths, depth
            As for ``add``.
        """
        self.comment(f"Not as in the experiment: {clause}", *paths, depth=depth)
        if clause not in self.lacks:
            self.lacks.append(clause)

    def need(self, *imports: str) -> None:
        """Have these import statements at the top."""
        self.imports |= set(imports)

    def define(self, code: str) -> None:
        """Have a class or function before everything else."""
        if code not in self.definitions:
            self.definitions.append(code)

    def from_setting(self, path: str) -> str:
        """Return the lines that belong to a setting.

        Parameters
        ----------
        path
            Of a setting or of a part of the settings.

        Returns
        -------
        str
            Lines that come from the setting itself, or from one below it; if there are none, those that come from a
            part that holds it. Each block of adjacent lines is without its indentation, and of equal ones in a row
            there is one. Empty where there are none.
        """
        found = [n for n, line in enumerate(self.lines) if line.comes_from(path)]
        found = found or [n for n, line in enumerate(self.lines) if line.is_above(path)]
        blocks: list[list[str]] = []
        for before, n in zip([None, *found], found, strict=False):
            if before is None or n > before + 1:
                blocks.append([])
            blocks[-1].append(self.lines[n].text)
        # Layers that are alike stand one after another: one of them says it.
        return "\n".join(text for text, _ in groupby(map(_dedented, blocks)))

    def text(self, title: str) -> str:
        """Return the whole script.

        Parameters
        ----------
        title
            Of its docstring; what it lacks follows.

        Returns
        -------
        str
        """
        lacks = "".join(f"- {clause}.\n" for clause in self.lacks)
        told = f"{title}\n" + (f"\nNot as in the experiment:\n{lacks}" if lacks else "")
        # A person names lanes: no name ends the docstring.
        told = told.replace("\\", "\\\\").replace('"', '\\"')
        head = f'"""{told}"""\n'
        parts = [head, _import_block(self.imports), *(f"\n{code}" for code in self.definitions)]
        if self.definitions:
            parts.append("")
        whole = "\n".join([*parts, *(line.text for line in self.lines)]).rstrip() + "\n"
        return re.sub("\n{4,}", "\n" * 3, whole)


def _import_block(imports: set[str]) -> str:
    """Statements in two groups: what comes with Python, and the others."""
    own = {"copy", "csv", "math"}
    groups: tuple[list[str], list[str]] = ([], [])
    for statement in sorted(imports, key=lambda one: (one.split()[1], one.startswith("from"))):
        groups[statement.split()[1].partition(".")[0] not in own].append(statement)
    return "\n\n".join("\n".join(group) for group in groups if group) + "\n"


def _dedented(lines: Sequence[str]) -> str:
    """Not ``textwrap.dedent``, which ignores lines that hold spaces alone."""
    least = min((len(line) - len(line.lstrip()) for line in lines if line), default=0)
    return "\n".join(line[least:] for line in lines)
