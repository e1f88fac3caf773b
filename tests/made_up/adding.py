"""Adding made-up entries to a family of the catalogue."""

from __future__ import annotations

from typing import Any

from engine.catalogue.entry import Entry, Family, Parameter


def add(family: Family[Any], *entries: Entry) -> None:
    """Make the family anew with these entries at its end, as if they stood in its file."""
    family.__init__(family.name, [*family.values(), *entries])  # type: ignore[misc]


def strength(key: str, default: float) -> Parameter:
    return Parameter(key, key.capitalize(), default, 0.01, 10.0, "A made-up number.")
