"""superqt looks its widgets and its version up lazily."""

from PyInstaller.utils.hooks import collect_data_files, collect_submodules, copy_metadata

hiddenimports = collect_submodules("superqt")
datas = collect_data_files("superqt") + copy_metadata("superqt")
