"""isal's compiled modules import each other by name."""

from PyInstaller.utils.hooks import collect_submodules

hiddenimports = collect_submodules("isal")
