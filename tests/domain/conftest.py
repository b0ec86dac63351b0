"""The number of histories that the state machine searches: 150; 2,000 with `HYPOTHESIS_PROFILE=long`, 30 with
`quick`."""

from hypothesis import HealthCheck, settings

_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)

settings.register_profile("ci", deadline=None, max_examples=100, stateful_step_count=40, suppress_health_check=_SLOW)
settings.register_profile("quick", deadline=None, max_examples=30, stateful_step_count=30, suppress_health_check=_SLOW)
settings.register_profile(
    "long", deadline=None, max_examples=2_000, stateful_step_count=60, suppress_health_check=_SLOW
)
