"""What a bundle is, in lines a member of staff reads."""

from device.bundle.manifest import Manifest


def describe(manifest: Manifest) -> str:
    """Give a bundle's facts, one a line."""
    model, index, limits, parity = (
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
        f"prints      {manifest.items}",
        f"size        {size_mb:.1f} MB in {len(manifest.files)} files",
        f"model       VGG16 fingerprint, {model.variant}, preprocessing {model.preprocess}, "
        f"weights {model.weights_sha256[:12]}",
        f"index       {index.dimensions} dimensions, {index.trees} trees, search_k {index.search_k}, "
        f"{index.candidates} re-scored: recall@10 {index.recall_at_10:.4f}",
        f"thresholds  found from {limits.inliers} agreeing details or a cosine of {limits.same_image:.3f}, "
        f"similar from {limits.similar:.3f}: "
        f"{limits.false_accepts:.1%} of prints left out accepted, {limits.missed:.1%} of known ones missed "
        f"({limits.measured_on} captures{_since(limits.changed)})",
    ]
    if parity is not None:
        lines.append(
            f"parity      cosine median {parity.clean_cosine_median:.5f}, p1 {parity.clean_cosine_p1:.5f}, "
            f"min {parity.clean_cosine_min:.5f}; through a camera top-1 {parity.camera_top1_agreement:.1%}, "
            f"top-10 overlap {parity.camera_top10_overlap:.1%}"
        )
    return "\n".join(lines)


def _since(changed: int) -> str:
    return f"; {changed} prints have changed since" if changed else ""
