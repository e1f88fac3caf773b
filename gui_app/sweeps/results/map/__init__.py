"""The map of trainability: a plane of learning rates, coloured by how networks converge or diverge, and zoomed into."""
