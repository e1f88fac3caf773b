"""The names of a network's inputs, after the axes of the data."""

from __future__ import annotations

import re

from engine.catalogue.features import FEATURES
from engine.experiment.settings import DataSettings

_SYMBOLS = re.compile("x₁x₂|x₁|x₂")


def input_names(data: DataSettings) -> tuple[str, str]:
    """Return the names of the axes of the inputs; "" for one without a name.

    Parameters
    ----------
    data
        The data settings.

    Returns
    -------
    tuple of str
        Of x₁ and x₂; a curve has no second one.
    """
    return data.axes.x.name or "", "" if data.task == "curve" else data.axes.y.name or ""


def input_name(key: str, task: str, names: tuple[str, str], longest: int | None = None) -> str:
    """Return the name of an input, with the names of the axes where they have some.

    Parameters
    ----------
    key
        Of the feature.
    task
        Of the data.
    names
        As ``input_names`` returns them.
    longest
        The most characters of the name of an axis; longer ones are cut.

    Returns
    -------
    str

    Examples
    --------
    >>> input_name("x1_x2", "classification", ("Age", "")), input_name("x1", "curve", ("", ""))
    ('Age·x₂', 'x')
    """
    label = FEATURES[key].label
    # A curve has one input, called x without a number.
    first, second = "x" if task == "curve" else "x₁", "x₂"
    if not any(names):
        return label.replace("x₁", first)
    one, other = (_cut(name, longest) or symbol for name, symbol in zip(names, (first, second), strict=True))
    # Symbols beside one another are a product; names would be one word. One pass: a name may hold a symbol.
    parts = {"x₁": one, "x₂": other, "x₁x₂": f"{one}·{other}"}
    return _SYMBOLS.sub(lambda found: parts[found.group()], label)


def _cut(name: str, longest: int | None) -> str:
    return name if longest is None or len(name) <= longest else f"{name[: longest - 1]}…"
