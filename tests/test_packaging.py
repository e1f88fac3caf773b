"""What a person gets who installs this: versions that work, a whole wheel, a set-up that runs once."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PACKAGES = ("engine", "gui_app", "resources")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = (None, "fast", "statistics", "sobol", "dask", "parquet", "test", "dev")


def requirements(extra: str | None = None) -> list[Requirement]:
    listed = PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
    return [Requirement(line) for line in listed if not line.startswith(PROJECT["name"])]


def constraint_lines() -> list[str]:
    text = (ROOT / "constraints.txt").read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def pins() -> dict[str, Version]:
    return {canonicalize_name(n): Version(v) for n, v in (line.split("==") for line in constraint_lines())}


def run(*command: str | Path, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, timeout=120, check=False, **options
    )


# --- PySide6 -----------------------------------------------------------------------------------------


def test_the_allowed_pyside_leaves_out_the_release_that_aborts():
    (pyside,) = (r for r in requirements() if canonicalize_name(r.name) == "pyside6-essentials")
    assert "6.11.3" in pyside.specifier
    assert "6.12.0" not in pyside.specifier
    assert "6.12.1" not in pyside.specifier


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="the fault shows on Python 3.11 and older")
def test_the_installed_pyside_is_older_than_the_fault():
    assert Version(metadata.version("PySide6_Essentials")) < Version("6.12")


def test_void_qt_calls_do_not_wear_out_none():
    calls = "from PySide6.QtCore import QObject\nfor _ in range(20_000): QObject().setObjectName('x')"
    result = run(sys.executable, "-c", calls)
    assert result.returncode == 0, result.stderr


# --- constraints.txt ---------------------------------------------------------------------------------


@pytest.mark.parametrize("line", constraint_lines())
def test_a_constraint_is_one_exact_release_and_nothing_else(line: str):
    assert re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9a-z.]*", line)


def test_constraints_satisfy_the_ranges_of_the_project():
    pinned = pins()
    for requirement in [requirement for extra in EXTRAS for requirement in requirements(extra)]:
        assert pinned[canonicalize_name(requirement.name)] in requirement.specifier


def test_constraints_pin_everything_that_gets_installed():
    pinned, seen = pins(), set()
    environment = {**default_environment(), "extra": ""}
    waiting = [requirement for extra in EXTRAS for requirement in requirements(extra)]
    while waiting:
        name = canonicalize_name(waiting.pop().name)
        # The CUDA companions of PyTorch's full build are pinned by PyTorch itself.
        if name in seen or name.startswith(("nvidia-", "cuda-", "triton")):
            continue
        seen.add(name)
        assert name in pinned, f"{name} is not in constraints.txt"
        needed = map(Requirement, metadata.requires(name) or [])
        waiting += [r for r in needed if r.marker is None or r.marker.evaluate(environment)]
    if sys.platform == "linux":
        assert set(pinned) == seen, "constraints.txt names packages that nothing needs"


# --- the wheel ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy, so that the tree stays clean and stale build files play no part."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__"))
    # A file in pyproject's `readme` is needed to build.
    for file in [ROOT / "pyproject.toml", *ROOT.glob("README*")]:
        shutil.copy(file, source)
    result = run(
        *(sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-deps"),
        *("--no-index", "--no-build-isolation", "--wheel-dir", out, source),
    )
    assert result.returncode == 0, result.stderr
    (built,) = out.glob("*.whl")
    return built


def shipped_files() -> set[str]:
    files = (path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file())
    relative = (path.relative_to(ROOT) for path in files)
    return {p.as_posix() for p in relative if "__pycache__" not in p.parts and not p.name.startswith(".")}


def test_the_wheel_holds_every_file_of_the_packages_and_no_other(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == shipped_files()


@pytest.mark.parametrize("package", PACKAGES)
def test_the_wheel_holds_each_package(wheel: Path, package: str):
    with zipfile.ZipFile(wheel) as archive:
        assert any(name.startswith(f"{package}/") for name in archive.namelist())


def test_the_wheel_brings_the_command_and_the_command_exists(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        (entry_points,) = (name for name in archive.namelist() if name.endswith("/entry_points.txt"))
        assert "neural-sketchbook = gui_app.__main__:main" in archive.read(entry_points).decode()
        assert re.search(r"^def main\(", archive.read("gui_app/__main__.py").decode(), re.MULTILINE)


def test_resources_are_found_from_the_wheel(wheel: Path, tmp_path: Path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    code = (
        "import importlib.resources as r\n"
        "def walk(t): return [t.name] if t.is_file() else [n for c in t.iterdir() for n in walk(c)]\n"
        "import engine; print(engine.__file__); print(*walk(r.files('resources')), sep='\\n')"
    )
    result = run(sys.executable, "-c", code, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert result.returncode == 0, result.stderr
    engine_file, *found = result.stdout.splitlines()
    assert Path(engine_file).is_relative_to(tmp_path)
    assert {Path(f).name for f in shipped_files() if f.startswith("resources/")} <= set(found)


# --- make --------------------------------------------------------------------------------------------

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@needs_make
def test_help_lists_every_target():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    listed = set(re.findall(r"^  ([a-z]+)  ", run("make", "-s", cwd=ROOT).stdout, re.MULTILINE))
    assert targets == listed
    assert {"help", "run", "test", "bench", "lint", "screenshots", "clean"} <= targets


@pytest.fixture
def set_up_tree(tmp_path: Path) -> Path:
    """The files that make looks at, as they lie after a set-up that worked."""
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    venv_bin = tmp_path / ".venv" / "bin"
    venv_bin.mkdir(parents=True)
    (venv_bin / "python").symlink_to(sys.executable)
    (tmp_path / ".venv" / ".installed").write_text(f"{tmp_path.resolve()}\n", "utf-8")
    for stamp in (".system-window", ".system-screen"):
        (tmp_path / ".venv" / stamp).touch()
    return tmp_path


def planned(tree: Path, target: str) -> str:
    # make hands its own variables down when it runs these tests; they are not meant for this one.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE") and k != "MFLAGS"}
    result = run("make", "-n", target, cwd=tree, env=environment)
    assert result.returncode == 0, result.stderr
    return result.stdout


@needs_make
@pytest.mark.parametrize("target", ["run", "test", "bench", "lint", "screenshots"])
def test_a_second_make_sets_nothing_up(set_up_tree: Path, target: str):
    plan = planned(set_up_tree, target)
    assert "setup.sh" not in plan
    assert "system_packages.sh" not in plan


@needs_make
def test_where_there_is_no_jax_one_sentence_says_so(set_up_tree: Path):
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "PIP_")) and k != "MFLAGS"
    }
    nothing = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
    result = run("make", "bench-peers", cwd=set_up_tree, env={**environment, **nothing})
    assert result.returncode == 0, result.stderr
    *_, sentence = result.stdout.splitlines()
    assert sentence.startswith(
        "JAX cannot be installed here, so that only make bench compares, with eager PyTorch: "
    )
    assert "jax" in sentence.rpartition(":")[2]
    assert not (set_up_tree / ".venv-peers").exists()


@needs_make
@pytest.mark.parametrize("changed", ["pyproject.toml", "constraints.txt"])
def test_a_change_of_the_requirements_sets_up_again(set_up_tree: Path, changed: str):
    stamp = set_up_tree / ".venv" / ".installed"
    later = stamp.stat().st_mtime + 10
    os.utime(set_up_tree / changed, (later, later))
    assert "setup.sh" in planned(set_up_tree, "run")


@needs_make
def test_a_folder_that_was_moved_is_set_up_again(set_up_tree: Path):
    (set_up_tree / ".venv" / ".installed").write_text("/somewhere/else\n", "utf-8")
    assert "setup.sh" in planned(set_up_tree, "run")
