"""Every writer of files on a disk that fails: what was there stays, one error is raised, nothing is left over."""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter

from engine.data import Library
from engine.data.kept_run import Growing, RunFolder, read_kept
from engine.experiment import Points, default_experiment, edit_many
from engine.experiment.kept_run import Kept
from engine.export.data_files import DATA_FORMATS, write_data
from engine.training.saving import save_run
from engine.training.trainer import Trainer
from gui_app.exporting.pictures import PICTURE_FORMATS, export_picture
from gui_app.session.document import Document
from gui_app.startup.log import Log, file_name
from gui_app.startup.recovery.copies import Copy, CopyError, decode
from gui_app.startup.recovery.entries import claim
from tests.faulty_disk import NUMBERS, STAGES, FaultyDisk, content_of

pytestmark = [
    pytest.mark.usefixtures("qapp"),
    pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="looks up open files as Linux does"),
]
Writer = Callable[[Path, int], object]
"""Writes into a folder what depends on a number."""


def write_points(suffix: str) -> Writer:
    data = default_experiment().data
    return lambda folder, number: write_data(Points([[number, 0.0]], [0.0]), data, folder / f"data{suffix}")


class Picture:
    """A view of one number."""

    export_name = export_title = "number"

    def __init__(self, number: int) -> None:
        self.number = number

    def export_size(self) -> QSize:
        return QSize(40 + self.number, 20)

    def paint_export(self, painter: QPainter, rect: QRectF) -> None:
        painter.drawText(rect, str(self.number))


def write_picture(suffix: str) -> Writer:
    return lambda folder, number: export_picture(Picture(number), folder / f"picture{suffix}")


def write_document(folder: Path, number: int) -> None:
    Document(edit_many(default_experiment(), {"data.generator.seed": number})).save(folder / "a.sketch.json")


def write_run(folder: Path, number: int) -> None:
    trainer = Trainer(edit_many(default_experiment(), {"data.generator.points": 40, "lanes.0.seed": number}))
    trainer.train_epoch()
    trainer.measure()
    save_run(trainer, folder)


def write_set(folder: Path, number: int) -> None:
    library, data = Library(folder), default_experiment().data
    saved = next(library.sets(), None)
    if saved is None:
        library.save("1", data, Points([[number, 0.0]], [0.0]))
    else:
        library.rename(saved, str(number))


WRITERS: dict[str, Writer] = {
    "document": write_document,
    "run": write_run,
    "saved set": write_set,
    **{f"data{suffix}": write_points(suffix) for suffix in DATA_FORMATS},
    **{f"picture{suffix}": write_picture(suffix) for suffix in PICTURE_FORMATS},
}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("name", WRITERS)
def test_what_was_there_survives_whatever_fails(name: str, stage: str, tmp_path: Path) -> None:
    write, number = WRITERS[name], NUMBERS[STAGES.index(stage) % len(NUMBERS)]
    write(tmp_path, 1)
    old = content_of(tmp_path)
    with (
        FaultyDisk(tmp_path, stage, number) as disk,
        pytest.raises(OSError, match="could not write") as caught,
    ):
        write(tmp_path, 2)
    assert disk.happened == 1
    assert os.strerror(number) in str(caught.value)
    assert "\n" not in str(caught.value)
    # A run has several files: those that do not fail are written.
    changed = {path for path, content in content_of(tmp_path).items() if content != old.get(path)}
    assert bool(changed) == (name == "run")
    assert content_of(tmp_path).keys() == old.keys()
    write(tmp_path, 2)
    assert set(content_of(tmp_path)) == set(old)
    assert content_of(tmp_path) != old


def test_a_file_that_fails_keeps_no_other_of_a_run_from_being_written(tmp_path: Path) -> None:
    write_run(tmp_path, 1)
    for name in ("metrics.csv", "model-A.pt"):
        (tmp_path / name).unlink()
        (tmp_path / name).mkdir()
    old = content_of(tmp_path)
    with pytest.raises(OSError, match=r"could not write .*metrics\.csv: .* \(and 1 more\)"):
        write_run(tmp_path, 2)
    new = content_of(tmp_path)
    assert new.keys() == old.keys()
    assert new["gradients.csv"] != old["gradients.csv"]
    assert new["model-A-best.pt"] != old["model-A-best.pt"]


def keep(folder: RunFolder, epoch: int) -> None:
    epochs = np.arange(epoch + 1)
    rows = Growing(1, np.stack([epochs, epochs], 1), epochs[:, None].astype(float))
    folder.write(Kept(epoch, 1, {"epoch": epoch}, {}), {"losses": rows})


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("appended", [True, False])
def test_a_kept_run_is_whole_whatever_fails(stage: str, appended: bool, tmp_path: Path) -> None:
    """Where a stage is left out, as waiting for the disk is, the new run is there instead."""
    folder = RunFolder(tmp_path / "run")
    keep(folder, 3)
    old = read_kept(tmp_path / "run")
    if not appended:
        folder = RunFolder(tmp_path / "run")
    with FaultyDisk(tmp_path / "run", stage, errno.ENOSPC) as disk:
        try:
            keep(folder, 5)
        except OSError:
            assert disk.happened == 1
            assert read_kept(tmp_path / "run") == old
    keep(folder, 5)
    keep(RunFolder(tmp_path / "other"), 5)
    assert read_kept(tmp_path / "run") == read_kept(tmp_path / "other")
    assert len(os.listdir(tmp_path / "run")) == 2


def copy_of(number: int) -> Copy:
    experiment = edit_many(default_experiment(), {"data.generator.seed": number})
    return Copy(experiment, None, True, 1.0 * number, number)


def newest_copy(folder: Path) -> int:
    """Return the number of the newest whole copy."""
    copies = []
    for path in folder.glob("*.copy"):
        with suppress(CopyError):
            copies.append(decode(path.read_bytes()).number)
    return max(copies)


@pytest.mark.parametrize("stage", STAGES)
def test_a_recovery_copy_is_there_whatever_fails(stage: str, tmp_path: Path) -> None:
    entry = claim(tmp_path)
    for number in (1, 2, 3):
        entry.write(copy_of(number))
    with FaultyDisk(tmp_path, stage, errno.EIO) as disk:
        try:
            entry.write(copy_of(4))
        except OSError:
            assert disk.happened == 1
            assert newest_copy(tmp_path) in (3, 4)
    assert newest_copy(tmp_path) >= 3
    entry.write(copy_of(5))
    assert newest_copy(tmp_path) == 5
    entry.remove()
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize("stage", STAGES)
def test_a_log_that_cannot_be_written_is_said_once_and_harms_nothing(stage: str, tmp_path: Path) -> None:
    folder = tmp_path / "log"
    problems: list[str] = []
    log, logger = Log(folder), logging.getLogger("gui_app.writers")
    log.failed = problems.append
    with FaultyDisk(folder, stage, errno.ENOSPC) as disk:
        log.start("The first line")
        for number in range(3):
            logger.info("Line %d", number)
    logger.info("The last line")
    log.stop()
    assert problems == [os.strerror(errno.ENOSPC)] * bool(disk.happened)
    assert "The last line" in log.tail.lines[-1]
    # The file that is open then stays the one that fails.
    assert stage in ("write", "flush") or "The last line" in (folder / file_name(os.getpid())).read_text()


WRITING = (
    "os.replace",
    "os.rename",
    ".write_bytes(",
    ".write_text(",
    '"wb"',
    '"xb"',
    "QSaveFile",
    "FileHandler",
)
KNOWN = {
    "engine/data/files.py": "what documents, exports, models and saved sets are written with",
    "engine/data/kept_run.py": "kept runs",
    "gui_app/startup/recovery/entries.py": "recovery copies",
    "gui_app/startup/log.py": "the log",
    "engine/service/child_faults.py": "what a crash of the engine leaves",
    "engine/service/child.py": "the pipe of a child process",
    "engine/sweep/worker.py": "the pipe of a worker process",
    "engine/tape/object_cache.py": "compiled code, which another start compiles again",
    "gui_app/theme/style_sheet.py": "icons, made anew with each start",
}
"""The modules that write by themselves, and what; all others go through these."""


def test_no_other_module_writes_by_itself() -> None:
    root = Path(__file__).parents[1]
    sources = [path for room in ("engine", "gui_app") for path in (root / room).rglob("*.py")]
    found = {
        str(path.relative_to(root)) for path in sources if any(way in path.read_text() for way in WRITING)
    }
    assert found == set(KNOWN)
