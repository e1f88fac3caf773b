"""What classes are called and which colours they have: their own, or else their number and the theme's."""

from __future__ import annotations

import msgspec

from engine.experiment.settings import AxesSettings, DataSettings


def class_labels(data: DataSettings) -> tuple[str, ...]:
    """Return the label of each class: its name, or else its number from 1.

    Parameters
    ----------
    data
        Of classification; ``class_names`` has an entry for each class or is None.

    Returns
    -------
    tuple of str [classes]
        All different: a number that is the name of another class is written as "class 2".

    Examples
    --------
    >>> class_labels(DataSettings(classes=3, class_names=(None, "1", "cat")))
    ('class 1', '1', 'cat')
    """
    names = data.class_names or (None,) * data.classes
    return tuple(name or _number_label(index + 1, names) for index, name in enumerate(names))


def file_labels(data: DataSettings) -> tuple[str, ...]:
    """Return the labels that stand for classes in files.

    Parameters
    ----------
    data
        Of any task.

    Returns
    -------
    tuple of str [classes] or ()
        Empty where no class has a name, and in regression: files then hold class numbers, from 1, or values.
    """
    return class_labels(data) if data.task == "classification" and any(data.class_names or ()) else ()


def with_name(data: DataSettings, index: int, name: str | None) -> DataSettings:
    """Return the settings with another name of a class.

    Parameters
    ----------
    data
        Of classification.
    index
        Number of the class, from 0.
    name
        None for the default, its number.

    Returns
    -------
    DataSettings
        ``class_names`` is None where no class has a name any more. Nothing is validated.

    Examples
    --------
    >>> with_name(DataSettings(), 1, "cat").class_names
    (None, 'cat')
    """
    return msgspec.structs.replace(data, class_names=_with(data, data.class_names, index, name))


def with_colour(data: DataSettings, index: int, colour: str | None) -> DataSettings:
    """Return the settings with another colour of a class.

    Parameters
    ----------
    data
        Of classification.
    index
        Number of the class, from 0.
    colour
        As "#rrggbb" in small letters; None for the theme's.

    Returns
    -------
    DataSettings
        ``class_colours`` is None where no class has a colour of its own any more. Nothing is validated.
    """
    return msgspec.structs.replace(data, class_colours=_with(data, data.class_colours, index, colour))


def with_count(data: DataSettings, classes: int) -> DataSettings:
    """The settings with the looks of ``classes`` classes: the last ones are dropped, new ones have the default look."""
    return msgspec.structs.replace(
        data,
        class_names=_resized(data.class_names, classes),
        class_colours=_resized(data.class_colours, classes),
    )


def without_look(data: DataSettings, gone: int) -> DataSettings:
    """Return the settings without the name and the colour of one class.

    Parameters
    ----------
    data
        Of classification.
    gone
        Number of the class, from 0.

    Returns
    -------
    DataSettings
        The names and colours of later classes move up by one. ``classes`` stays.
    """
    return msgspec.structs.replace(
        data, class_names=_less(data.class_names, gone), class_colours=_less(data.class_colours, gone)
    )


def _number_label(number: int, names: tuple[str | None, ...]) -> str:
    label = str(number)
    while label in names:
        label = f"class {label}"
    return label


def without_looks(data: DataSettings) -> DataSettings:
    """Return the settings without names and colours of classes and without names and units of axes, which training does
    not depend on.

    Parameters
    ----------
    data
        Of any task.

    Returns
    -------
    DataSettings
    """
    return msgspec.structs.replace(data, class_names=None, class_colours=None, axes=AxesSettings())


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
