"""The numbers by which the kernel knows activations, optimisers and losses: their places in the registries."""

RELU, LEAKY_RELU, ELU, GELU, SILU, SOFTPLUS, TANH, SIGMOID, LINEAR = range(9)  # as in model.ACTIVATIONS
SGD, MOMENTUM, NESTEROV, RMSPROP, ADAM, ADAMW = range(6)  # as in progress.OPTIMIZERS
TWO_CLASSES, MANY_CLASSES, MSE, HUBER = range(4)  # losses: of classes cross-entropy, then as progress.REGRESSION_LOSSES
