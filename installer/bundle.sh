#!/usr/bin/env bash
# Build build/installer/bundle/kitsdesk by PyInstaller from the wheel in dist/ (made here where it
# is missing). The builder's environment is its own: what develops the program stays outside.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
wheel=$root/dist/kitsdesk-$version-py3-none-any.whl
environment=$root/.venv-installer
python=$environment/bin/python
[ "${OS:-}" = Windows_NT ] && python=$environment/Scripts/python.exe
stamp=$environment/.kitsdesk-installer
build=$root/build/installer

make_environment() {
  [ -x "$python" ] || "${PYTHON:-python3}" -m venv "$environment"
  "$python" -m pip install --quiet --disable-pip-version-check -c installer/constraints.txt \
    -c installer/constraints-installer.txt "$wheel[desk]" pyinstaller argparse-manpage spdx-tools
  # Nothing of ours, the building of the bundle included, reports to anybody.
  "$python" -m pip uninstall --quiet --yes openvino-telemetry
  touch "$stamp"
}

[ -f "$wheel" ] || bash installer/wheel.sh
for file in installer/constraints.txt installer/constraints-installer.txt pyproject.toml; do
  [ "$stamp" -nt $file ] || { make_environment; break; }
done
"$python" -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall "$wheel"

rm -rf "$build/wheel"
mkdir -p "$build/wheel"
cp "$wheel" installer/constraints.txt "$build/wheel/"
"$python" installer/icons.py resources/icons "$build/icons"

# From another folder: the checkout's packages must not be taken for the wheel's.
cd "$build"
export KITSDESK_BUILD=$build KITSDESK_VERSION=$version
"$python" -m PyInstaller --noconfirm --log-level WARN --workpath work --distpath bundle \
  "$root/installer/pyinstaller/kitsdesk.spec"
"$python" "$root/installer/licences.py" inside.json bundle/kitsdesk/licences --version "$version"
cp "$root/LICENSE" bundle/kitsdesk/licences/LICENSE.kitsdesk
