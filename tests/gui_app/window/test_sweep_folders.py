"""Folders of sweeps: what cannot be opened, and what is kept in mind."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.window


def test_a_folder_without_a_sweep_is_refused_in_a_sentence(window, dialogs, tmp_path):
    dialogs.answers = ["OK"]
    assert window.sweep_folders.show(tmp_path) is None
    assert "cannot be opened" in dialogs.said[0]
    assert "sweep" in dialogs.said[0]
    assert window.sweep_folders.recent() == []
    assert window.sweep_folders.shown == {}


def test_without_a_sweep_there_are_no_live_results(window):
    window.live_results.open()
    assert window.live_results.shown is None
    assert "no sweep" in window.statusBar().currentMessage()
