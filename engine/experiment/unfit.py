"""Which regularizers have no meaning for a task and its loss."""

from __future__ import annotations

from engine.catalogue.losses import LOSSES


def unfit(task: str, loss: str) -> dict[str, str]:
    """Return the regularizers that a task and loss do not allow.

    Parameters
    ----------
    task
        A key of ``TASKS``.
    loss
        A key of ``LOSSES``.

    Returns
    -------
    dict
        By path below ``regularization``, why the setting must be 0: it would change a point's target, or has no
        meaning.

    Examples
    --------
    >>> list(unfit("surface", "squared"))
    ['label_smoothing', 'mixup']
    """
    reasons = {}
    if task == "curve":
        for key in ("rotate", "shear"):
            reasons[f"augmentation.{key}"] = (
                "to rotate or shear a curve would change its heights, which are the targets"
            )
    if task != "classification":
        reasons["label_smoothing"] = f"the {task} task has no probabilities to smooth"
        reasons["mixup"] = f"mixup is for labels, not for the values of the {task} task"
    elif not LOSSES[loss].smooths_labels:
        reasons["label_smoothing"] = f"the {loss} loss has no class probabilities to smooth"
    return reasons
