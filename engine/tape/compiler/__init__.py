"""Recorded calls, lowered to LLVM IR: one native function that computes a lane's step."""
