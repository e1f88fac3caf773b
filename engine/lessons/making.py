"""Makes a lesson's folder of an experiment: settings that work, and a text to fill in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from math import isfinite
from pathlib import Path
from typing import Any

import msgspec

from engine.data import atomic_write
from engine.data.file_system import exists, make_folder
from engine.experiment import Experiment, default_experiment, from_json, to_json
from engine.lessons.lesson import LESSON_FORMAT
from engine.lessons.loading import ENGLISH, MOST_BYTES, SETTINGS
from engine.lessons.problems import LessonError
from engine.lessons.text import LONGEST_TITLE

LIKELY = 200
"""Epochs of an experiment that was not trained yet."""
MOST_EPOCHS = 5000
MARGIN = 2.0
"""How many times the loss that was reached the claim allows, because other seeds end elsewhere."""

TEXT = """# {title}

Say in one sentence what a learner has seen at the end.

## Look at the data {{#look}}

Say in plain words what the points are. A number of lesson.json is named like this: there are {{points}} points.

### watch
Name what is worth looking at on the canvas.

## Train {{#train}}

Say what is about to happen, and explain each word that is new. A formula stands alone in its paragraph, or within a
sentence:

{{cost}}

### do
Press *Play* and let it train for {{epochs}} epochs.

### watch
Say which curve or picture changes, and how.

### question
Ask what a learner can answer from what is on the screen.

### answer
Give the answer, and the reason for it.

## Try it {{#try}}

Say what to change, and what comes of it.

### note
What may be skipped stands in a note.
"""


@dataclass(frozen=True, slots=True)
class Reached:
    """What the present training has come to.

    Attributes
    ----------
    lane
        Name of the lane.
    epoch
        Whole epochs.
    loss
        Training loss after them.
    """

    lane: str
    epoch: int
    loss: float


def folder_name(title: str) -> str:
    """Return a folder's name for a lesson.

    Parameters
    ----------
    title
        Of the lesson.

    Returns
    -------
    str
        Lower-case, with hyphens.

    Examples
    --------
    >>> folder_name("What λ does: L1, L2")
    'what-does-l1-l2'
    """
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].strip("-") or "lesson"


def title_problem(title: str) -> str:
    """Return why a lesson cannot have a title.

    Parameters
    ----------
    title
        As it was typed.

    Returns
    -------
    str
        A sentence; "" if it can.
    """
    if not re.search(r"\w", title):
        return "A lesson needs a title."
    if len(title) > LONGEST_TITLE:
        return f"At most {LONGEST_TITLE} characters."
    return "" if title.isprintable() else "A title is one line of plain text."


def make_lesson(
    parent: Path, title: str, experiment: Experiment, points: int, reached: Reached | None = None
) -> Path:
    """Write a lesson that can be opened at once, with words to replace.

    Parameters
    ----------
    parent
        A folder, in which a new one is made.
    title
        Without a ``title_problem``.
    experiment
        What the lesson begins with.
    points
        How many there are.
    reached
        What its first claim says; None where nothing is trained.

    Returns
    -------
    Path
        The new folder.

    Raises
    ------
    LessonError
        If the experiment is too large for a lesson.
    OSError
        If the folder cannot be written.
    """
    content = _settings(experiment, points, reached)
    if len(content.encode()) > MOST_BYTES:
        raise LessonError(
            parent, None, "the points take more room than a lesson may have; draw or import fewer"
        )
    name = folder_name(title)
    names = (name if number == 1 else f"{name}-{number}" for number in count(1))
    folder = next(parent / one for one in names if not exists(parent / one))
    make_folder(folder)
    atomic_write(folder / f"text.{ENGLISH}.md", TEXT.format(title=title.strip()).encode())
    # Last: with it, the folder is a lesson.
    atomic_write(folder / SETTINGS, content.encode())
    return folder


def _settings(experiment: Experiment, points: int, reached: Reached | None) -> str:
    epochs = min(max(reached.epoch, 1), MOST_EPOCHS) if reached is not None else LIKELY
    parts = {
        "format": LESSON_FORMAT,
        # Drawings of other tasks are the author's own.
        "experiment": _shortest(msgspec.structs.replace(experiment, drawings=())),
        "numbers": {"points": points, "epochs": epochs},
        "formulas": {"cost": "C = \\text{loss} + \\lambda_2 \\sum_l \\sum W_l^2"},
        "steps": [
            {"key": "look", "watch": ["canvas"]},
            {
                "key": "train",
                "watch": ["loss"],
                "control": "play",
                "do": {"train": epochs},
                "wait": [{"epochs": epochs}],
                "code": ["lanes.0.training.optimizer"],
            },
            {"key": "try", "watch": ["canvas", "loss"], "control": "training.learning_rate"},
        ],
        "claims": [_claim(epochs, reached)],
    }
    lines = (f"  {json.dumps(key)}: {_text(value)}" for key, value in parts.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _text(value: object) -> str:
    """Return JSON with a line for each entry of a list, and for each object that is not short."""
    if isinstance(value, list):
        inside = ",\n".join(f"    {json.dumps(one, ensure_ascii=False)}" for one in value)
        return f"[\n{inside}\n  ]"
    return json.dumps(value, ensure_ascii=False)


def _claim(epochs: int, reached: Reached | None) -> dict[str, object]:
    """Return what holds now, as far as one training can tell."""
    claim: dict[str, object] = {"key": "learns", "epochs": epochs, "seeds": 10}
    if reached is None or not isfinite(reached.loss) or reached.epoch > MOST_EPOCHS:
        return claim | {"quantity": "diverged", "at_most": 0, "share": 0.9}
    bound = float(f"{max(MARGIN * reached.loss, 1e-6):.2g}")
    about: dict[str, object] = {"quantity": "loss", "split": "training", "lane": reached.lane}
    return claim | about | {"at_most": bound, "statistic": "median"}


def _shortest(experiment: Experiment) -> dict[str, Any]:
    """Return the experiment without what has its default, as far as that says the same."""
    whole, plain = to_json(experiment), to_json(default_experiment())
    data = _without(whole["data"], plain["data"])
    lanes = [_without(lane, plain["lanes"][0], keep=("name",)) for lane in whole["lanes"]]
    # A lane's defaults are another task's in part.
    for short in ({"data": data, "lanes": lanes}, {"data": data, "lanes": whole["lanes"]}):
        rest = {key: value for key, value in whole.items() if key not in ("format", "data", "lanes")}
        rest = {key: value for key, value in rest.items() if value != plain.get(key)}
        if from_json({"format": whole["format"], **rest, **short}) == experiment:
            return {**rest, **short}
    return {key: value for key, value in whole.items() if key != "format"}


def _without(
    value: Mapping[str, Any], plain: Mapping[str, Any], keep: tuple[str, ...] = ()
) -> dict[str, Any]:
    short: dict[str, Any] = {}
    for key, one in value.items():
        default = plain.get(key)
        if key in keep or one != default:
            if isinstance(one, Mapping) and isinstance(default, Mapping) and "name" not in one:
                short[key] = _without(one, default)
            else:
                short[key] = one
    return short
