"""Settings that are choices from the catalogue, and the numbers of what is chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from engine.catalogue.entry import Entry, Family
from engine.catalogue.texts import within_sentence
from engine.experiment.choice import Choice
from engine.experiment.settings import SweptValue
from engine.experiment.sweeps.swept_setting import SweptSetting, number_setting, reader, with_value, writer


def chosen(lane: Any, path: str, label: str, kind: type[Choice]) -> Iterator[SweptSetting]:
    """Yield a choice from a family, and the numbers of the entry that the lane has chosen."""
    read = reader(path)
    yield SweptSetting(
        key=path,
        path=path,
        label=label,
        symbol=within_sentence(label),
        kind="choice",
        choices=tuple(labels(kind.family)),
        tooltip=f"Which {kind.family.name} a lane has, with its usual numbers.",
        speaks=True,
        read=lambda owner: str(read(owner).name),
        write=_chooser(path, kind),
    )
    entry: Entry = read(lane).entry
    for parameter in entry.parameters:
        name = within_sentence(parameter.label)
        yield number_setting(
            parameter,
            f"{path}.{parameter.key}",
            f"{entry.label}: {name}",
            name,
            path=f"{path}.{parameter.key}",
            read=_of_choice(path, parameter.key),
            write=_number_of_choice(path, parameter.key, kind),
        )


def named(path: str, label: str, family: Family[Any], **more: Any) -> SweptSetting:
    """Return the setting of a choice that the document holds as a key alone.

    Parameters
    ----------
    path
        Below a lane; also its key.
    label
        Its name.
    family
        What there is to choose from.
    more
        How it is ``read`` and written, where it does not simply lie at the path.

    Returns
    -------
    SweptSetting
    """
    ways = {"read": reader(path), "write": writer(path), **more}
    return SweptSetting(
        key=path,
        path=path,
        label=label,
        symbol=within_sentence(label),
        kind="choice",
        choices=tuple(labels(family)),
        tooltip=f"Which {family.name} a lane has.",
        **ways,
    )


def labels(family: Family[Any]) -> Iterator[tuple[SweptValue, str]]:
    """Yield the keys of a family with the labels of its entries."""
    return ((key, entry.label) for key, entry in family.items())


def _chooser(path: str, kind: type[Choice]) -> Callable[[Any, Any], Any]:
    """An entry that is chosen already keeps its numbers."""
    read = reader(path)

    def choose(owner: Any, value: Any) -> Any:
        return owner if value in (None, read(owner).name) else with_value(owner, path, kind(value))

    return choose


def _of_choice(path: str, key: str) -> Callable[[Any], SweptValue | None]:
    read = reader(path)
    return lambda owner: read(owner).parameters.get(key)


def _number_of_choice(path: str, key: str, kind: type[Choice]) -> Callable[[Any, Any], Any]:
    read = reader(path)

    def write(owner: Any, value: Any) -> Any:
        there = read(owner)
        # Another axis may have chosen an entry without this number.
        if value is None or key not in there.parameters:
            return owner
        return with_value(owner, path, kind(there.name, {**there.parameters, key: value}))

    return write
