"""``python -m engine sweep SPEC.json --out DIR``: train every cell of a grid of settings, on all cores or a cluster."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.catalogue.texts import counted
from engine.command_line.options import Commands, add_place_options
from engine.data.bounded_reading import read_bounded
from engine.experiment import ExperimentError, dumps
from engine.tape.threads import processors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.sweep.batches import Batch
    from engine.sweep.estimate import Estimate
    from engine.sweep.plan import SweepPlan
    from engine.sweep.results import SweepResults
    from engine.sweep.running import Progress, Sweep

INTERRUPTED = 130
"""The exit status after Ctrl+C."""
Say = Callable[[dict[str, Any]], None]


def add_parser(commands: Commands) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "sweep", help="train a grid or a sample of settings, on all cores or a cluster"
    )
    parser.add_argument("spec", type=Path, nargs="?", metavar="SPEC", help="what to train (see --example)")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="where the results go; the same command goes on where it was stopped",
    )
    parser.add_argument(
        "--executor",
        default="local",
        metavar="WHERE",
        help="local: processes of this machine (default); dask://HOST:PORT: the scheduler of a Dask cluster",
    )
    parser.add_argument(
        "--workers",
        type=_positive,
        metavar="N",
        help="how many local processes, at most one a processor (default)",
    )
    add_place_options(parser)
    parser.add_argument(
        "--lanes-per-batch",
        type=_positive,
        metavar="N",
        help="how many lanes train together (default: so many that they take some seconds)",
    )
    parser.add_argument(
        "--across-versions", action="store_true", help="go on in a folder that other versions have begun"
    )
    parser.add_argument(
        "--progress",
        choices=("auto", "json", "none"),
        default="auto",
        help="auto: a bar on a terminal (default); json: an object a line on standard output",
    )
    parser.add_argument(
        "--plan",
        action="store_true",
        help="say how many lanes and steps there are, and about how long they take after a short trial; keep nothing",
    )
    parser.add_argument(
        "--example",
        nargs="?",
        const="grid",
        metavar="NAME",
        help="print a spec to start from: grid (default), or map",
    )
    parser.add_argument(
        "--summary", type=Path, metavar="DIR", help="print the best cells and what each axis does"
    )
    parser.add_argument(
        "--by",
        metavar="MEASURE",
        help="of the summary (default: validation_loss, or training_loss without validation points)",
    )
    parser.add_argument(
        "--json", action="store_true", help="print the plan or the summary as one JSON object"
    )
    parser.add_argument(
        "--lane", type=int, metavar="K", help="print the experiment that trains lane K of the sweep alone"
    )
    parser.set_defaults(command=_sweep)


def _positive(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 1, not {text!r:.40}")
    return int(text)


def _sweep(options: argparse.Namespace) -> int:
    if options.example is not None:
        sys.stdout.write(_example(options.example))
        return 0
    if options.summary is not None:
        return _summarize(options)
    if options.spec is None:
        raise ExperimentError("", "name the file of a spec; sweep --example prints one to start from")
    plan = _read_plan(options.spec)
    if options.lane is not None:
        sys.stdout.write(dumps(plan.experiment_of(options.lane)))
        return 0
    if options.plan:
        return _say_plan(plan, options)
    if options.out is None:
        raise ExperimentError("--out", "is missing: name the folder for the results")
    return _train(plan, options)


def _read_plan(path: Path) -> SweepPlan:
    from engine.sweep.plan import SweepPlan
    from engine.sweep.spec import read_spec

    try:
        return SweepPlan(read_spec(read_bounded(path)))
    except ExperimentError as error:
        raise ExperimentError("", f"{path}: {error}") from None


def _say_plan(plan: SweepPlan, options: argparse.Namespace) -> int:
    from engine.sweep.estimate import estimate
    from engine.sweep.executor import make_executor
    from engine.sweep.folder import trained_rows

    device, why = _where(plan, options)
    done = None if options.out is None else trained_rows(options.out, plan, device, options.precision)
    with _ends_cleanly():
        executor = make_executor(options.executor, _workers(options, device))
        try:
            batches = plan.batches(options.lanes_per_batch, done, device, executor.workers)
            expected = estimate(plan, batches, executor, device, options.precision)
            sizes = _sizes(plan, batches, done, device, why, expected)
        except KeyboardInterrupt:
            return INTERRUPTED
        finally:
            executor.close()
    print(json.dumps(sizes) if options.json else _sentence(sizes))
    return 0


def _where(plan: SweepPlan, options: argparse.Namespace) -> tuple[str, str]:
    """Where to train, and why; a folder is gone on with where it was begun, whatever machine this is."""
    from engine.sweep.devices import where
    from engine.sweep.folder import read_manifest

    begun = None if options.out is None or options.device != "auto" else read_manifest(options.out)
    if begun is None or begun.device not in ("cpu", "cuda"):
        return where(options.device, plan, options.precision)
    return where(begun.device, plan, options.precision)


# -- training


def _train(plan: SweepPlan, options: argparse.Namespace) -> int:
    from engine.sweep.executor import ExecutorBroken, make_executor
    from engine.sweep.folder import FolderGone, SweepFolder
    from engine.sweep.running import Sweep

    say = _say if options.progress == "json" else _be_silent
    device, why = _where(plan, options)
    with _ends_cleanly():
        folder = SweepFolder(options.out, plan, device, options.precision, options.across_versions)
        executor = None
        try:
            executor = make_executor(options.executor, _workers(options, device))
            sweep = Sweep(plan, folder, executor, options.lanes_per_batch)
            progress = _train_all(sweep, options, say, why)
            return _conclude(progress, options, say)
        except KeyboardInterrupt:
            return _interrupted(plan, folder.done, options, say)
        except ExecutorBroken as error:
            say({"finished": False, "done": int(folder.done.sum()), "total": plan.rows, "why": str(error)})
            raise ExperimentError("", f"{error}; the same command goes on") from None
        except BrokenPipeError:
            raise
        except FolderGone as error:
            say({"finished": False, "done": 0, "total": plan.rows, "why": str(error)})
            raise ExperimentError("", f"{error}; the same command begins anew") from None
        except OSError as error:
            there = int(folder.done.sum())
            say({"finished": False, "done": there, "total": plan.rows, "why": str(error)})
            kept = f"{there:,} of {counted(plan.rows, 'lane')} {'is' if there == 1 else 'are'} kept"
            raise ExperimentError("", f"{error}; {kept}, and the same command goes on") from None
        finally:
            if executor is not None:
                executor.close()
            folder.close()


def _train_all(sweep: Sweep, options: argparse.Namespace, say: Say, why: str) -> Progress:
    plan, done = sweep.plan, int(sweep.folder.done.sum())
    batches = sweep.batches()
    device, expected = sweep.folder.manifest.device, sweep.estimate(batches)
    sizes = _sizes(plan, batches, sweep.folder.done, device, why, expected)
    say({"plan": sizes})
    if options.progress == "auto":
        print(_sentence(sizes), file=sys.stderr)
    from tqdm import tqdm

    shown = options.progress == "auto" and sys.stderr.isatty()
    with tqdm(total=plan.rows, initial=done, unit="lane", file=sys.stderr, disable=not shown) as bar:

        def tell(progress: Progress) -> None:
            bar.update(progress.done + progress.failed - bar.n)
            say(
                {
                    "done": progress.done,
                    "total": progress.total,
                    "failed": progress.failed,
                    "running": progress.running,
                    "seconds_left": progress.seconds_left,
                }
            )

        return sweep.train(batches, tell)


def _conclude(progress: Progress, options: argparse.Namespace, say: Say) -> int:
    from engine.sweep.folder import FAILURES_FILE
    from engine.sweep.results import read_results, write_table

    paths = write_table(read_results(options.out))
    say(
        {
            "finished": True,
            "done": progress.done,
            "total": progress.total,
            "failed": progress.failed,
            "table": str(paths[0]),
        }
    )
    if options.progress != "json":
        for path in paths:
            print(f"wrote {path}")
    if progress.failed:
        path = options.out / FAILURES_FILE
        print(
            f"{counted(progress.failed, 'lane')} could not be trained; {path} says why. The same command tries again.",
            file=sys.stderr,
        )
    return 1 if progress.failed else 0


def _interrupted(plan: SweepPlan, done: Any, options: argparse.Namespace, say: Say) -> int:
    there = int(done.sum())
    say({"finished": False, "done": there, "total": plan.rows, "why": "it was interrupted"})
    print(
        f"Interrupted with {there:,} of {counted(plan.rows, 'lane')} trained; the same command trains the others.",
        file=sys.stderr,
    )
    return INTERRUPTED


@contextmanager
def _ends_cleanly() -> Iterator[None]:
    """Let SIGTERM end the command as Ctrl+C does; a second signal changes nothing."""

    def end(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise KeyboardInterrupt

    try:
        former = signal.signal(signal.SIGTERM, end)
    except ValueError:
        # Not in the main thread, which alone takes signals.
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)


def _workers(options: argparse.Namespace, device: str) -> int:
    """How many processes of this machine train: on a device two, one of which prepares while the other one trains."""
    there = processors()
    usual = 2 if device == "cuda" else there
    asked, most = options.workers or usual, max(usual, there)
    if asked <= most or options.executor != "local":
        return asked
    # More would share the processors, each with batches that are too small to be fast.
    train = f"{counted(most, 'worker')} {'trains' if most == 1 else 'train'}"
    print(f"This machine has {counted(there, 'processor')}: {train}, not {asked:,}.", file=sys.stderr)
    return most


# -- what is said


def _say(said: dict[str, Any]) -> None:
    print(json.dumps(said, allow_nan=False), flush=True)


def _be_silent(said: dict[str, Any]) -> None:
    pass


def _sizes(
    plan: SweepPlan,
    batches: Sequence[Batch],
    done: NDArray[np.bool_] | None,
    device: str,
    why: str,
    expected: Estimate,
) -> dict[str, Any]:
    from engine.sweep.running import steps_of

    return {
        "lanes": plan.rows,
        "groups": len(plan.groups),
        "steps": steps_of(plan),
        "done": 0 if done is None else int(done.sum()),
        "batches": len(batches),
        "steps_left": steps_of(plan, done),
        "device": device,
        "why": why,
        "seconds": expected.seconds,
        "seconds_unknown": expected.why,
    }


def _sentence(sizes: dict[str, Any]) -> str:
    groups = (
        "1 group" if sizes["groups"] == 1 else f"{sizes['groups']:,} groups of one shape and data set each"
    )
    steps = counted(sizes["steps"], "step")
    batches = f"{sizes['batches']:,} batch{'' if sizes['batches'] == 1 else 'es'}"
    said = f"{counted(sizes['lanes'], 'lane')} in {groups}"
    if not sizes["done"]:
        said += f", {batches}, {steps} in all"
    else:
        said += f", {steps} in all; {counted(sizes['done'], 'lane')} trained already"
        if not sizes["batches"]:
            return f"{said}, so that nothing is left."
        said += f", {batches} and {counted(sizes['steps_left'], 'step')} left"
    if sizes["device"] == "cuda" or sizes["why"]:
        why = f", {sizes['why']}" if sizes["why"] else ""
        said += f"; trained {'on a CUDA device' if sizes['device'] == 'cuda' else 'by processors'}{why}"
    if sizes["seconds"] is None:
        return f"{said}; how long is not known, because a trial failed: {sizes['seconds_unknown']}."
    return f"{said}; about {_duration(sizes['seconds'])}."


def _duration(seconds: float) -> str:
    for size, unit in ((86_400.0, "days"), (3600.0, "hours"), (60.0, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(1.0, seconds):.0f} s"


def _example(name: str) -> str:
    folder = files("resources") / "sweeps"
    names = {"grid": "example.json", "map": "trainability.json"}
    if name not in names:
        raise ExperimentError("--example", f"there is no {name!r:.40}; choose one of {', '.join(names)}")
    return (folder / names[name]).read_text("utf-8")


def _summarize(options: argparse.Namespace) -> int:
    from engine.observation.sweep_measures import SWEEP_MEASURES
    from engine.sweep.results import read_results
    from engine.sweep.summary import summary_json, summary_text, usual_measure

    if options.by is not None and options.by not in SWEEP_MEASURES:
        listed = ", ".join(SWEEP_MEASURES)
        raise ExperimentError("--by", f"there is no measure {options.by!r:.40}; choose one of {listed}")
    results: SweepResults = read_results(options.summary)
    measure = usual_measure(results.table) if options.by is None else SWEEP_MEASURES[options.by]
    if options.json:
        print(json.dumps(summary_json(results, measure), allow_nan=False))
    else:
        sys.stdout.write(summary_text(results, measure))
    return 0
