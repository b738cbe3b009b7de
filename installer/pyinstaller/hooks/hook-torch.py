"""torch without its tests, headers and tools; its Python sources lie beside the compiled ones,
because TorchScript reads them."""

from PyInstaller.utils.hooks import (
    PY_DYLIB_PATTERNS,
    collect_data_files,
    collect_dynamic_libs,
    collect_submodules,
)

_NOT_USED = ("torch.testing._internal", "torch.utils.tensorboard", "torch.utils.benchmark")
_TESTS = ("libtorchbind_test", "libjitbackend_test", "libbackend_with_compiler")


def _used(name: str) -> bool:
    return not name.startswith(_NOT_USED)


module_collection_mode = "pyz+py"
warn_on_missing_hiddenimports = False
hiddenimports = collect_submodules("torch", filter=_used, on_error="ignore")
excludedimports = ["tensorboard", "triton", "expecttest", "pytest", "hypothesis", "onnx"]
datas = collect_data_files(
    "torch",
    excludes=[
        "test/**",
        "include/**",
        "share/**",
        "bin/**",
        "testing/_internal/**",
        "**/*.a",
        "**/*.lib",
        "**/*.pyi",
        "**/*.h",
        "**/*.cpp",
        "**/*.cu",
        "**/*.jinja",
    ],
)
# torch looks for this program when its multiprocessing is imported.
datas += collect_data_files("torch", includes=["bin/torch_shm_manager*"])
binaries = [
    (source, target)
    for source, target in collect_dynamic_libs(
        "torch", search_patterns=[*PY_DYLIB_PATTERNS, "*.so.*"]
    )
    if not any(word in source for word in _TESTS) and "/test" not in target
]
bindepend_symlink_suppression = ["**/torch/lib/*.so*"]
