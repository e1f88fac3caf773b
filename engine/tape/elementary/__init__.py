"""Elementary functions as branch-free LLVM IR: one formula for a scalar and for vectors of any width."""
