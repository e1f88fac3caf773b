"""The parts of every catalogue file: parameters, entries and families of entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from engine.catalogue.code import NO_CODE, Code
from engine.catalogue.texts import setting_text, short_repr


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that a person can set: its meaning, its allowed range and its slider.

    Attributes
    ----------
    key
        Its name in files and on the command line.
    label, tooltip, formula
        Shown in the window: symbol or name, a sentence, and an equation if there is one.
    default
        The value until a person sets another.
    low, high
        The range that validation accepts, including both ends (but see ``open_low``).
    integer
        Whether only whole numbers are allowed.
    log
        Whether a slider steps through it by factors.
    open_low
        Whether the range excludes ``low`` itself.
    slider
        The part of the range that a slider spans; all of it if None.
    typical
        The part of the range that the lecture recommends; None if it recommends none.
    unit
        Unit written directly after the number, such as "°".
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
        """Return the value as a number of this parameter's kind.

        Parameters
        ----------
        value : object
            What a person or a file gives.

        Returns
        -------
        int or float
            An ``int`` where ``integer`` is true, also for 2.0.

        Raises
        ------
        TypeError
            For anything but a number; true and false are none.
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
            raise TypeError(f"{self.key} takes {kind} {self.allowed}, not {short_repr(value)}")
        inside = (self.low < value if self.open_low else self.low <= value) and value <= self.high
        if not inside or (self.integer and value != int(value)):
            raise ValueError(f"{self.key} takes {kind} {self.allowed}, not {short_repr(value)}")
        return int(value) if self.integer else float(value)

    @property
    def allowed(self) -> str:
        if self.open_low:
            return f"above {setting_text(self.low)} and up to {setting_text(self.high)}"
        return f"from {setting_text(self.low)} to {setting_text(self.high)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One choice of a family.

    Attributes
    ----------
    key
        Its name in files and on the command line; unique within the family.
    label, formula, tooltip
        Shown in the window: a name, an equation or a line of settings, and a sentence.
    parameters
        The numbers that a person can set for it, in the order of their controls.
    code
        How it is written in other libraries; its family says of what the text consists.
    """

    key: str
    label: str
    formula: str
    tooltip: str
    parameters: tuple[Parameter, ...] = field(default=())
    code: Code = field(default=NO_CODE)

    def defaults(self) -> dict[str, float]:
        return {parameter.key: parameter.default for parameter in self.parameters}


E = TypeVar("E", bound=Entry)


class Family(Mapping[str, E], Generic[E]):
    """An ordered, read-only mapping from key to entry.

    Parameters
    ----------
    name
        Name of one entry in messages, such as "loss".
    entries
        The entries in the order of lists; their keys must differ.

    Raises
    ------
    KeyError
        For an unknown key; the message lists the known ones.

    Examples
    --------
    >>> Family("colour", [Entry(key="red", label="Red", formula="", tooltip="")])["blue"]
    Traceback (most recent call last):
    KeyError: "no colour named 'blue'; choose one of red"
    """

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
