"""The topics of the help: texts in ``resources/help``, and entries of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from engine.catalogue import Entry, Family
from resources import names_in, read_text

_SECTION = re.compile(r"^## (.+)$", re.M)
_FOLDER = "help"


@dataclass(frozen=True, slots=True)
class Topic:
    """An explanation: plain words, formulas, the picture's name and the keys of related topics."""

    key: str
    title: str
    words: str
    formulas: tuple[str, ...] = ()
    picture: str = ""
    see_also: tuple[str, ...] = ()


@cache
def topic(key: str) -> Topic:
    """Return a topic: its text, or else the catalogue's entry of this key.

    Raises
    ------
    KeyError
        If there is neither.
    """
    if key in topic_keys():
        return read_topic(key, read_text(f"{_FOLDER}/{key}.md"))
    for name, family in families().items():
        if key in family:
            return _of_entry(name, family[key])
    raise KeyError(f"no help on {key!r}")


@cache
def topic_keys() -> tuple[str, ...]:
    """Return the keys of all topics that have a text, in alphabetical order."""
    return tuple(name.removesuffix(".md") for name in names_in(_FOLDER) if name.endswith(".md"))


def read_topic(key: str, text: str) -> Topic:
    """Read the Markdown of a topic: a title, plain words, and the sections *Formula*, *Picture* and *See also*."""
    head, *rest = _SECTION.split(text)
    sections = dict(zip(rest[::2], rest[1::2], strict=True))
    title, _, words = head.strip().partition("\n")
    formulas = tuple(line.strip() for line in sections.get("Formula", "").splitlines() if line.strip())
    see_also = tuple(name.strip() for name in sections.get("See also", "").split(",") if name.strip())
    picture = sections.get("Picture", "").strip() or key
    return Topic(key, title.removeprefix("# ").strip(), words.strip(), formulas, picture, see_also)


@cache
def families() -> Mapping[str, Family[Any]]:
    """Return the families of the catalogue, by the topic that explains them all."""
    from engine.catalogue.activations import ACTIVATIONS
    from engine.catalogue.generators import GENERATORS
    from engine.catalogue.initializers import INITIALIZERS
    from engine.catalogue.input_scalings import INPUT_SCALINGS
    from engine.catalogue.losses import LOSSES
    from engine.catalogue.normalizations import NORMALIZATIONS
    from engine.catalogue.optimizers import OPTIMIZERS
    from engine.catalogue.probes import PROBES
    from engine.catalogue.regularizers import REGULARIZERS
    from engine.catalogue.schedules import SCHEDULES
    from engine.catalogue.tasks import TASKS

    return {
        "regularization": REGULARIZERS, "activation": ACTIVATIONS, "optimizer": OPTIMIZERS, "loss": LOSSES,
        "schedule": SCHEDULES, "initializer": INITIALIZERS, "normalization": NORMALIZATIONS,
        "input_scaling": INPUT_SCALINGS, "data_sets": GENERATORS, "task": TASKS, "layer_numbers": PROBES,
    }  # fmt: skip


def _of_entry(family: str, entry: Entry) -> Topic:
    formulas = (entry.formula,) if entry.formula and entry.formula != entry.label else ()
    return Topic(entry.key, entry.label, entry.tooltip, formulas, family, (family,))
