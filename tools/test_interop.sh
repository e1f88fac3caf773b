#!/bin/sh
# Makes .venv-interop with Keras and scikit-learn beside the packages of .venv, and runs our exported scripts there.
# usage: test_interop.sh [options of pytest]
set -eu
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 KERAS_BACKEND=torch QT_QPA_PLATFORM=offscreen
python=.venv-interop/bin/python
pins=tests/interop/requirements.txt
stamp=.venv-interop/.installed
# An environment that was moved, or made for other pins or another Python, is made anew.
made_for() { pwd -P && cat $pins && .venv/bin/python -VV; }
packages_of() { "$1" -c 'import sysconfig; print(sysconfig.get_path("purelib"))'; }

if ! made_for | cmp -s - $stamp; then
    echo "Setting up .venv-interop with Keras and scikit-learn (some 40 MB) …"
    .venv/bin/python -m venv --clear .venv-interop
    # PyTorch, NumPy and pytest are those of .venv: Keras runs on PyTorch, which needs no second download.
    packages_of .venv/bin/python > "$(packages_of $python)/shared.pth"
    $python -m pip install -qq --no-deps -r $pins
    made_for > $stamp
fi
exec $python -m pytest tests/interop "$@"
