"""``python -m tests.benchmarks [--json] [--only NAME …]``"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from tests.benchmarks.figures import line, run
from tests.benchmarks.table import BENCHMARKS


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
