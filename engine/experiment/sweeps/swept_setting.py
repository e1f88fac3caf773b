"""A setting that can be an axis: how it is read, written, checked and called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import attrgetter
from typing import Any, Literal

import msgspec

from engine.catalogue.entry import Parameter
from engine.catalogue.texts import short_repr
from engine.experiment.errors import ExperimentError
from engine.experiment.settings import DataSettings, Experiment, Lane, SweptValue
from engine.experiment.sweeps.values import text_of

Kind = Literal["number", "whole", "choice"]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SweptSetting:
    """A setting that can be an axis of a sweep.

    Attributes
    ----------
    key
        Its name in axes: as a rule its path below a lane, or from ``data``.
    path
        What of the document it sets; several settings may set the same, as depth and width do.
    label, symbol
        Its name in full, and in as few characters as there are.
    kind
        "number", "whole" for whole numbers, or "choice" among ``choices``.
    parameter
        Range and slider of a number; None for a choice.
    choices
        Values of a choice with their labels.
    tooltip
        A sentence.
    of_data
        Whether it belongs to the data, which all lanes of a document share.
    speaks
        Whether the label of a value says what it is the value of, as "ReLU" does.
    read
        ``read(owner)`` returns the value in a lane, or in data settings; None where it has none, being off or mixed.
    write
        ``write(owner, value)`` returns another lane, or other data settings, switched on where that is needed; None
        switches off, or changes nothing where the setting is never off.
    """

    key: str
    path: str
    label: str
    symbol: str
    kind: Kind
    parameter: Parameter | None = None
    choices: tuple[tuple[SweptValue, str], ...] = ()
    tooltip: str = ""
    of_data: bool = False
    speaks: bool = False
    read: Callable[[Any], SweptValue | None]
    write: Callable[[Any, SweptValue | None], Any]

    def get(self, experiment: Experiment, lane_index: int) -> SweptValue | None:
        """Return the value in a lane of an experiment, or in its data.

        Parameters
        ----------
        experiment
            With that lane.
        lane_index
            The lane.

        Returns
        -------
        bool, int, float or str
            None where it is off or mixed.
        """
        return self.read(experiment.data if self.of_data else experiment.lanes[lane_index])

    def set(self, lane: Lane, value: SweptValue | None) -> Lane:
        """Return the lane with another value.

        Parameters
        ----------
        lane
            It is not changed.
        value
            One that ``check`` allows; None for off, which changes nothing where the setting is never off.

        Returns
        -------
        Lane
            Not validated as a whole: the value may not go with the rest.

        Raises
        ------
        ExperimentError
            For a value that is not allowed.
        """
        changed: Lane = self.write(lane, None if value is None else self.check(value))
        return changed

    def set_data(self, data: DataSettings, value: SweptValue) -> DataSettings:
        """Return data settings with another value of a setting ``of_data``.

        Parameters
        ----------
        data
            They are not changed.
        value
            One that ``check`` allows.

        Returns
        -------
        DataSettings

        Raises
        ------
        ExperimentError
            As ``set`` does.
        """
        changed: DataSettings = self.write(data, self.check(value))
        return changed

    def check(self, value: object) -> SweptValue:
        """Return a value as the setting holds it.

        Parameters
        ----------
        value
            What a person or a file gives.

        Returns
        -------
        bool, int, float or str
            A ``float`` for a number that need not be whole.

        Raises
        ------
        ExperimentError
            With the key, what is allowed and what was found.
        """
        if self.parameter is not None:
            try:
                return self.parameter.check(value)
            except (TypeError, ValueError) as error:
                sentence = str(error).removeprefix(f"{self.parameter.key} ")
                raise ExperimentError(self.key, sentence) from None
        for choice, _ in self.choices:
            if (
                isinstance(value, bool | str)
                and choice == value
                and isinstance(value, bool) == isinstance(choice, bool)
            ):
                return choice
        allowed = ", ".join(text_of(choice) for choice, _ in self.choices)
        raise ExperimentError(self.key, f"expected one of {allowed}, not {short_repr(value)}")

    def text(self, value: SweptValue | None) -> str:
        """Return a value in words.

        Parameters
        ----------
        value
            Of this setting, or None.

        Returns
        -------
        str
            The label of a choice, or the number with its unit; "none" where there is none.
        """
        if value is None:
            return "none"
        label = next((label for choice, label in self.choices if choice == value), None)
        unit = self.parameter.unit if self.parameter is not None else ""
        return f"{text_of(value)}{unit}" if label is None else label


def with_value(owner: Any, path: str, value: Any) -> Any:
    """Return settings with the value at a path replaced, unchecked."""
    first, _, rest = path.partition(".")
    inner = with_value(getattr(owner, first), rest, value) if rest else value
    return msgspec.structs.replace(owner, **{first: inner})


def with_all(owner: Any, changes: Mapping[str, Any]) -> Any:
    """Return settings with the values at several paths replaced, unchecked."""
    return reduce(lambda changed, path: with_value(changed, path, changes[path]), changes, owner)


def reader(path: str) -> Callable[[Any], Any]:
    """Return what reads the value at a path."""
    return attrgetter(path)


def writer(path: str) -> Callable[[Any, Any], Any]:
    """Return what writes the value at a path, and leaves it as it is for None."""
    return lambda owner, value: owner if value is None else with_value(owner, path, value)


def number_setting(parameter: Parameter, key: str, label: str, symbol: str, **more: Any) -> SweptSetting:
    """Return the setting of a number, which lies at the path ``key`` unless ``more`` says otherwise."""
    kind: Kind = "whole" if parameter.integer else "number"
    places = {"path": key, "read": reader(key), "write": writer(key), **more}
    return SweptSetting(
        key=key,
        label=label,
        symbol=symbol,
        kind=kind,
        parameter=parameter,
        tooltip=parameter.tooltip,
        **places,
    )
