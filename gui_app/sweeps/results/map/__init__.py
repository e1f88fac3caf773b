"""The map of trainability: a plane of learning rates, coloured by whether and how fast networks converge. It zooms."""
