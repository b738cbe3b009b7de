#!/usr/bin/env bash
# Make a bare Debian in a folder: nothing but Xvfb and its fonts, no Python, no compiler.
# bare_system.sh FOLDER [SUITE]; root. The folder is kept and used again.
set -euo pipefail
folder=$1 suite=${2:-bookworm}
[ "$(id -u)" = 0 ] || { echo "A chroot needs root: run make test-installer as root." >&2; exit 1; }
missing=()
for program in debootstrap xdotool; do
  command -v $program >/dev/null || missing+=("$program")
done
if [ ${#missing[@]} -gt 0 ]; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
if [ ! -e "$folder.made" ]; then
  rm -rf "$folder"
  debootstrap --variant=minbase --include=xvfb,xauth,ca-certificates "$suite" "$folder" http://deb.debian.org/debian >"$folder.log" 2>&1 \
    || { tail -5 "$folder.log" >&2; echo "The bare system could not be made; see $folder.log" >&2; exit 1; }
  chroot "$folder" useradd --create-home radiologist
  rm -f "$folder"/var/cache/apt/archives/*.deb
  touch "$folder.made"
fi
for program in python3 python gcc cc; do
  if chroot "$folder" sh -c "command -v $program" >/dev/null; then
    echo "The bare system has $program: it proves nothing." >&2
    exit 1
  fi
done
