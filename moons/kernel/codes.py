"""Codes of what the kernel treats specially. See `dispatch` for all others."""

RELU, LINEAR = -1, -2  # activations
BY_SUM = 100  # activations from here on need the sums they were computed from for their slope
TWO_CLASSES, MANY_CLASSES, NUMBERS = 0, 100, 200  # losses: the first code of each kind
