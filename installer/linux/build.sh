#!/usr/bin/env bash
# Build dist/kitsdesk_VERSION_amd64.deb and dist/kitsdesk-VERSION-linux-x86_64.tar.zst.
set -euo pipefail
cd "$(dirname "$0")/../.."
for program in dpkg-deb zstd strip; do
  command -v $program >/dev/null \
    || { echo "$program is missing: apt-get install dpkg zstd binutils" >&2; exit 1; }
done
version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
build=build/installer
bundle=$build/bundle/kitsdesk
bash installer/bundle.sh

rm -rf $bundle/share
mkdir -p $bundle/share/man/man1 $bundle/share/applications
(cd $build && "$OLDPWD/.venv-installer/bin/python" "$OLDPWD/installer/man_pages.py" "$OLDPWD/$bundle/share/man/man1")
cp installer/linux/kitsdesk.desktop $bundle/share/applications/
# Python's own library holds its debugging symbols where it was built by hand.
strip --strip-unneeded $bundle/_internal/libpython3*.so.1.0

mkdir -p dist
bash installer/linux/make_deb.sh $bundle "$version" $build
tar --sort=name --owner=0 --group=0 --numeric-owner -C $build/bundle -cf - kitsdesk \
  | zstd -q -T0 -12 -f -o "dist/kitsdesk-$version-linux-x86_64.tar.zst"
du -sm $bundle | awk '{print "bundle: " $1 " MB"}'
du -m "dist/kitsdesk_${version}_amd64.deb" "dist/kitsdesk-$version-linux-x86_64.tar.zst" \
  | awk '{print $2 ": " $1 " MB"}'
