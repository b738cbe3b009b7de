#!/usr/bin/env bash
# Bring the system libraries that Qt's xcb plug-in and software OpenGL need, and Xvfb.
# With apt where root or passwordless sudo is there; else print the exact command and stop.
set -euo pipefail

packages=(
  xvfb xauth libglib2.0-0 libegl1 libgl1 libgl1-mesa-dri libopengl0 libdbus-1-3 libfontconfig1 libxkbcommon-x11-0
  libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0
  libxcb-shape0 libxcb-xinerama0 libxcb-xkb1 fonts-inter
)

if ! command -v dpkg-query >/dev/null; then
  echo "Not a Debian or Ubuntu system: bring these libraries with your package manager: ${packages[*]}" >&2
  exit 0
fi
missing=()
installed() {
  # Newer releases call some libraries NAMEt64 (64-bit time).
  local name
  for name in "$1" "${1}t64"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true)" = installed ] && return 0
  done
  return 1
}
for package in "${packages[@]}"; do
  installed "$package" || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

install=(apt-get install -y --no-install-recommends "${missing[@]}")
if [ "$(id -u)" = 0 ]; then
  sudo=()
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
  sudo=(sudo -n)
else
  echo "System libraries are missing. Run this once, then try again:" >&2
  echo "  sudo ${install[*]}" >&2
  exit 1
fi
echo "Installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${sudo[@]}" apt-get update -qq
"${sudo[@]}" "${install[@]}" >/dev/null
