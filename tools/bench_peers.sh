#!/bin/sh
# Makes .venv-peers with JAX, which only this benchmark uses, and measures our step beside JAX's.
# usage: bench_peers.sh [options of python -m tests.benchmarks.peers]
set -eu
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
python=.venv-peers/bin/python

if ! $python -c 'import jax' 2>/dev/null; then
    echo "Setting up .venv-peers with JAX (some 130 MB) …"
    if ! reason=$({ .venv/bin/python -m venv --clear .venv-peers && $python -m pip install -qq jax; } 2>&1); then
        rm -rf .venv-peers
        echo "JAX cannot be installed here, so that only make bench compares, with eager PyTorch:" \
            "$(echo "$reason" | tail -n 1)"
        exit
    fi
fi
exec .venv/bin/python -m tests.benchmarks.peers "$@" $python
