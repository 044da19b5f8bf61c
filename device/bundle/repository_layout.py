"""Paths in a repository of published bundles, which the desk writes and the kiosk reads."""

METADATA = "metadata"
TARGETS = "targets"
OBJECTS = "objects"
# Targets that are signed by name. The manifest names a bundle's files by sha256, so its signature covers them too.
BUNDLE_TARGET = "bundle/manifest.json"
NOTICES_TARGET = "notices.json"
# Key of the publication day, YYYY-MM-DD, in a target's custom metadata.
PUBLISHED = "published"
ROOT_FILE = "root.json"


def object_path(sha256: str) -> str:
    """Return the path in a repository of the file with this sha256 (hex)."""
    return f"{OBJECTS}/{sha256}"


def chunk_index_path(sha256: str) -> str:
    """Return the path in a repository of the chunk index of the file with this sha256 (hex)."""
    return f"{OBJECTS}/{sha256}.pieces"


def target_path(target: str, sha256: str) -> str:
    """Return the path in a repository of the signed target with this sha256 (hex)."""
    folder, _, name = target.rpartition("/")
    return "/".join(part for part in (TARGETS, folder, f"{sha256}.{name}") if part)
