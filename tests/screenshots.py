"""``python -m tests.screenshots``: the pictures of the documentation, taken from the real window."""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from engine.experiment import edit_many, preset_experiment, switch_generator
from engine.experiment.lanes import with_duplicate
from engine.experiment.settings import SweepAxis
from gui_app.startup.application import make_application, make_window
from gui_app.startup.demonstration import paint_arms
from gui_app.window.main_window import MainWindow
from tests.benchmarks.probe import live

FOLDER = Path("docs/pictures")
IN_README = (
    "spiral-dark",
    "overfitting-light",
    "vanishing-dark",
    "two-lanes-light",
    "four-lanes-dark",
    "lesson-light",
    "sweep-dark",
    "sweep-light",
)


Apart = tuple[str, dict[str, object]]
"""The name of a lane, and what sets it apart from the first one."""


@dataclass(frozen=True)
class Shot:
    """One picture: size, theme, the data set (None: drawn by hand) with changed settings, or an example of the
    catalogue, and epochs of training.
    """

    name: str
    theme: str
    size: tuple[int, int] = (1280, 720)
    generator: str | None = "spiral"
    changes: dict[str, object] = field(default_factory=dict)
    example: str = ""
    epochs: int = 0
    lanes: tuple[Apart, ...] = ()
    """Further lanes."""
    playing: bool = False
    axes: tuple[tuple[str, tuple[float, ...]], ...] = ()
    """Of a sweep: settings with their values; a cell near its best corner is chosen."""
    seeds: int = 1
    lesson: tuple[str, int] = ("", 0)
    """A lesson by its name, and the index of a step; what the step can do for a person is done."""


DROPOUT: Apart = ("dropout", {"regularization.dropout.rate": 0.5})
L2: Apart = ("L2", {"regularization.l2": 0.003})
TANH: Apart = ("tanh", {"network.activation": "tanh", "network.initializer": "glorot_uniform"})
NARROW: Apart = ("two neurons", {"network.hidden": [2]})
WEAK_L2: Apart = ("L2", {"regularization.l2": 0.001})

L2_AXIS = ("regularization.l2", (0.0, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01))
RATES = ("training.learning_rate", (3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0))
FEW_L2, FEW_RATES = (
    ("regularization.l2", (0.0, 1e-4, 0.01)),
    ("training.learning_rate", (0.003, 0.03, 0.3)),
)

SHOTS = (
    Shot("spiral-light", "light", (1440, 900), epochs=400, playing=True),
    Shot("spiral-dark", "dark", (1440, 900), epochs=400, playing=True),
    Shot("small-light", "light", epochs=200),
    Shot("large-dark", "dark", (1920, 1080), epochs=200),
    Shot("drawn-light", "light", (1440, 900), None, epochs=60),
    Shot("overfitting-light", "light", (1440, 900), example="overfits", epochs=300),
    Shot("curve-dark", "dark", (1440, 900), "sine", {"data.generator.noise": 0.15}, epochs=600),
    Shot("surface-light", "light", (1440, 900), "bumps", epochs=300),
    Shot("two-lanes-light", "light", (1440, 900), example="overfits", epochs=300, lanes=(DROPOUT,)),
    Shot("two-lanes-small-dark", "dark", example="overfits", epochs=300, lanes=(DROPOUT,)),
    Shot("three-lanes-light", "light", (1440, 900), example="overfits", epochs=300, lanes=(DROPOUT, L2)),
    Shot("four-lanes-dark", "dark", (1440, 900), epochs=2500, lanes=(TANH, NARROW, WEAK_L2)),
    Shot("four-lanes-small-light", "light", epochs=2500, lanes=(TANH, NARROW, WEAK_L2)),
    Shot("four-lanes-large-light", "light", (1920, 1080), epochs=2500, lanes=(TANH, NARROW, WEAK_L2)),
    Shot("seeds-light", "light", (1440, 900), "moons", {"lanes.0.repeats": 5}, epochs=300, lanes=(DROPOUT,)),
    Shot(
        "seeds-small-dark", "dark", (1280, 720), "moons", {"lanes.0.repeats": 5}, epochs=300, lanes=(DROPOUT,)
    ),
    Shot(
        "sweep-dark",
        "dark",
        (1440, 900),
        "spiral",
        {"data.generator.noise": 0.2},
        epochs=400,
        axes=(L2_AXIS, RATES),
    ),
    Shot(
        "sweep-light",
        "light",
        (1440, 900),
        "moons",
        {"data.generator.noise": 0.3},
        epochs=400,
        axes=(L2_AXIS, RATES),
    ),
    Shot("sweep-small-light", "light", (1280, 720), "moons", epochs=200, axes=(L2_AXIS, RATES)),
    Shot("sweep-large-light", "light", (1920, 1080), "spiral", epochs=400, axes=(L2_AXIS, RATES)),
    Shot("sweep-large-dark", "dark", (1920, 1080), "bumps", epochs=200, axes=(L2_AXIS, RATES)),
    Shot("sweep-empty-light", "light", (1280, 720), "moons", axes=(L2_AXIS, RATES)),
    Shot("sweep-curve-light", "light", (1440, 900), "sine", epochs=300, axes=(L2_AXIS, RATES), playing=True),
    Shot("sweep-surface-dark", "dark", (1280, 720), "bumps", epochs=200, axes=(L2_AXIS, RATES)),
    Shot("sweep-one-axis-dark", "dark", (1280, 720), "spiral", epochs=200, axes=(RATES,), seeds=5),
    Shot("sweep-seeds-light", "light", (1440, 900), "moons", epochs=200, axes=(FEW_L2, FEW_RATES), seeds=7),
    Shot(
        "sweep-diverged-light",
        "light",
        (1440, 900),
        "bumps",
        {"lanes.0.training.optimizer": "sgd"},
        epochs=100,
        axes=(L2_AXIS, RATES),
    ),
    Shot("vanishing-dark", "dark", (1440, 900), example="vanishing_gradient", epochs=300),
    Shot("lesson-light", "light", (1440, 900), lesson=("cost", 2)),
    Shot("lesson-small-dark", "dark", (1280, 720), lesson=("chain", 1)),
)


def take(app: QApplication, shot: Shot, folder: Path, scratch: Path) -> Path:
    """Take one picture."""
    settings = QSettings(str(scratch / f"{shot.name}.ini"), QSettings.Format.IniFormat)
    settings.setValue("appearance", shot.theme)
    settings.setValue("speed/slow_start", False)
    window = make_window(app, settings)
    window.resize(*shot.size)
    window.show()
    _prepare(window, shot)
    live(app, lambda: window.link.settled, 60.0)
    if shot.lesson[0]:
        _do_step(app, window)
        return _keep(window, folder / f"{shot.name}.png")
    window.link.set_playing(True)
    live(app, lambda: (newest := window.link.latest) is not None and newest.epoch >= shot.epochs, 120.0)
    if not shot.playing:
        window.link.set_playing(False)
        live(app, lambda: window.link.settled, 5.0)
    live(app, lambda: False, 0.3)
    return _keep(window, folder / f"{shot.name}.png")


def _do_step(app: QApplication, window: MainWindow) -> None:
    player = window.lessons.player
    if player.step is not None and player.step.do is not None:
        player.do_it()
        live(app, lambda: not player.is_doing and window.link.settled, 120.0)
    live(app, lambda: False, 2.0)


def _keep(window: MainWindow, path: Path) -> Path:
    window.grab().save(str(path))
    window.document.stack.setClean()
    window.close()
    return path


def _prepare(window: MainWindow, shot: Shot) -> None:
    if shot.lesson[0]:
        key, step = shot.lesson
        found = window.lessons.course.find(key)
        assert found is not None
        window.lessons.open_built_in(found, step)
    elif shot.example:
        window.document.reset(preset_experiment(shot.example))
    elif shot.generator is None:
        paint_arms(window.document, window.canvas, window.tools)
    else:
        experiment = switch_generator(window.document.experiment, shot.generator)
        window.document.reset(edit_many(experiment, shot.changes))
    experiment = window.document.experiment
    for name, changes in reversed(shot.lanes):
        experiment, _ = with_duplicate(experiment, 0, changes, name)
    if shot.lanes:
        window.document.reset(experiment)
    if shot.axes:
        window.complete()
        window.sweep.start(tuple(SweepAxis(*axis) for axis in shot.axes), shot.seeds)
        window.sweep.choose((2, 3)[: len(shot.axes)] if len(shot.axes[0][1]) > 4 else (1, 1))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots")
    parser.add_argument("--into", type=Path, default=FOLDER, metavar="DIR")
    names = [shot.name for shot in SHOTS]
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", choices=names, default=IN_README, help=", ".join(names)
    )
    options = parser.parse_args()
    options.into.mkdir(parents=True, exist_ok=True)
    app = make_application([])
    app.setQuitOnLastWindowClosed(False)
    with tempfile.TemporaryDirectory() as scratch:
        for shot in SHOTS:
            if shot.name in options.only:
                print(f"wrote {take(app, shot, options.into, Path(scratch))}", flush=True)


if __name__ == "__main__":
    main()
