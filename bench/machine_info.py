"""The machine and the libraries of a benchmark run, without its name or address."""

import os
import platform
from importlib import metadata
from pathlib import Path

_INT8_FLAGS = (
    "avx2",
    "avx_vnni",
    "avx512f",
    "avx512_vnni",
    "avx512_bf16",
    "amx_int8",
    "amx_bf16",
    "asimddp",
    "i8mm",
    "sve",
)
_LIBRARIES = (
    "ai-edge-litert", "tensorflow-cpu", "tensorflow", "onnxruntime", "openvino", "nncf", "annoy", "numpy",
    "scikit-learn", "pillow",
)  # fmt: skip


def describe() -> dict[str, str]:
    """Return processor, int8 instruction sets, load, Python and library versions, by label."""
    info = Path("/proc/cpuinfo").read_text("utf-8") if Path("/proc/cpuinfo").exists() else ""
    fields = {
        key.strip(): value.strip()
        for key, _, value in (line.partition(":") for line in info.splitlines())
    }
    flags = set((fields.get("flags") or fields.get("Features") or "").split())
    return {
        "processor": fields.get("model name", platform.machine()),
        "cores": str(os.cpu_count()),
        "instruction sets": " ".join(flag for flag in _INT8_FLAGS if flag in flags) or "unknown",
        "load before": f"{os.getloadavg()[0]:.2f}",
        "python": platform.python_version(),
        "libraries": ", ".join(
            f"{name} {found}" for name in _LIBRARIES if (found := _version(name))
        ),
    }


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
