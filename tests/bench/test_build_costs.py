"""The extrapolation from a measured sample to a whole build."""

import pytest

from bench.build_costs import BuildCosts, seconds_for
from converter.parity.compare import ParityPlan
from evaluation.simulate.camera_noise import CAMERA


@pytest.fixture
def measured() -> BuildCosts:
    """A sample in which every step took a round number of seconds."""
    return BuildCosts(
        model_s=30,
        prepare_s=0.1,
        fingerprint_s=0.02,
        capture_s=0.05,
        reference_s=0.2,
        index_s=60,
        measured=64,
        peak_mb=2000,
        worker_mb=100,
    )


def test_steps_for_every_print_grow_with_the_collection(measured: BuildCosts) -> None:
    steps = seconds_for(20_000, measured, ParityPlan())

    assert steps["decode, screen pictures"] == pytest.approx(2000)
    assert steps["quantised fingerprints"] == pytest.approx(400)


def test_the_comparison_grows_no_further_than_the_plans_sample(measured: BuildCosts) -> None:
    plan = ParityPlan()

    small, large = (seconds_for(n, measured, plan) for n in (1000, 20_000))

    assert small["TensorFlow's fingerprints"] == pytest.approx((1000 + plan.camera_queries) * 0.2)
    assert large["TensorFlow's fingerprints"] == pytest.approx(
        (plan.most_prints + plan.camera_queries) * 0.2
    )
    assert large["factors alone"] == pytest.approx(plan.factor_queries * len(CAMERA) * 0.25)
