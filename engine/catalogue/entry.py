"""What every catalogue file is made of: parameters, entries and families of entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from engine.catalogue.texts import setting_text


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number a person can set: its meaning, its allowed range and how a slider shows it.

    ``low`` and ``high`` are the values that validation accepts (``open_low`` excludes ``low`` itself);
    ``slider`` is the part of that range a slider spans, ``typical`` the part the lecture recommends.
    ``unit`` is written right after the number.
    """

    key: str
    label: str
    default: float
    low: float
    high: float
    tooltip: str
    formula: str = ""
    integer: bool = False
    log: bool = False
    open_low: bool = False
    slider: tuple[float, float] | None = None
    typical: tuple[float, float] | None = None
    unit: str = ""

    @property
    def slider_range(self) -> tuple[float, float]:
        return self.slider or (self.low, self.high)

    def check(self, value: object) -> float:
        """The value as a number of this parameter's kind, ``int`` or ``float``.

        Raises
        ------
        TypeError
            For what is no number.
        ValueError
            For a number out of range, or a fraction where a whole number is needed. Both messages say what is allowed.

        Examples
        --------
        >>> Parameter("rate", "Rate", 0.5, 0.0, 1.0, "A share.").check(1)
        1.0
        >>> Parameter("rate", "Rate", 0.5, 0.0, 1.0, "A share.").check(2)
        Traceback (most recent call last):
        ValueError: rate takes a number from 0 to 1, not 2
        """
        kind = "a whole number" if self.integer else "a number"
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise TypeError(f"{self.key} takes {kind} {self.allowed}, not {value!r:.60}")
        inside = (self.low < value if self.open_low else self.low <= value) and value <= self.high
        if not inside or (self.integer and value != int(value)):
            raise ValueError(f"{self.key} takes {kind} {self.allowed}, not {value!r:.60}")
        return int(value) if self.integer else float(value)

    @property
    def allowed(self) -> str:
        if self.open_low:
            return f"above {setting_text(self.low)} and up to {setting_text(self.high)}"
        return f"from {setting_text(self.low)} to {setting_text(self.high)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One choice of a family. ``key`` is also its name in files and on the command line."""

    key: str
    label: str
    formula: str
    tooltip: str
    parameters: tuple[Parameter, ...] = field(default=())

    def defaults(self) -> dict[str, float]:
        return {parameter.key: parameter.default for parameter in self.parameters}


E = TypeVar("E", bound=Entry)


class Family(Mapping[str, E], Generic[E]):
    """An ordered, read-only mapping from key to entry; looking up an unknown key names those there are."""

    def __init__(self, name: str, entries: Iterable[E]) -> None:
        self.name = name
        self._entries = {entry.key: entry for entry in entries}

    def __getitem__(self, key: str) -> E:
        try:
            return self._entries[key]
        except KeyError:
            raise KeyError(f"no {self.name} named {key!r}; choose one of {', '.join(self)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: Any) -> bool:
        return key in self._entries
