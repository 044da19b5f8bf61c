"""Describe a bundle in lines of text for staff."""

from device.bundle.manifest import Manifest


def describe(manifest: Manifest) -> str:
    """Return the facts in a bundle's manifest, one a line."""
    model, index, thresholds, parity = (
        manifest.model,
        manifest.index,
        manifest.thresholds,
        manifest.parity,
    )
    size_mb = sum(entry.size_bytes for entry in manifest.files) / 1e6
    lines = [
        f"name        {manifest.name}",
        f"bundle      {manifest.bundle_id}, version {manifest.version or 'not published'}, "
        f"format {manifest.format_version}, made by {manifest.made_by}",
        f"prints      {manifest.items}{_further(manifest)}",
        f"size        {size_mb:.1f} MB in {len(manifest.files)} files",
        f"model       VGG16 fingerprint, {model.variant}, preprocessing {model.preprocess}, "
        f"weights {model.weights_sha256[:12]}",
        f"index       {index.dimensions} dimensions, {index.trees} trees, search_k {index.search_k}, "
        f"{index.candidates} re-scored: recall@10 {index.recall_at_10:.4f}",
        f"thresholds  found from {thresholds.inliers} inliers or a cosine of {thresholds.same_image:.3f}, "
        f"similar from {thresholds.similar:.3f}: "
        f"{thresholds.false_accepts:.1%} of prints left out accepted, {thresholds.missed:.1%} of known ones missed "
        f"({thresholds.measured_on} captures{_changed_since(thresholds.changed)})",
    ]
    if parity is not None:
        lines.append(
            f"parity      cosine median {parity.clean_cosine_median:.5f}, p1 {parity.clean_cosine_p1:.5f}, "
            f"min {parity.clean_cosine_min:.5f}; through a camera top-1 {parity.camera_top1_agreement:.1%}, "
            f"top-10 overlap {parity.camera_top10_overlap:.1%}"
        )
    return "\n".join(lines)


def _further(manifest: Manifest) -> str:
    further = manifest.index.items - manifest.items
    return f", with {further} further pictures" if further else ""


def _changed_since(changed: int) -> str:
    return f"; {changed} prints have changed since" if changed else ""
