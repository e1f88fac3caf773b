#!/bin/sh
# Makes .venv with the pinned packages and this project in it. Run from the project's folder, by make.
set -eu
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
stamp=.venv/.installed

find_python() {
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
}

make_venv() {
    PYTHON=$(find_python)
    export PYTHON
    if [ -z "$PYTHON" ]; then
        echo "Python 3.11 or newer is needed (Debian: sudo apt-get install python3 python3-venv)." >&2
        echo "If it has another name, say so: make PYTHON=/path/to/python3" >&2
        exit 1
    fi
    if ! sh tools/system_packages.sh venv; then
        echo "$PYTHON cannot make virtual environments yet (Debian keeps that in the package python3-venv)." >&2
        exit 1
    fi
    echo "Setting up .venv (first time only) …"
    "$PYTHON" -m venv --clear .venv
}

pinned() { sed -n "s/^\($1==[^ ;]*\).*/\1/p" constraints.txt; }
# Errors only: pip also warns about how the machine's indexes are laid out.
install() { .venv/bin/python -m pip install -qq "$@"; }

# A .venv that was moved, or whose Python is gone, is made anew.
if ! .venv/bin/python -c '' 2>/dev/null || [ "$(cat $stamp 2>/dev/null || pwd -P)" != "$(pwd -P)" ]; then
    make_venv
fi
rm -f $stamp

# PyTorch comes first and alone, so that a build for the processor only can be chosen.
if ! .venv/bin/python -c 'import importlib.metadata as m, sys; sys.exit(m.version("torch").split("+")[0] != sys.argv[1])' \
    "$(pinned torch | sed 's/.*==//')" 2>/dev/null; then
    echo "Installing PyTorch (some 200 MB) …"
    if [ "$(uname -s)" = Linux ] && [ -z "${TORCH_INDEX:-}" ]; then
        echo "  Should it bring gigabytes of CUDA, stop and run: make TORCH_INDEX=<an index of CPU builds> setup"
    fi
    install --no-deps ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} "$(pinned torch)"
fi
echo "Installing the other packages …"
install --no-deps "$(pinned setuptools)"
install --no-build-isolation -c constraints.txt -e '.[dev]'
pwd -P > $stamp
echo "Ready."
