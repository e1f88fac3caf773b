#!/bin/sh
# What pip cannot bring: the libraries Qt opens windows with, a virtual screen, Python's venv module.
# usage: system_packages.sh window | screen | venv     (exit 0: all there; 1: something is still missing)
set -eu
PATH=$PATH:/usr/sbin:/sbin
[ "$(uname -s)" = Linux ] && command -v ldconfig >/dev/null || exit 0

# Library and the Debian package that holds it.
LIBRARIES="
libEGL.so.1 libegl1
libGL.so.1 libgl1
libX11-xcb.so.1 libx11-xcb1
libdbus-1.so.3 libdbus-1-3
libfontconfig.so.1 libfontconfig1
libglib-2.0.so.0 libglib2.0-0
libwayland-client.so.0 libwayland-client0
libxcb-cursor.so.0 libxcb-cursor0
libxcb-glx.so.0 libxcb-glx0
libxcb-icccm.so.4 libxcb-icccm4
libxcb-image.so.0 libxcb-image0
libxcb-keysyms.so.1 libxcb-keysyms1
libxcb-randr.so.0 libxcb-randr0
libxcb-render-util.so.0 libxcb-render-util0
libxcb-shape.so.0 libxcb-shape0
libxcb-shm.so.0 libxcb-shm0
libxcb-sync.so.1 libxcb-sync1
libxcb-xfixes.so.0 libxcb-xfixes0
libxcb-xinerama.so.0 libxcb-xinerama0
libxcb-xkb.so.1 libxcb-xkb1
libxkbcommon-x11.so.0 libxkbcommon-x11-0
libxkbcommon.so.0 libxkbcommon0
"

missing_for_window() {
    known=$(ldconfig -p)
    echo "$LIBRARIES" | while read -r library package; do
        case "$known" in *"${library:-libc.so.6}"*) ;; *) echo "$package" ;; esac
    done
    find /usr/share/fonts /usr/local/share/fonts "${HOME:-/}/.fonts" "${HOME:-/}/.local/share/fonts" \
        \( -name '*.[to]tf' -o -name '*.ttc' \) 2>/dev/null | grep -q . || echo fonts-dejavu-core
}

missing_for_screen() {
    missing_for_window
    command -v xvfb-run >/dev/null || echo xvfb
    command -v xauth >/dev/null || echo xauth
}

missing() {
    case $1 in
        window) missing_for_window ;;
        screen) missing_for_screen ;;
        venv) "${PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv ;;
    esac | tr '\n' ' '
}

install() {
    "$@" apt-get update -qq || true
    "$@" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages
}

packages=$(missing "$1")
[ -n "$packages" ] || exit 0

as_root=unknown
if [ "$(id -u)" = 0 ]; then
    as_root=env
elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    as_root=sudo
fi

if ! command -v apt-get >/dev/null; then
    echo "Please install with your system's package manager what Debian calls: $packages"
    exit 1
fi
if [ "$as_root" != unknown ]; then
    echo "Installing system packages: $packages…"
    log=$(mktemp)
    install $as_root >"$log" 2>&1 || tail -n 5 "$log"
    rm -f "$log"
fi
packages=$(missing "$1")
[ -z "$packages" ] && exit 0
echo "Some system packages are missing; to install them, run: sudo apt-get install $packages"
exit 1
