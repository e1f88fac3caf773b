"""The folder of a sweep: its spec, its manifest, its batches, its lock."""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data import atomic_write
from engine.data.bounded_reading import read_bounded
from engine.data.file_system import FAILURES, delete, exists, is_folder, is_gone, make_folder, names_in
from engine.data.leftovers import PATTERN
from engine.experiment.validation import ExperimentError
from engine.sweep.batch_file import SUFFIX, read_batch, write_batch
from engine.sweep.job import JobResult, versions
from engine.sweep.lock import NAME, FolderInUse, FolderLock
from engine.sweep.plan import SweepPlan
from engine.sweep.spec import SweepSpec, dumps_spec, first_difference, read_spec, spec_hash, spec_json

RESULTS_FORMAT = "neural-sketchbook-sweep-results/1"
MANIFEST, SPEC, BATCHES, FAILURES_FILE = "manifest.json", "spec.json", "batches", "failures.json"
_OWN = {MANIFEST, SPEC, BATCHES, FAILURES_FILE, NAME, "results.csv", "results.parquet"}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder was begun with.

    Attributes
    ----------
    hash
        Of the spec.
    device, precision
        What its lanes are trained with.
    versions
        Of the programs that have trained in it, the first one first.
    """

    hash: str
    device: str
    precision: str
    versions: tuple[str, ...]

    @property
    def key(self) -> str:
        """What all its batches share."""
        return f"{self.hash} {self.device} {self.precision}"

    @property
    def hashed_here(self) -> bool:
        """Whether these versions have trained in it, so that the same spec has the same hash."""
        return versions() in self.versions


class FolderGone(OSError):
    """A folder was removed or moved while it was written to. The message is a clause."""


class SweepFolder:
    """A folder that this process alone writes to, with what is there already.

    Parameters
    ----------
    path
        A new folder, or one that the same sweep was begun in.
    plan
        What is to be trained.
    device, precision
        With what.
    across_versions
        Whether to go on with other versions than those that the folder was begun with.

    Raises
    ------
    ExperimentError
        If another command is at work there, if it holds something else, or another sweep.
    OSError
        With a sentence, where it cannot be read or written.
    """

    def __init__(
        self, path: Path, plan: SweepPlan, device: str, precision: str, across_versions: bool = False
    ) -> None:
        self.path = path
        _make(path)
        try:
            self._lock = FolderLock(path)
        except FolderInUse as error:
            by = f" ({error.owner})" if error.owner else ""
            raise ExperimentError(
                "--out", f"another command{by} is at work in {path}; wait for it or name another folder"
            ) from None
        try:
            self.manifest = self._begin(plan, device, precision, across_versions)
            make_folder(path / BATCHES)
            self._tidy()
            self.done = self._find_done(plan.rows)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let others have the folder."""
        self._lock.release()

    def keep(self, result: JobResult) -> None:
        """Write a batch.

        Parameters
        ----------
        result
            What came of it.

        Raises
        ------
        OSError
            With a sentence; then nothing has changed.
        """
        first = int(result.rows[0])
        path = self.path / BATCHES / f"{first:09d}-{len(result.rows)}{SUFFIX}"
        write_batch(path, self.manifest.key, result)
        self.done[result.rows] = True

    def require_there(self) -> None:
        """Notice at once that somebody has removed the folder; this costs next to nothing.

        Raises
        ------
        FolderGone
            If nothing can be kept in it any more.
        """
        # Where nobody can say, as on a disk that is away for a moment, writing will tell.
        if is_gone(self.path / BATCHES):
            raise FolderGone(f"{self.path} was removed or moved while it was computed")

    def _begin(self, plan: SweepPlan, device: str, precision: str, across_versions: bool) -> Manifest:
        wanted = Manifest(plan.hash, device, precision, (versions(),))
        found = read_manifest(self.path)
        spec = self.path / SPEC
        if found is None:
            if exists(spec) and (kept := _kept_spec(spec)) is not None:
                # The manifest is damaged or was never written; the batches themselves say what they belong to.
                _require_same(kept, plan.spec, self.path)
            else:
                atomic_write(spec, dumps_spec(plan.spec))
            self._write(wanted)
            return wanted
        if found.hash != wanted.hash:
            kept = _kept_spec(spec)
            if kept == plan.spec and found.hashed_here:
                # Somebody has edited the file: the lanes were trained with what it was.
                raise ExperimentError(
                    "--out", f"{self.path} was begun with another spec; name another folder"
                )
            _require_same(kept, plan.spec, self.path)
            if kept is not None:
                # As if an older version had hashed it.
                found = Manifest(wanted.hash, found.device, found.precision, found.versions)
        for name in ("device", "precision"):
            there, asked = getattr(found, name), getattr(wanted, name)
            if there != asked:
                raise ExperimentError(
                    f"--{name}",
                    f"{self.path} was begun with {there}, not {asked}; ask for that or name another folder",
                )
        if wanted.versions[0] not in found.versions:
            if not across_versions:
                raise ExperimentError(
                    "--out",
                    f"{self.path} was begun with {found.versions[-1]}, and this is {wanted.versions[0]}; numbers may "
                    "differ: name another folder, or go on with --across-versions",
                )
            found = Manifest(found.hash, device, precision, (*found.versions, *wanted.versions))
            self._write(found)
        if _kept_spec(spec) != plan.spec:
            atomic_write(spec, dumps_spec(plan.spec))
        return found

    def _write(self, manifest: Manifest) -> None:
        content = {
            "format": RESULTS_FORMAT,
            "spec": manifest.hash,
            "device": manifest.device,
            "precision": manifest.precision,
            "versions": list(manifest.versions),
        }
        atomic_write(self.path / MANIFEST, json.dumps(content, indent=1) + "\n")

    def _tidy(self) -> None:
        """Remove what a killed command was writing; nobody else writes here."""
        for folder in (self.path, self.path / BATCHES):
            for path in names_in(folder, ".tmp"):
                if PATTERN.fullmatch(path.name):
                    with suppress(OSError):
                        delete(path)

    def _find_done(self, rows: int) -> NDArray[np.bool_]:
        done, damaged = _trained(self.path, self.manifest, rows)
        for path in damaged:
            _log.warning("%s is damaged; its lanes are trained again", path)
            delete(path)
        return done


def trained_rows(path: Path, plan: SweepPlan, device: str, precision: str) -> NDArray[np.bool_]:
    """Return which lanes of a sweep are trained in a folder; nothing is changed there.

    Parameters
    ----------
    path
        Of the folder, which need not exist.
    plan
        Of the sweep.
    device, precision
        With what it is trained.

    Returns
    -------
    bool [rows]
        All False in a folder of another sweep.
    """
    manifest = read_manifest(path)
    if manifest is None or manifest.key != Manifest(plan.hash, device, precision, ()).key:
        return np.zeros(plan.rows, np.bool_)
    return _trained(path, manifest, plan.rows)[0]


def _trained(path: Path, manifest: Manifest, rows: int) -> tuple[NDArray[np.bool_], list[Path]]:
    """Which lanes are trained, and the files that are damaged."""
    done, damaged = np.zeros(rows, np.bool_), []
    for file in batch_files(path):
        kept = read_batch(file)
        if kept is None:
            damaged.append(file)
        elif kept.key == manifest.key and (not len(kept.rows) or kept.rows.max() < rows):
            done[kept.rows] = True
    return done, damaged


def require_own_spec(spec: SweepSpec, manifest: Manifest, path: Path) -> None:
    """Refuse a spec beside results that were made with another one.

    Parameters
    ----------
    spec
        As the folder's file holds it.
    manifest
        Of the folder.
    path
        Of the folder.

    Raises
    ------
    ExperimentError
        With the remedy.
    """
    if manifest.hashed_here and spec_hash(spec) != manifest.hash:
        raise ExperimentError(
            "",
            f"{path / SPEC} is not what its lanes were trained with; run the sweep once more with the spec of then, "
            "which puts it back",
        )


def read_manifest(path: Path) -> Manifest | None:
    """Return the manifest of a folder.

    Parameters
    ----------
    path
        Of the folder.

    Returns
    -------
    Manifest or None
        None where there is none, or it is damaged.

    Raises
    ------
    ExperimentError
        If a newer version has written it.
    """
    content = _json(path / MANIFEST)
    if not isinstance(content, dict):
        return None
    if content.get("format") != RESULTS_FORMAT:
        raise ExperimentError("", f"{path} was written by a newer version; update the app to read it")
    parts = [content.get(name) for name in ("spec", "device", "precision")]
    written = content.get("versions")
    if not all(isinstance(part, str) for part in parts) or not isinstance(written, list) or not written:
        return None
    spec, device, precision = map(str, parts)
    return Manifest(spec, device, precision, tuple(map(str, written)))


def batch_files(path: Path) -> list[Path]:
    """Return the files of the batches of a folder.

    Parameters
    ----------
    path
        Of the folder.

    Returns
    -------
    list of Path
        By name.
    """
    return names_in(path / BATCHES, SUFFIX)


def _make(path: Path) -> None:
    if exists(path) and not is_folder(path):
        raise ExperimentError("--out", f"{path} is a file; name a folder")
    foreign = [
        found.name for found in names_in(path) if found.name not in _OWN and not PATTERN.fullmatch(found.name)
    ]
    if foreign and not exists(path / MANIFEST) and not exists(path / SPEC):
        raise ExperimentError("--out", f"{path} holds other files, such as {foreign[0]}; name a new folder")
    make_folder(path)


def _kept_spec(path: Path) -> SweepSpec | None:
    try:
        return read_spec(read_bounded(path))
    except (ExperimentError, *FAILURES):
        return None


def _require_same(kept: SweepSpec | None, spec: SweepSpec, path: Path) -> None:
    if kept == spec:
        return
    where = "" if kept is None else first_difference(spec_json(kept), spec_json(spec))
    differs = f" in {where}" if where else ""
    raise ExperimentError(
        "--out", f"{path} was begun with another spec, which differs{differs}; name another folder"
    )


def _json(path: Path) -> Any:
    try:
        return json.loads(read_bounded(path))
    except (ValueError, *FAILURES):
        return None
