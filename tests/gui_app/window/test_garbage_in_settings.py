"""Whatever stands in the file of the settings, the window opens, with its defaults for what makes no sense."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from engine.data import Library
from gui_app.session.training_speed import FULL, SLOWEST
from gui_app.startup.application import make_window
from gui_app.theme.appearance import MODES
from gui_app.window.main_window import MainWindow
from tests.gui_app.fake_engine import FakeEngine

KEYS = (
    "layout/geometry", "layout/state", "layout/plots", "layout/diagram", "layout/connections", "layout/perspectives",
    "layout/keeps_groups", "layout/differences",
    "appearance", "text_scale",
    "canvas/discretize", "canvas/wrong", "canvas/uncertainty", "canvas/disagreement", "canvas/augmented",
    "plots/loss/epochs", "plots/loss/hidden", "plots/loss/scale", "plots/loss/stacked",
    "plots/gradient-per-layer/hidden", "plots/gradient-per-layer/scale",
    "plots/gradient-per-layer/scale weight_gradient",
    "plots/gradient-over-time/epochs", "plots/gradient-over-time/hidden", "plots/gradient-over-time/scale",
    "plots/gradient-over-time/scale weight_gradient", "plots/chain/hidden",
    "plots/weights/hidden", "plots/weights/scale", "lessons/courses",
    "speed/epochs_per_second", "speed/slow_start", "recent", "lanes/start",
    "export folder", "import folder", "keep run in file",
)  # fmt: skip
RARE = (
    "@Invalid()", "@ByteArray()", r"@ByteArray(\x1\xd9\xd0\xcb\0\x3\0\0)", "@Size(1 1)", "@Rect(0 0 -5 1e9)",
    r"@Variant(\0\0\0\x7f\0\0\0\xePyObject\0)", "@Variant(x", "@DateTime(", "true", "-1", "1e999", "nan", "1, 2, 3",
    '"', ",", "../../../../etc/passwd", "/dev/zero", "/proc/self/mem", "a" * 5000, "\\x0", "%s", "dark",
)  # fmt: skip
VALUES = st.one_of(st.sampled_from(RARE), st.text(max_size=30), st.binary(max_size=40).map(repr))
FILES = st.one_of(
    st.dictionaries(st.sampled_from(KEYS), VALUES, min_size=1).map(lambda values: as_file(values)),
    st.binary(max_size=200),
)


def as_file(values: dict[str, str]) -> bytes:
    """Return an INI file in which each key has a value as it stands, escaped by nobody."""
    sections: dict[str, list[str]] = {}
    for key, value in values.items():
        section, _, name = key.rpartition("/")
        sections.setdefault(section or "General", []).append(f"{name.replace(' ', '%20')}={value}")
    lines = [line for section, entries in sections.items() for line in (f"[{section}]", *entries)]
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def read_by_the_window(monkeypatch: pytest.MonkeyPatch, use: Callable[[], object]) -> set[str]:
    """Return the keys that are asked for while something is done."""
    asked: set[str] = set()
    real = QSettings.value

    def value(settings: QSettings, key: str, *arguments: object) -> object:
        asked.add(key)
        return real(settings, key, *arguments)

    monkeypatch.setattr(QSettings, "value", value)
    use()
    return asked


def opened(app: QApplication, path: Path) -> MainWindow:
    settings = QSettings(str(path), QSettings.Format.IniFormat)
    window = make_window(app, settings, FakeEngine(), Library(path.parent / "sets"))
    window.show()
    window.complete()
    # What is read when it is needed.
    window.files.recent()
    window.files._folder()
    window.exports._folder()
    QApplication.processEvents()
    return window


def closed(window: MainWindow) -> None:
    window.document.stack.setClean()
    assert window.close()
    window.deleteLater()
    QApplication.processEvents()


def check(app: QApplication, content: bytes, path: Path) -> None:
    path.write_bytes(content)
    window = opened(app, path)
    try:
        assert window.appearance.mode in MODES
        assert SLOWEST <= window.speed.value <= FULL
        assert isinstance(window.speed.slow_start, bool)
        assert all(recent.exists() for recent in window.files.recent())
        assert window.width() >= window.minimumWidth()
        assert window.canvas.isVisible()
        assert window.screen().availableGeometry().intersects(window.frameGeometry())
        assert window.menuBar().isVisible()
    finally:
        closed(window)


FEW = examples(max_examples=4, suppress_health_check=list(HealthCheck))
MANY = examples(max_examples=2000, suppress_health_check=list(HealthCheck))


@FEW
@given(content=FILES)
def test_the_window_opens(content: bytes, qapp: QApplication, tmp_path: Path) -> None:
    check(qapp, content, tmp_path / "settings.ini")


@pytest.mark.long
@pytest.mark.timeout(7200)
@MANY
@given(content=FILES)
def test_the_window_opens_two_thousand_times(content: bytes, qapp: QApplication, tmp_path: Path) -> None:
    check(qapp, content, tmp_path / "settings.ini")


def test_all_keys_are_tried(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def use() -> None:
        window = opened(qapp, tmp_path / "settings.ini")
        assert window.imports
        closed(window)
        # How the plots share the window is asked only with a layout.
        closed(opened(qapp, tmp_path / "settings.ini"))

    asked = read_by_the_window(monkeypatch, use)
    assert asked | {"import folder"} == set(KEYS)
