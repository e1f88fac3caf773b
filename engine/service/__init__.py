"""The engine in a process or thread of its own: its two ends, and what passes between them."""
