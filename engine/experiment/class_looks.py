"""What classes are called and which colours they have: their own, or else their number and the theme's."""

from __future__ import annotations

import msgspec

from engine.experiment.settings import DataSettings


def class_labels(data: DataSettings) -> tuple[str, ...]:
    """The label of each class: its name, or its number from 1, as "class 2" where "2" is another one's name.

    >>> class_labels(DataSettings(classes=3, class_names=(None, "1", "cat")))
    ('class 1', '1', 'cat')
    """
    names = data.class_names or (None,) * data.classes
    return tuple(name or _number_label(index + 1, names) for index, name in enumerate(names))


def file_labels(data: DataSettings) -> tuple[str, ...]:
    """What stands for each class in files; empty, for its number from 0, where no class has a name."""
    return class_labels(data) if data.task == "classification" and any(data.class_names or ()) else ()


def with_name(data: DataSettings, index: int, name: str | None) -> DataSettings:
    """The settings with another name of class ``index``, counted from 0; None is its number.

    >>> with_name(DataSettings(), 1, "cat").class_names
    (None, 'cat')
    """
    return msgspec.structs.replace(data, class_names=_with(data, data.class_names, index, name))


def with_colour(data: DataSettings, index: int, colour: str | None) -> DataSettings:
    """The settings with another colour ("#rrggbb") of class ``index``, counted from 0; None is the theme's."""
    return msgspec.structs.replace(data, class_colours=_with(data, data.class_colours, index, colour))


def with_count(data: DataSettings, classes: int) -> DataSettings:
    """The settings with the looks of ``classes`` classes: the last ones are dropped, new ones have the default look."""
    return msgspec.structs.replace(
        data,
        class_names=_resized(data.class_names, classes),
        class_colours=_resized(data.class_colours, classes),
    )


def without_look(data: DataSettings, gone: int) -> DataSettings:
    """The settings without the look of class ``gone``; later classes move up with theirs."""
    return msgspec.structs.replace(
        data, class_names=_less(data.class_names, gone), class_colours=_less(data.class_colours, gone)
    )


def _number_label(number: int, names: tuple[str | None, ...]) -> str:
    label = str(number)
    while label in names:
        label = f"class {label}"
    return label


def without_looks(data: DataSettings) -> DataSettings:
    """The settings as far as training has to do with them."""
    return msgspec.structs.replace(data, class_names=None, class_colours=None)


def tidy(entries: list[str | None]) -> tuple[str | None, ...] | None:
    """The entries as a tuple; None where all have the default look."""
    return tuple(entries) if any(entries) else None


def _resized(entries: tuple[str | None, ...] | None, classes: int) -> tuple[str | None, ...] | None:
    kept = list(entries or ())[:classes]
    return tidy(kept + [None] * (classes - len(kept)))


def _less(entries: tuple[str | None, ...] | None, gone: int) -> tuple[str | None, ...] | None:
    return tidy([entry for index, entry in enumerate(entries or ()) if index != gone])


def _with(
    data: DataSettings, entries: tuple[str | None, ...] | None, index: int, entry: str | None
) -> tuple[str | None, ...] | None:
    changed = list(entries or (None,) * data.classes)
    changed[index] = entry
    return tidy(changed)
