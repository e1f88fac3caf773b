"""Files of models: each lane's own, and none from before taken for one of this run."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.experiment import Experiment, edit
from engine.export.history_files import HISTORY_FILES, HistoryFile
from engine.export.names import left_files_sentence, model_names
from engine.export.writing import NotAllWritten
from engine.training.models import export_best, save_models
from engine.training.saving import save_run
from tests.engine.helpers import experiment, lane, trained, with_lanes


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["A", "B"], ["A", "B"]),
        (["a/b", "a b", "a_b"], ["a_b", "a_b-2", "a_b-3"]),
        (["A", "a"], ["A", "a-2"]),
        (["..", "/", "λ = 0.1"], ["_", "_-2", "λ_0.1"]),
        (["a-2", "a", "A"], ["a-2", "a", "A-3"]),
        (["A", "A-best"], ["A", "A-best-2"]),
        (["a-BEST", "A"], ["a-BEST-2", "A"]),
        (["A-best"], ["A-best"]),
    ],
)
def test_names_become_names_of_files_each_its_own(names: list[str], expected: list[str]) -> None:
    assert model_names(names) == [(f"model-{part}.pt", f"model-{part}-best.pt") for part in expected]


@given(st.lists(st.sampled_from(["A", "a", "A-best", "A-2", "A-2-best", "a-best-best", "A/", "B"])))
def test_no_two_lanes_share_a_file(names: list[str]) -> None:
    files = [name.casefold() for name in chain.from_iterable(model_names(names))]
    assert len(set(files)) == 2 * len(names)


def two(names: tuple[str, str], **data: object) -> Experiment:
    settings = experiment({f"data.{path}": value for path, value in data.items()})
    return with_lanes(settings, *(lane(name, {"seed": seed}) for seed, name in enumerate(names)))


def test_the_best_weights_of_a_lane_are_where_they_are_looked_for(tmp_path: Path) -> None:
    trainer = trained(two(("A-best", "A")), 3)
    save_models(trainer, tmp_path)
    best = export_best(trainer, "A")
    assert best is not None
    saved = torch.load(tmp_path / "model-A-best.pt", weights_only=True)
    assert all(torch.equal(saved[key], value) for key, value in best.state_dict().items())


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*.pt")}


def test_the_best_weights_of_an_earlier_run_do_not_stay_beside_a_run_without(tmp_path: Path) -> None:
    save_run(trained(two(("A", "B")), 2), tmp_path)
    bare = edit(two(("A", "B")), "data.split.validation", 0.0)
    saved = save_run(trained(bare, 2), tmp_path)
    assert names(tmp_path) == {"model-A.pt", "model-B.pt"}
    assert saved.left == []


def test_a_file_that_cannot_be_taken_away_is_named_and_all_others_are_written(tmp_path: Path) -> None:
    """First of all that is named, because it stands beside the model of a run that has no best epoch."""
    (tmp_path / "model-Z-best.pt").mkdir()
    for name in ("model-B.pt", "model-C.pt", "model-D.pt"):
        (tmp_path / name).touch()
    bare = edit(with_lanes(experiment(), lane("Z")), "data.split.validation", 0.0)
    saved = save_run(trained(bare, 2), tmp_path)
    assert "model-Z.pt" in {path.name for path in saved.paths}
    assert all(path.is_file() for path in saved.paths)
    words = left_files_sentence(list(map(str, saved.left)))
    assert words.startswith("Left from before, not of this run: model-Z-best.pt, ")


@pytest.mark.expects_log("stops.csv could not be made")
def test_what_fails_keeps_no_other_file_from_being_written_and_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the disk is not to blame."""
    (tmp_path / "model-A-best.pt").mkdir()

    def fail(*_: object) -> str:
        raise RuntimeError("a column is odd")

    monkeypatch.setitem(HISTORY_FILES, "stops.csv", HistoryFile(fail))
    with pytest.raises(NotAllWritten, match=r"a column is odd \(and 1 more\)") as caught:
        save_run(trained(two(("A", "B")), 2), tmp_path)
    assert {path.name for path in caught.value.failures} == {"stops.csv", "model-A-best.pt"}
    files = {path.name for path in tmp_path.iterdir() if path.is_file()}
    assert files == {"model-A.pt", "model-B.pt", "model-B-best.pt", *HISTORY_FILES} - {"stops.csv"}


def test_models_of_lanes_that_are_no_more_stay_and_are_named(tmp_path: Path) -> None:
    """Nobody can tell them from what a person has put there."""
    save_run(trained(two(("A", "B")), 1), tmp_path)
    saved = save_run(trained(with_lanes(experiment(), lane("A")), 1), tmp_path)
    assert [path.name for path in saved.left] == ["model-B-best.pt", "model-B.pt"]
    assert all(path.exists() for path in saved.left)


def test_what_is_left_is_said_in_a_sentence() -> None:
    assert left_files_sentence([]) == ""
    assert left_files_sentence(["out/model-B.pt"]) == "Left from before, not of this run: model-B.pt."
    many = [f"out/model-{name}.pt" for name in "BCDEF"]
    assert left_files_sentence(many).endswith(": model-B.pt, model-C.pt, model-D.pt and 2 more.")
