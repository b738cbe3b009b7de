"""napari finds its manifest, style sheets, icons and half of its modules by name."""

from PyInstaller.utils.hooks import collect_data_files, collect_submodules, copy_metadata


def _wanted(name: str) -> bool:
    return not any(part in name for part in ("._tests", "_testsupport", ".benchmarks", "conftest"))


datas = collect_data_files("napari", excludes=["**/_tests/**", "**/*.pyi"])
datas += collect_data_files("napari_builtins", excludes=["**/_tests/**"])
datas += collect_data_files("napari_resources")
datas += copy_metadata("napari")
hiddenimports = collect_submodules("napari", filter=_wanted)
hiddenimports += collect_submodules("napari_builtins", filter=_wanted)
