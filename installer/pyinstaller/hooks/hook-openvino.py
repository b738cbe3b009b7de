"""OpenVINO opens its plug-ins by name; of them the CPU's and the way from torch are used."""

from pathlib import Path

from PyInstaller.utils.hooks import collect_submodules, copy_metadata, get_package_paths

_USED = ("libopenvino.", "cpu_plugin", "pytorch_frontend", "ir_frontend", "tbb", "hwloc")
# On Windows the same libraries are openvino.dll, openvino_intel_cpu_plugin.dll and so on.
_USED_WINDOWS = ("openvino.dll",)

_package = Path(get_package_paths("openvino")[1])
_frontends = [*_package.glob("frontend/*/py_*_frontend*"), *_package.glob("_pyopenvino*")]

binaries = [
    (str(path), "openvino/libs")
    for path in sorted((_package / "libs").iterdir())
    if any(word in path.name for word in _USED) or path.name in _USED_WINDOWS
]
binaries += [
    (str(path), str(Path("openvino") / path.parent.relative_to(_package)))
    for path in _frontends
    if path.suffix in (".so", ".pyd") and ("pytorch" in path.name or "_pyopenvino" in path.name)
]
datas = copy_metadata("openvino")
hiddenimports = collect_submodules(
    "openvino", filter=lambda name: ".tools.benchmark" not in name and ".torch" not in name
)
# The library looks for its plug-ins beside itself: a link to it elsewhere would mislead it.
bindepend_symlink_suppression = ["**/openvino/libs/*.so*"]
