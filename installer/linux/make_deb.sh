#!/usr/bin/env bash
# Lay the bundle out for Debian and pack it: make_deb.sh BUNDLE VERSION BUILD
set -euo pipefail
bundle=$1 version=$2 build=$3
here=$(dirname "$0")
root=$build/deb
rm -rf "$root"
mkdir -p "$root"/DEBIAN "$root"/usr/{bin,lib/kitsdesk,share/{applications,mime/packages,man/man1,doc/kitsdesk}}

# Hard links: the bundle is large and is not changed any more.
cp -al "$bundle"/. "$root"/usr/lib/kitsdesk/
rm -rf "$root"/usr/lib/kitsdesk/{share,licences}
cp -a "$bundle"/licences "$root"/usr/share/doc/kitsdesk/licences
cp "$bundle"/share/man/man1/*.1.gz "$root"/usr/share/man/man1/
cp "$here"/kitsdesk.desktop "$root"/usr/share/applications/
cp "$here"/kitsdesk.xml "$root"/usr/share/mime/packages/
for name in kitsdesk kitsdesk-trainer; do
  ln -s ../lib/kitsdesk/$name "$root"/usr/bin/$name
done
for picture in "$build"/icons/kitsdesk-*.png; do
  size=${picture##*-} size=${size%.png}
  folder=$root/usr/share/icons/hicolor/${size}x$size/apps
  mkdir -p "$folder"
  cp "$picture" "$folder"/kitsdesk.png
done
mkdir -p "$root"/usr/share/icons/hicolor/scalable/apps
cp "$here"/../../resources/icons/kitsdesk.svg "$root"/usr/share/icons/hicolor/scalable/apps/
cat >"$root"/usr/share/doc/kitsdesk/copyright <<'TEXT'
KiTSDesk is licensed GPL-3.0-or-later; the text is in /usr/share/common-licenses/GPL-3.
Everything else inside is listed in licences/kitsdesk.spdx.json (SPDX 2.3), with each part's own
licence texts beside it.
TEXT

# The newest of libc's symbols that anything inside asks for.
libc=$(find "$bundle" -type f \( -name '*.so*' -o -perm /111 \) -exec grep -aoh 'GLIBC_2\.[0-9]\{1,2\}' {} + \
  | sort -uV | tail -1)
depends="libc6 (>= ${libc#GLIBC_}), $(grep -v '^#' "$here"/depends.txt | paste -sd, | sed 's/,/, /g')"
size=$(du -sk "$root"/usr | cut -f1)
sed -e "s/@VERSION@/$version/" -e "s/@SIZE@/$size/" -e "s/@DEPENDS@/$depends/" \
  "$here"/control.in >"$root"/DEBIAN/control
chmod -R u+rwX,go+rX,go-w "$root"
dpkg-deb --root-owner-group -Zzstd -z12 --build "$root" "dist/kitsdesk_${version}_amd64.deb" >/dev/null
