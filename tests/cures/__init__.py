"""Whether cures cure: each is tried on many seeds of many situations. ``python -m tests.cures`` writes what came of it
into docs/diagnosis.md.
"""
