"""LLVM functions for the statements of a program, each for one set of static shapes."""
