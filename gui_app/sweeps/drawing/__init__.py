"""What pictures of sweeps are drawn with: a plane of cells, scales, and pixels composed in NumPy."""
