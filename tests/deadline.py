"""How long tests wait for what must come."""

from __future__ import annotations

DEADLINE = 60.0
"""Seconds after which something never comes, on however busy a machine. A test that waits less fails by chance."""
