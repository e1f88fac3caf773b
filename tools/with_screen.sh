#!/bin/sh
# Runs a command where it can open windows: on the user's screen, or on a virtual one where there is none.
# usage: with_screen.sh [--virtual] command …          (--virtual: never on the user's screen)
set -eu
virtual=no
if [ "$1" = --virtual ]; then
    virtual=yes
    shift
fi
if [ "$(uname -s)" != Linux ] || { [ $virtual = no ] && [ -n "${DISPLAY:-}" ]; }; then
    exec "$@"
fi
if command -v xvfb-run >/dev/null && command -v xauth >/dev/null; then
    exec xvfb-run -a -s "-screen 0 1920x1080x24" "$@"
fi
echo "No screen and no xvfb-run: windows are drawn off screen, and what needs a real one is left out."
QT_QPA_PLATFORM=offscreen exec "$@"
