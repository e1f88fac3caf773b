"""The script that brings Qt's system libraries: on a system that is made up, so that nothing is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "tools" / "system_packages.sh"
NEEDED = ("cat", "env", "find", "grep", "mktemp", "rm", "sh", "tail", "tr", "uname")
MISSING = ("libEGL.so.1", "libxcb-cursor.so.0")
PACKAGES = ("libegl1", "libxcb-cursor0")

pytestmark = pytest.mark.skipif(
    os.name != "posix" or os.uname().sysname != "Linux", reason="only Linux has its packages"
)


@dataclass
class System:
    """A folder of commands, and a log of those that would have changed something."""

    folder: Path
    calls: list[str] = field(default_factory=list)

    def command(self, name: str, text: str) -> None:
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def run(self, what: str = "window") -> subprocess.CompletedProcess[str]:
        # The script itself looks in the folders of root, where a real ldconfig may be: these commands come first.
        found = subprocess.run(
            [shutil.which("sh") or "sh", str(SCRIPT), what],
            env={"PATH": str(self.folder), "LOG": str(self.folder / "log"), "HOME": str(self.folder)},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        log = self.folder / "log"
        self.calls = log.read_text().splitlines() if log.exists() else []
        return found


@pytest.fixture
def system(tmp_path: Path) -> System:
    """Libraries are missing until apt-get has installed something; the person is root."""
    system = System(tmp_path)
    for name in NEEDED:
        real = shutil.which(name)
        assert real is not None
        (tmp_path / name).symlink_to(real)
    (tmp_path / ".fonts").mkdir()
    (tmp_path / ".fonts" / "a.ttf").touch()
    named = {line.split()[0] for line in SCRIPT.read_text().splitlines() if ".so." in line}
    libraries = sorted(named | {"libc.so.6"})
    (tmp_path / "all").write_text("\n".join(libraries))
    (tmp_path / "some").write_text("\n".join(name for name in libraries if name not in MISSING))
    system.command(
        "ldconfig", f"if [ -e {tmp_path}/done ]; then cat {tmp_path}/all; else cat {tmp_path}/some; fi"
    )
    system.command("apt-get", f'echo "apt-get $*" >>"$LOG"; case $1 in install) : >{tmp_path}/done ;; esac')
    system.command("id", "echo 0")
    return system


def test_root_gets_what_is_missing_by_name_and_without_sudo(system: System) -> None:
    system.command("sudo", 'echo "sudo $*" >>"$LOG"; exit 1')
    found = system.run()
    assert found.returncode == 0
    assert all(package in found.stdout for package in PACKAGES)
    update, install = system.calls
    assert update.startswith("apt-get update")
    assert install.split()[-2:] == list(PACKAGES)


def test_another_person_gets_it_with_sudo(system: System) -> None:
    system.command("id", "echo 1000")
    system.command("sudo", 'echo "sudo $*" >>"$LOG"; [ "$1" = -n ] || "$@"')
    assert system.run().returncode == 0
    assert any(call.startswith("sudo env") and "install" in call for call in system.calls)
    assert any(call.startswith("apt-get install") for call in system.calls)


def test_without_sudo_it_says_what_to_run_and_installs_nothing(system: System) -> None:
    system.command("id", "echo 1000")
    found = system.run()
    assert found.returncode == 1
    assert f"sudo apt-get install {' '.join(PACKAGES)}" in found.stdout
    assert system.calls == []


def test_without_apt_it_says_what_debian_calls_them(system: System) -> None:
    (system.folder / "apt-get").unlink()
    found = system.run()
    assert found.returncode == 1
    assert " ".join(PACKAGES) in found.stdout


def test_where_nothing_is_missing_nothing_happens(system: System) -> None:
    (system.folder / "done").touch()
    found = system.run()
    assert (found.returncode, found.stdout, system.calls) == (0, "", [])


def test_what_could_not_be_installed_is_asked_for(system: System) -> None:
    system.command("apt-get", 'echo "apt-get $*" >>"$LOG"; echo "no network" >&2; exit 100')
    found = system.run()
    assert found.returncode == 1
    assert "no network" in found.stdout
    assert "to install them, run: sudo apt-get install" in found.stdout
