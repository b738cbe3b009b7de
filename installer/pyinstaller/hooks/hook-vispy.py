"""vispy reads shaders from files and chooses its window system by name."""

from PyInstaller.utils.hooks import collect_data_files, collect_submodules

datas = collect_data_files("vispy", includes=["**/*.glsl", "**/*.frag", "**/*.vert", "**/_data/*"])
hiddenimports = ["vispy.app.backends._qt", "vispy.app.backends._pyqt6", "vispy.ext.vispy_fonts"]
hiddenimports += collect_submodules("vispy.visuals")
