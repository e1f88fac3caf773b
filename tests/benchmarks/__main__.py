"""``python -m tests.benchmarks [--json] [--only NAME …]``"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from tests.benchmarks.figures import Benchmark, line, run
from tests.benchmarks.steps import against_eager, lanes_against_one, microseconds
from tests.benchmarks.window import first_window_against_bare, of_probe, window_against_headless

BENCHMARKS = (
    Benchmark(
        "replay_vs_eager_adam_b10", "×", 5.0, True, "one lane's step, 8-8-8, batch 10, Adam, against eager PyTorch",
        against_eager((8, 8, 8), 10),
    ),
    Benchmark("step_us_sgd_b10", "µs", 60.0, False, "the same with SGD", lambda: microseconds("sgd")),
    Benchmark("replay_vs_eager_adam_b250", "×", 3.0, True, "batch 250", against_eager((8, 8, 8), 250)),
    Benchmark(
        "replay_vs_eager_32x10_b10", "×", 3.0, True, "10 layers of 32, batch 10", against_eager((32,) * 10, 10)
    ),
    Benchmark("lanes64_vs_one", "×", 4.0, False, "64 lanes' step against one lane's", lambda: lanes_against_one(64)),
    Benchmark(
        "lane_steps_per_s_64", "1/s", 100_000.0, True, "64 lanes, windowed", of_probe("64_lanes", "lane_steps_per_s")
    ),
    Benchmark("epochs_per_s_4_2", "1/s", 560.0, True, "in the window, 4-2, SGD", of_probe("4_2", "epochs_per_s")),
    Benchmark("epochs_per_s_8_8_8", "1/s", 210.0, True, "in the window, 8-8-8, SGD", of_probe("8_8_8", "epochs_per_s")),
    Benchmark(
        "epochs_per_s_8x6", "1/s", 140.0, True, "in the window, 6 layers of 8, SGD", of_probe("8x6", "epochs_per_s")
    ),
    Benchmark(
        "window_vs_headless", "×", 0.85, True, "steps per second with the window against without",
        window_against_headless,
    ),
    Benchmark(
        "event_loop_p50_ms", "ms", None, False, "lateness of the event loop while training, median",
        of_probe("starter", "late_p50"),
    ),
    Benchmark(
        "event_loop_p99_ms", "ms", 16.0, False, "lateness of the event loop while training, 99th percentile",
        of_probe("starter", "late_p99"),
    ),
    Benchmark("fps_idle", "1/s", None, True, "paintings of the canvas without training", of_probe("starter", "idle")),
    Benchmark("fps_one_lane", "1/s", 30.0, True, "paintings of the canvas while training", of_probe("starter", "fps")),
    Benchmark("fps_64_lanes", "1/s", 10.0, True, "the same with 64 lanes", of_probe("64_lanes", "fps")),
    Benchmark(
        "first_window_vs_bare", "×", 1.3, False, "first painting against a bare PySide6 + pyqtgraph window",
        first_window_against_bare,
    ),
    Benchmark(
        "stroke_to_pixel_p50_ms", "ms", 16.0, False, "a stroke's move to its painting, 5,000 points, training, median",
        of_probe("strokes", "p50"),
    ),
    Benchmark(
        "stroke_to_pixel_p99_ms", "ms", 33.0, False, "the same, 99th percentile", of_probe("strokes", "p99")
    ),
    Benchmark(
        "paint_20000_fps", "1/s", 30.0, True, "frames of a brush stroke on 20,000 points while training",
        of_probe("painting", "fps"),
    ),
    Benchmark(
        "memory_growth_mb", "MB", 5.0, False, "resident memory of all processes over two minutes at full speed",
        of_probe("memory", "growth"),
    ),
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--json", action="store_true", help="print one JSON array")
    names = [benchmark.name for benchmark in BENCHMARKS]
    parser.add_argument(
        "--only", nargs="+", choices=names, default=names, metavar="NAME", help=", ".join(names)
    )
    options = parser.parse_args()
    figures = []
    for benchmark in BENCHMARKS:
        if benchmark.name in options.only:
            figures.append(run(benchmark))
            if not options.json:
                print(line(benchmark, figures[-1]), flush=True)
    if options.json:
        print(json.dumps([asdict(figure) for figure in figures]))


if __name__ == "__main__":
    main()
