"""Training the same networks with JAX, in an environment of its own, and with ours, in turns: ``make bench-peers``."""
