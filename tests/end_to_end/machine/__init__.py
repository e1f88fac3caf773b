"""A window that is used at random, and what must hold after each use."""
