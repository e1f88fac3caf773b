"""The libraries that an experiment can be written for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.export.code import keras_target, sklearn_target, torch_target
from engine.export.code.plan import Plan
from engine.export.code.script import Script


@dataclass(frozen=True, slots=True)
class Target:
    """One entry of ``TARGETS``.

    Attributes
    ----------
    key
        The name on the command line, and of the field of ``engine.catalogue.code.Code`` that holds what the library
        calls things.
    label
        In menus and sentences.
    packages
        What has to be installed to run a script, besides Python.
    write
        ``write(script, plan)`` adds all lines to an empty script.
    suffix
        Of the file.
    """

    key: str
    label: str
    packages: tuple[str, ...]
    write: Callable[[Script, Plan], None]
    suffix: str = ".py"


TARGETS = {
    target.key: target
    for target in (
        Target("keras", "Keras", ("keras", "numpy"), keras_target.write),
        Target("torch", "PyTorch", ("numpy", "torch"), torch_target.write),
        Target("sklearn", "scikit-learn", ("numpy", "scikit-learn"), sklearn_target.write),
    )
}
"""By key, in the order of menus."""
