#!/usr/bin/env bash
# Sign KiTSDesk.app from the inside out, pack it into a .dmg, have it notarised and stapled.
#   make_dmg.sh KiTSDesk.app OUT.dmg
# KITSDESK_CODESIGN_IDENTITY: "Developer ID Application: …"; without it the app is signed ad hoc
# and Gatekeeper asks. KITSDESK_NOTARY_PROFILE: a profile of `notarytool store-credentials`.
set -euo pipefail
app=$1 out=$2
here=$(dirname "$0")
identity=${KITSDESK_CODESIGN_IDENTITY:--}
sign=(codesign --force --timestamp --options runtime --sign "$identity")
[ "$identity" = - ] && sign=(codesign --force --sign -)

find "$app/Contents/Frameworks" -type f \( -name '*.dylib' -o -name '*.so' \) -print0 \
  | xargs -0 -n 50 "${sign[@]}"
find "$app/Contents/Frameworks" -type d -name '*.framework' -prune -print0 \
  | xargs -0 -n 10 "${sign[@]}"
for program in "$app"/Contents/MacOS/kitsdesk-trainer "$app"/Contents/MacOS/kitsdesk; do
  "${sign[@]}" --entitlements "$here/entitlements.plist" "$program"
done
"${sign[@]}" --entitlements "$here/entitlements.plist" "$app"
codesign --verify --deep --strict "$app"

staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT
cp -a "$app" "$staging"/
ln -s /Applications "$staging"/Applications
rm -f "$out"
hdiutil create -volname KiTSDesk -srcfolder "$staging" -format ULFO "$out"
[ "$identity" = - ] || codesign --sign "$identity" --timestamp "$out"
if [ -n "${KITSDESK_NOTARY_PROFILE:-}" ]; then
  xcrun notarytool submit "$out" --keychain-profile "$KITSDESK_NOTARY_PROFILE" --wait
  xcrun stapler staple "$out"
fi
