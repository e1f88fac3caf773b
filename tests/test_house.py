"""Who may import what, measured in a fresh process: the parts that an import contract cannot see."""

import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TORCH = {"torch"}
SCREEN = {"PySide6", "shiboken6", "pyqtgraph", "gui_app"}


def modules_below(package: str) -> list[str]:
    folder = ROOT.joinpath(*package.split("."))
    found = pkgutil.walk_packages([str(folder)], f"{package}.")
    # A __main__ is the program itself; importing it is another test's business.
    return [package, *sorted(m.name for m in found if not m.name.endswith("__main__"))]


def loaded_after_importing(*modules: str) -> set[str]:
    """The top-level packages that a fresh process has loaded after importing these."""
    code = (
        "import importlib, sys\n"
        "for name in sys.argv[1:]: importlib.import_module(name)\n"
        "print(*{name.partition('.')[0] for name in sys.modules}, sep='\\n')"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, *modules],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return set(result.stdout.split())


@pytest.mark.parametrize("room", ["engine.catalogue", "engine.experiment", "engine.data"])
def test_a_room_that_the_window_needs_at_once_leaves_torch_alone(room: str):
    brought = TORCH & loaded_after_importing(*modules_below(room))
    assert not brought


def test_importing_the_engine_brings_no_torch():
    brought = TORCH & loaded_after_importing("engine")
    assert not brought


@pytest.mark.parametrize("module", ["engine.observation.diagnosis", "gui_app.diagnosis.diagnosis"])
def test_a_diagnosis_needs_no_torch(module: str):
    brought = TORCH & loaded_after_importing(module)
    assert not brought


def test_the_whole_engine_knows_no_screen():
    brought = SCREEN & loaded_after_importing(*modules_below("engine"))
    assert not brought


@pytest.mark.parametrize("module", ["gui_app.window.main_window", "gui_app.__main__"])
def test_the_window_is_up_before_torch(module: str):
    brought = TORCH & loaded_after_importing(module)
    assert not brought
