#!/usr/bin/env bash
# Build dist/kitsdesk-VERSION-py3-none-any.whl with the HTML guide inside, as `make wheel` does,
# where there is no make: from an environment of its own, so that what builds the guide does not
# come into the bundle.
set -euo pipefail
cd "$(dirname "$0")/.."
environment=$PWD/build/wheel-environment
python=$environment/bin/python
[ "${OS:-}" = Windows_NT ] && python=$environment/Scripts/python.exe

[ -x "$python" ] || "${PYTHON:-python3}" -m venv "$environment"
"$python" -m pip install --quiet --disable-pip-version-check -c installer/constraints.txt \
  build setuptools wheel sphinx furo myst-parser
"$python" -m sphinx --quiet --fail-on-warning --keep-going -b html docs build/guide
"$python" -m build --wheel --no-isolation --outdir dist .
