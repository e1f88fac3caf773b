"""A script under construction: its lines, and for each of them the settings that it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from textwrap import indent

from engine.catalogue.texts import counted


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a script, and the paths of the settings that it comes from.

    Attributes
    ----------
    text, paths
        The line and the paths.
    arguments
        Of a call in this line, each with the path of its setting.
    is_note
        Whether it is a comment that a reader of a few lines does without.
    """

    text: str
    paths: tuple[str, ...] = ()
    arguments: tuple[tuple[str, str], ...] = ()
    is_note: bool = False

    def comes_from(self, path: str) -> bool:
        """Whether it comes from the setting at a path, or from one below it."""
        return any(f"{own}.".startswith(f"{path}.") for own in self.paths)

    def is_above(self, path: str) -> bool:
        """Whether it comes from a part of the settings that holds a path."""
        return any(path.startswith(f"{own}.") for own in self.paths)


class Script:
    """Takes a script line by line.

    Parameters
    ----------
    whole_calls
        Whether each call stands in one line, however long.
    """

    def __init__(self, whole_calls: bool = False) -> None:
        self.whole_calls = whole_calls
        self.lines: list[Line] = []
        self.imports: set[str] = set()
        """Statements, in any order."""
        self.definitions: list[str] = []
        """Classes and functions that stand before everything else, each at most once."""
        self.lacks: list[str] = []
        """What the script does not do as the experiment does, a clause each."""

    def add(
        self,
        text: str = "",
        *paths: str,
        depth: int = 0,
        arguments: Sequence[tuple[str, str]] = (),
        is_note: bool = False,
    ) -> None:
        """Add lines.

        Parameters
        ----------
        text
            One line or several, none of them indented by ``depth`` yet.
        *paths
            Paths of the settings that all of them come from, such as ``lanes.0.training.optimizer``.
        depth
            How many levels they are indented by.
        arguments, is_note
            See ``Line``.
        """
        for line in text.split("\n"):
            self.lines.append(Line(indent(line, "    " * depth), paths, tuple(arguments), is_note))

    def blank(self, count: int = 1) -> None:
        """Have at least so many empty lines here."""
        there = 0
        while there < min(count, len(self.lines)) and not self.lines[-1 - there].text:
            there += 1
        self.lines += [Line("")] * (count - there)

    def comment(self, text: str, *paths: str, depth: int = 0, is_note: bool = True) -> None:
        """Add a comment in one line or several."""
        self.add("\n".join(f"# {line}" for line in text.split("\n")), *paths, depth=depth, is_note=is_note)

    def lack(self, clause: str, *paths: str, depth: int = 0, is_note: bool = False) -> None:
        """Say in a comment, and at the top of the script, what it does not do as the experiment does.

        Parameters
        ----------
        clause
            Such as "Sine has no name in scikit-learn".
        *paths, depth, is_note
            As for ``add``.
        """
        self.comment(f"Not as in the experiment: {clause}", *paths, depth=depth, is_note=is_note)
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
        # Layers that are alike stand one after another: one of them says it.
        return "\n".join(text for text, _ in groupby(map(_dedented, self._blocks(self._found(path)))))

    def to_read(self, paths: Iterable[str]) -> list[str]:
        """Return what a reader needs to see how settings are written, as little as says it.

        Parameters
        ----------
        paths
            As for ``from_setting``.

        Returns
        -------
        list of str
            Lines in the order of the script, without their indentation. Of calls with the same argument for a setting
            there is one, and of equal lines in a row one with their number. Comments are left out where there is code,
            but for those that say what the library cannot express.
        """
        chosen: set[int] = set()
        for path in paths:
            found = self._found(path)
            if any(not self.lines[n].is_note for n in found):
                found = [n for n in found if not self.lines[n].is_note]
            chosen |= set(self._without_repeats(found, path))
        blocks = self._blocks(sorted(chosen))
        lines = [line for block in blocks for line in _dedented(block).split("\n")]
        counts = [(line, len(list(equal))) for line, equal in groupby(lines)]
        return [line if count == 1 else f"{line}  # {counted(count, 'time')}" for line, count in counts]

    def _found(self, path: str) -> list[int]:
        """Return which lines come from a setting, or from a part of the settings that holds it."""
        found = [n for n, line in enumerate(self.lines) if line.comes_from(path)]
        return found or [n for n, line in enumerate(self.lines) if line.is_above(path)]

    def _without_repeats(self, found: Sequence[int], path: str) -> Iterator[int]:
        """Yield lines of which each has an argument for a setting that none before it has, equal lines in a row too."""
        seen: set[tuple[str, ...]] = set()
        latest = ""
        for n in found:
            line = self.lines[n]
            own = tuple(text for where, text in line.arguments if f"{where}.".startswith(f"{path}."))
            if not own or own not in seen or line.text == latest:
                seen.add(own)
                latest = line.text
                yield n

    def _blocks(self, found: Sequence[int]) -> list[list[str]]:
        """Return the texts of lines, those that are adjacent in the script together."""
        blocks: list[list[str]] = []
        for before, n in zip([None, *found], found, strict=False):
            if before is None or n > before + 1:
                blocks.append([])
            blocks[-1].append(self.lines[n].text)
        return blocks

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
