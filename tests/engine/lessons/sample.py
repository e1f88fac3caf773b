"""A small lesson in files, and ways to break it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

TEXT = """# Overfitting

It learns the noise
by heart.

## Look {#look}

There are {points} points, and {{braces}}.

{cost}

### question
When would you *stop*?

### answer
At the lowest {cost} there is.

## Cure {#cure}

- Raise **λ**.
- Press `Space`.

### do
Raise it to {rate}.
"""
SETTINGS: dict[str, Any] = {
    "format": "neural-sketchbook-lesson/1",
    "experiment": {
        "data": {"generator": {"name": "moons", "points": 40}},
        "lanes": [{"network": {"hidden": [3]}}],
    },
    "numbers": {"points": 1200, "rate": 0.0030},
    "formulas": {"cost": "C = L + P"},
    "steps": [
        {"key": "look", "watch": ["canvas"]},
        {
            "key": "cure",
            "set": {"lanes.0.network.hidden": [4]},
            "watch": ["loss"],
            "control": "regularization.l2",
            "do": {"set": {"lanes.0.regularization.l2": 0.003}, "restart": True, "train": 20},
            "wait": [{"setting": "lanes.0.regularization.l2", "at_least": 0.001}],
            "code": ["lanes.0.regularization.l2"],
        },
    ],
    "claims": [
        {
            "key": "learns",
            "epochs": 3,
            "seeds": 10,
            "quantity": "loss",
            "split": "training",
            "at_most": 5.0,
            "share": 0.9,
        }
    ],
}


def write(
    folder: Path,
    text: str = TEXT,
    change: Callable[[dict[str, Any]], object] | None = None,
    name: str = "02-overfitting",
) -> Path:
    """Write the sample as a lesson's folder; ``change`` may alter its settings first."""
    settings = json.loads(json.dumps(SETTINGS))
    if change is not None:
        change(settings)
    lesson = folder / name
    lesson.mkdir(parents=True, exist_ok=True)
    (lesson / "lesson.json").write_text(json.dumps(settings, indent=1), encoding="utf-8")
    (lesson / "text.en.md").write_text(text, encoding="utf-8")
    return lesson
