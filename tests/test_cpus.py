"""The run of tests under every instruction set that the processor has."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

TOOL = Path(__file__).parents[1] / "tools" / "test_cpus.py"


@pytest.fixture
def cpus() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tool_test_cpus", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("best", "found"),
    [
        ("AVX512", ["default", "avx2", "avx512"]),
        ("AVX2", ["default", "avx2"]),
        ("DEFAULT", ["default"]),
        ("SVE256", ["default"]),
    ],
)
def test_only_what_the_processor_has_is_asked_of_it(cpus, monkeypatch, best, found):
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: best)
    assert cpus.capabilities() == found


@pytest.mark.parametrize("bad", [None, ("avx2", "2")])
def test_each_is_run_with_one_and_two_threads_and_one_failure_fails_all(cpus, monkeypatch, capsys, bad):
    runs = []

    def run(command, env, check):
        runs.append((env["ATEN_CPU_CAPABILITY"], env["TEST_TORCH_THREADS"]))
        assert command[-2:] == ["-k", "something"]
        return type("Result", (), {"returncode": int(runs[-1] == bad)})

    monkeypatch.setattr(cpus.subprocess, "run", run)
    monkeypatch.setattr(cpus, "capabilities", lambda: ["default", "avx2"])
    monkeypatch.setattr(cpus.sys, "argv", ["test_cpus.py", "-k", "something"])
    assert cpus.main() == (bad is not None)
    assert runs == [("default", "1"), ("default", "2"), ("avx2", "1"), ("avx2", "2")]
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == ("=== failed under: avx2, 2 threads" if bad else "=== all passed under each")


def test_the_suites_that_it_names_by_itself_are_those_of_the_engine(cpus):
    for suite in cpus.SUITES:
        assert (TOOL.parents[1] / suite).is_dir()
