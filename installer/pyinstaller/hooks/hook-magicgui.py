"""magicgui imports its back end by name."""

from PyInstaller.utils.hooks import collect_submodules, copy_metadata

hiddenimports = ["magicgui.backends._qtpy", *collect_submodules("magicgui.backends._qtpy")]
datas = copy_metadata("magicgui")
