"""Tapes as CUDA kernels: a block of threads computes a lane, all of its steps in one launch."""
