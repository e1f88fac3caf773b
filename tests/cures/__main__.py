"""``python -m tests.cures`` tries every cure of every finding and writes the table into docs/diagnosis.md.

With ``--presets`` it tries all remedies of the demonstrations instead, on 20 seeds, and prints how many kept their
promise; with ``--findings`` all runs, healthy and sick, on 12 seeds, and prints what is told of them.
"""

from __future__ import annotations

import argparse
import pickle
from collections.abc import Sequence
from pathlib import Path

import torch

from engine.catalogue.presets import PRESETS, SHOWN_AFTER
from engine.experiment import edit_many, preset_experiment
from engine.training.trainer import Trainer
from tests.cures import table
from tests.cures.situations import Situation, situations
from tests.cures.trial import Outcome, Trial, lanes_of
from tests.engine.observation.diagnosed_runs import RUNS
from tests.engine.observation.watched import share, watch

SEEDS = 10
PRESET_SEEDS = 20
FINDING_SEEDS = 12


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.cures", description=__doc__.splitlines()[0])
    parser.add_argument("--presets", action="store_true", help="the demonstrations' remedies instead")
    parser.add_argument(
        "--findings", action="store_true", help="what is told of healthy and sick runs instead"
    )
    parser.add_argument("--first-seed", type=int, default=0, metavar="N", help="of those runs (default: 0)")
    parser.add_argument("--only", default="", metavar="WORDS", help="situations or findings with these words")
    parser.add_argument(
        "--keep", type=Path, metavar="FILE", help="keep outcomes there, and take those that are there"
    )
    parser.add_argument("--print", action="store_true", help="print the table, and leave the page as it is")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    if options.presets:
        _try_presets()
        return
    if options.findings:
        _tell_findings(range(options.first_seed, options.first_seed + FINDING_SEEDS), options.only)
        return
    chosen = [one for one in situations() if options.only in f"{one.name} {one.code}"]
    outcomes = [outcome for one in chosen for outcome in _kept(one, options.keep)]
    if options.print or options.only:
        print(table.text(outcomes, SEEDS))
    else:
        table.write(outcomes, SEEDS)


def _kept(situation: Situation, file: Path | None) -> list[Outcome]:
    """As ``_try``, but for what a former, perhaps interrupted, call has left in the file."""
    known: dict[str, list[Outcome]] = pickle.loads(file.read_bytes()) if file and file.exists() else {}
    if situation.name not in known:
        known[situation.name] = _try(situation)
        if file:
            file.write_bytes(pickle.dumps(known))
    return known[situation.name]


def _try(situation: Situation) -> list[Outcome]:
    trial = Trial(situation, range(SEEDS))
    outcomes = trial.run()
    found = sum(one is not None for one in trial.found)
    print(f"{situation.name}: {situation.code} on {found} of {SEEDS} seeds", flush=True)
    return outcomes


def _tell_findings(seeds: Sequence[int], only: str) -> None:
    silent: list[bool] = []
    right: list[bool] = []
    for run in (run for run in RUNS if only in run.name):
        told = watch(run, seeds)
        good = [one.right(run) if run.codes else one.silent() for one in told]
        (right if run.codes else silent).extend(good)
        others = sorted({code for one in told for code in one.beside(run)})
        if not all(good) or others:
            print(
                f"{run.name}: {sum(good)} of {len(seeds)}; also told: {', '.join(others) or 'nothing'}",
                flush=True,
            )
    for words, good in (("healthy, silent", silent), ("sick, the right cause first", right)):
        if good:
            print(f"{words}: {sum(good)} of {len(good)}, {share(good):.1%}")


def _try_presets() -> None:
    for key, preset in PRESETS.items():
        for remedy in preset.remedies:
            cured = edit_many(preset_experiment(key), remedy.edits())
            trainer = Trainer(lanes_of(cured, range(PRESET_SEEDS)))
            while trainer.epoch < SHOWN_AFTER and trainer.can_train:
                trainer.train_epoch()
            now = [lane.now for lane in trainer.lane_snapshots()]
            kept = sum(remedy.promise.kept(one.score[0], one.loss[1]) for one in now)
            print(f"{preset.label}: {remedy.label}: {remedy.promise.text} on {kept} of {PRESET_SEEDS}")


if __name__ == "__main__":
    main()
