"""The examples in the engine's docstrings give what they say."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def _with_examples() -> list[str]:
    """The engine's modules whose source has a doctest prompt."""
    files = sorted((ROOT / "engine").rglob("*.py"))
    return [
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for file in files
        if ">>> " in file.read_text("utf-8")
    ]


def _failures(module: object, name: str) -> tuple[str, int]:
    """What failed, and how many examples were run."""
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    report: list[str] = []
    for example in doctest.DocTestFinder(exclude_empty=True).find(module, name):
        runner.run(example, out=report.append)
    return "".join(report), runner.tries


@pytest.mark.parametrize("name", _with_examples())
def test_examples_in_docstrings_are_true(name: str):
    failed, tried = _failures(importlib.import_module(name), name)
    assert not failed, failed
    assert tried, f"{name} has a prompt outside a docstring"


def test_an_example_that_is_not_true_fails():
    module = type(doctest)("made_up")
    module.__doc__ = ">>> 1 + 1\n3\n"
    failed, tried = _failures(module, "made_up")
    assert "Got:\n    2" in failed
    assert tried == 1
