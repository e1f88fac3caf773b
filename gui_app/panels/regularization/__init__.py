"""The regularization panel: one card for each regularizer."""
