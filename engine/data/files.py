"""Writing files so that a crash or a full disk never costs the old version, and reading none that is too large."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

MAX_BYTES = 64 * 2**20


def atomic_write(path: str | os.PathLike[str], content: bytes | str) -> None:
    """Replace the file at ``path`` by ``content`` (text as UTF-8) in one step, or leave it as it was.

    OSError, with a sentence that names the path and the reason, when that fails.
    """
    data = content.encode() if isinstance(content, str) else content
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        _write_through(temporary, data)
        _copy_mode(target, temporary)
        os.replace(temporary, target)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError):
            raise _readable(path, error) from error
        raise


def _write_through(path: Path, data: bytes) -> None:
    """A new file whose bytes have reached the disk."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _copy_mode(source: Path, destination: Path) -> None:
    """Permissions of the old file, where there is one and the file system has them."""
    with suppress(OSError):
        destination.chmod(source.stat().st_mode & 0o777)


def _readable(path: str | os.PathLike[str], error: OSError) -> OSError:
    reason = error.strerror or str(error) or type(error).__name__
    failure = type(error)(f"could not write {os.fspath(path)}: {reason}")
    failure.errno = error.errno
    return failure


def require_size(size: int) -> None:
    """ValueError, with a sentence, for a file of more bytes than can be read."""
    if size > MAX_BYTES:
        raise ValueError(
            f"the file has {size / 2**20:,.0f} MB, and at most {MAX_BYTES // 2**20} MB can be imported; "
            "keep only the rows and columns that you need"
        )
