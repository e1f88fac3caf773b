"""Who may import what, measured in a fresh process: the parts that an import contract cannot see."""

import ast
import pkgutil
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TORCH = {"torch"}
SCREEN = {"PySide6", "shiboken6", "pyqtgraph", "gui_app"}


CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


def modules_below(package: str) -> list[str]:
    folder = ROOT.joinpath(*package.split("."))
    found = pkgutil.walk_packages([str(folder)], f"{package}.")
    # A __main__ is the program itself; importing it is another test's business.
    return [package, *sorted(m.name for m in found if not m.name.endswith("__main__"))]


def layers_of(contract: dict) -> dict[str, list[str]]:
    """The layers of each room that a contract orders, from the top down.

    Modules that are independent of one another are one layer, above those that they may import.
    """
    if contract["type"] != "independence":
        return dict.fromkeys(contract.get("containers", ()), contract.get("layers", []))
    (container,) = (modules.removesuffix(".*") for modules in contract["modules"])
    allowed = (ignored.partition(" -> ")[2] for ignored in contract["ignore_imports"])
    low = {module.removeprefix(f"{container}.").partition(".")[0] for module in allowed}
    folder = str(ROOT.joinpath(*container.split(".")))
    high = [module.name for module in pkgutil.iter_modules([folder]) if module.name not in low]
    return {container: [" | ".join(high), *sorted(low)]}


LAYERS = {room: layers for contract in CONTRACTS for room, layers in layers_of(contract).items()}


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


@pytest.mark.parametrize(
    "module", ["engine.observation.diagnosis", "gui_app.diagnosis.diagnosis", "engine.export.code"]
)
def test_a_diagnosis_and_a_script_need_no_torch(module: str):
    brought = TORCH & loaded_after_importing(module)
    assert not brought


def test_the_whole_engine_knows_no_screen():
    brought = SCREEN & loaded_after_importing(*modules_below("engine"))
    assert not brought


@pytest.mark.parametrize("module", ["gui_app.window.main_window", "gui_app.__main__"])
def test_the_window_is_up_before_torch(module: str):
    brought = TORCH & loaded_after_importing(module)
    assert not brought


def imported_modules(file: Path) -> Iterator[str]:
    """What a file imports anywhere in it, also inside functions and for type checkers alone."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def imports_against(layers: list[str], container: str) -> set[str]:
    """Imports between the rooms of a container that lead up, or across where rooms are independent."""
    level = {room.strip(): n for n, layer in enumerate(layers) for room in layer.split("|")}
    folder, wrong = ROOT.joinpath(*container.split(".")), set()
    for file in folder.rglob("*.py"):
        room = file.relative_to(folder).with_suffix("").parts[0]
        for module in imported_modules(file):
            other = module.removeprefix(f"{container}.").partition(".")[0]
            inside = module.startswith(f"{container}.") and {room, other} <= level.keys()
            if inside and room != other and level[other] <= level[room]:
                wrong.add(f"{file.relative_to(ROOT)} imports {module}")
    return wrong


@pytest.mark.parametrize("container", LAYERS)
def test_rooms_keep_their_layers_also_for_type_checkers(container: str):
    assert not imports_against(LAYERS[container], container)


def test_an_import_that_leads_up_is_found_wherever_it_stands(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    for room, code in {
        "top": "from house.low import x\n",
        "low": "if TYPE_CHECKING:\n    from house.top import y\n",
        "side": "def f():\n    import house.low\n",
    }.items():
        (tmp_path / "house" / room).mkdir(parents=True)
        (tmp_path / "house" / room / "code.py").write_text(code)
    assert imports_against(["top", "low | side"], "house") == {
        "house/low/code.py imports house.top.y",
        "house/side/code.py imports house.low",
    }


FIXED_LANE = re.compile(r"lanes\[\s*-?\d+\s*\]|lanes\.\d|lanes\.\{\d+\}")


def test_only_the_session_knows_which_lane_is_current():
    """Panels, plots and messages ask ``CurrentLane``: no source of the window picks a lane by a number of its own."""
    sources = {path: path.read_text() for path in (ROOT / "gui_app").rglob("*.py")}
    assert len(sources) > 100
    assert {
        str(path): FIXED_LANE.findall(text) for path, text in sources.items() if FIXED_LANE.search(text)
    } == {}


@pytest.mark.parametrize(
    "text", ["snapshot.lanes[0]", "lanes[-1]", '"lanes.0.seed"', 'f"lanes.{0}.seed"', 'LANE = "lanes.0"']
)
def test_a_fixed_lane_is_found_however_it_is_written(text: str):
    assert FIXED_LANE.search(text)


HOME = {"home", "expanduser"}
"""They raise where a user has no home."""
QUESTIONS = {
    "exists", "resolve", "is_file", "is_dir", "is_symlink", "stat", "lstat", "mkdir", "makedirs", "iterdir", "listdir",
    "scandir", "glob", "rglob", "read_bytes", "unlink", "samefile", "absolute", "touch", "rename", *HOME,
}  # fmt: skip
"""Functions of ``os`` and ``pathlib`` that raise for a name that is too long, a circle of links, a closed folder …"""
ANSWERED = (
    "engine/data/file_system.py", "engine/data/files.py", "engine/data/bounded_reading.py", "engine/data/kept_run.py",
    "engine/data/leftovers.py",
    "engine/service/child_faults.py", "engine/service/kept.py", "engine/service/shared_memory.py", "engine/tape/",
    "gui_app/startup/crashes.py", "gui_app/startup/log.py", "gui_app/startup/recovery/",
)  # fmt: skip
"""The place for these questions, and modules that ask about folders of the app's own, where they expect failures."""
AT_HOME = ("engine/data/file_system.py", "engine/tape/")
"""Those of them that expect a user without a home."""
OTHER_THINGS = {"self._library.rename"}
"""Calls with the name of a question that ask for something else."""


def questions_in(code: str) -> list[str]:
    """The calls of a source that ask the file system."""
    calls = (node.func for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call))
    found = [
        ast.unparse(call) for call in calls if isinstance(call, ast.Attribute) and call.attr in QUESTIONS
    ]
    return [call for call in found if call not in OTHER_THINGS]


def is_answered(file: str, question: str) -> bool:
    return file.startswith(AT_HOME if question.rpartition(".")[2] in HOME else ANSWERED)


def test_the_file_system_is_asked_in_one_place():
    files = [file for room in ("engine", "gui_app") for file in (ROOT / room).rglob("*.py")]
    stray = {
        name: found
        for file in files
        for name in [file.relative_to(ROOT).as_posix()]
        if (found := [one for one in questions_in(file.read_text()) if not is_answered(name, one)])
    }
    assert stray == {}, "ask engine.data.file_system instead: it has an answer for every path"


@pytest.mark.parametrize(
    "code",
    [
        "path.exists()",
        "Path(name).resolve()",
        "os.stat(name)",
        "a.b.stat().st_size",
        "Path.home()",
        "path.rename(name)",
    ],
)
def test_a_question_to_the_file_system_is_found(code: str):
    assert questions_in(f"def f():\n    return {code}\n")
