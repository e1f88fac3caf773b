"""What conditions of early stopping call in a script."""

BEST_EPOCH = '''\
def best_epoch(losses, gain=0.0):
    """The latest epoch whose loss was lower than any before by more than a gain."""
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best] - gain:
            best = epoch
    return best
'''
