"""highdicom reads an ICC profile and its tables of codes from files."""

from PyInstaller.utils.hooks import collect_data_files, copy_metadata

datas = collect_data_files("highdicom") + copy_metadata("highdicom")
hiddenimports = ["_CharLS", "jpeg_ls"]
