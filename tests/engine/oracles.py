"""What tests hold entries of the catalogue against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

Right = TypeVar("Right")


class Oracles(dict[str, Right]):
    """What is right for each entry of a family, by key. A missing one is asked for.

    Parameters
    ----------
    name, file
        Of the table: ``CLOSED_FORMS`` and ``__file__``.
    right
        The table.
    """

    def __init__(self, name: str, file: str, right: Mapping[str, Right]) -> None:
        super().__init__(right)
        self._where = f"{name} in tests/{file.rpartition('/tests/')[2]}"

    def __missing__(self, key: str) -> Right:
        raise KeyError(f"add what is right for {key!r} to {self._where}")
