"""What the README shows works as it is written there."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.__main__ import main
from tests.engine.export.plain import Exported

README = Path(__file__).parents[3] / "README.md"


def test_the_snippet_answers_as_the_run_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (snippet,) = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    assert main(["new"]) == 0
    Path("in.json").write_text(capsys.readouterr().out, "utf-8")
    assert main(["run", "in.json", "--epochs", "2", "--out", os.curdir, "--json"]) == 0
    names: dict[str, Any] = {}
    capsys.readouterr()
    exec(snippet, names)
    exported = Exported(Path())
    with torch.no_grad():
        expected = exported.model()(names["features"])
    torch.testing.assert_close(names["answer"].detach(), expected)
    assert names["answer"].dtype == torch.float64
    assert f"{expected.softmax(1)[0, 0]:.4f}" in capsys.readouterr().out
