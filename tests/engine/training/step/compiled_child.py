"""Trains compiled in a process of its own and prints a digest of all bits: ``python -m … KIND``."""

from __future__ import annotations

import hashlib
import logging
import os
import sys

LANES = 17
"""Enough for two threads."""


def digest() -> str:
    """How the lanes were trained, and a digest of all that they are then."""
    from tests.engine.helpers import bits, experiment, lane, trained, with_lanes

    lanes = [lane(str(number), {"seed": number}) for number in range(LANES)]
    trainer = trained(with_lanes(experiment(), *lanes), 4, way="compiled")
    found = hashlib.sha256()
    for one in lanes:
        for part in bits(trainer, one.name):
            found.update(part)
    return f"{trainer.runs[0].way} {found.hexdigest()}"


def forked() -> str:
    """The digest of a child that is forked when everything is compiled and loaded, and threads have run."""
    digest()
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writes, digest().encode())
        os._exit(0)
    os.close(writes)
    with os.fdopen(reads) as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    return told


def main(kind: str) -> None:
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
    if kind == "without llvmlite":
        sys.modules["llvmlite"] = None  # type: ignore[assignment]
    print(forked() if kind == "forked" else digest())


if __name__ == "__main__":
    main(sys.argv[1])
