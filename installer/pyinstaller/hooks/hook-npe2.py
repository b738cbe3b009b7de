"""npe2 finds plug-ins through the metadata of installed distributions."""

from PyInstaller.utils.hooks import collect_data_files, copy_metadata

datas = collect_data_files("npe2") + copy_metadata("npe2")
