"""What each entry of a registry is in an exported program: source text by the entry's key."""

from moons.fields import N_

FEATURES = {  # of the coordinates x0 and x1, each (n,)
    "x0": "x0",
    "x1": "x1",
    "x0_squared": "x0**2",
    "x1_squared": "x1**2",
    "x0_x1": "x0 * x1",
    "sin_x0": "torch.sin(x0)",
    "sin_x1": "torch.sin(x1)",
    "cos_x0": "torch.cos(x0)",
    "cos_x1": "torch.cos(x1)",
}
ACTIVATIONS = {
    "relu": "nn.ReLU()",
    "leaky_relu": "nn.LeakyReLU()",
    "elu": "nn.ELU()",
    "gelu": "nn.GELU()",
    "silu": "nn.SiLU()",
    "softplus": "nn.Softplus()",
    "tanh": "nn.Tanh()",
    "sigmoid": "nn.Sigmoid()",
    "linear": "nn.Identity()",
}
INITS = {  # of the weights of one `layer`; "pytorch" is what a new layer has
    "xavier": "nn.init.xavier_uniform_(layer.weight)",
    "he": 'nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")',
    "zeros": "nn.init.zeros_(layer.weight)",
}
OPTIMIZERS = {  # the class, and its arguments beside the parameters, the learning rate and the weight decay
    "sgd": ("torch.optim.SGD", ()),
    "momentum": ("torch.optim.SGD", ("momentum=0.9",)),
    "nesterov": ("torch.optim.SGD", ("momentum=0.9", "nesterov=True")),
    "rmsprop": ("torch.optim.RMSprop", ()),
    "adam": ("torch.optim.Adam", ()),
    "adamw": ("torch.optim.AdamW", ()),
}
DECAYS_BY_DEFAULT = ("adamw",)  # optimisers whose weight decay isn't 0 where none is given
SCHEDULES = {  # a function's comment, and its body: a factor of the learning rate from `epoch` and `last`
    "constant": ("", "return 1.0"),
    "step": (N_("A tenth as fast after each third of the run."), "return 0.1 ** (epoch // max(1, last // 3))"),
    "cosine": (N_("From full speed to none along half a cosine."), "return (1 + math.cos(math.pi * epoch / last)) / 2"),
    "warmup": (
        N_("Faster and faster over the first twentieth of the run, then full speed."),
        "return min(1.0, (epoch + 1) / max(1, round(0.05 * last)))",
    ),
    "exponential": (
        N_("Slower by the same factor in every epoch, down to a hundredth."),
        "return 0.01 ** (epoch / last)",
    ),
}
_NUMBERS = N_(
    "How far the predictions are off: the squared error (MSE), or squared for small errors and "
    "linear for large ones (Huber)."
)
LOSSES = {  # a comment, and what computes the mean loss from outputs and targets
    "cross_entropy": (
        N_("Cross-entropy, in nats per point: how little the network expected the right classes."),
        "nn.CrossEntropyLoss()",
    ),
    "squared_error": (
        N_("The squared distance from the probabilities to 1 for the right class and 0 for the others."),
        "squared_error",
    ),
    "focal": (N_("Cross-entropy that counts points less that are right already."), "focal"),
    "hinge": (N_("How far the logits of wrong classes rise above the right one's minus 1."), "hinge"),
    "mse": (_NUMBERS, "nn.MSELoss()"),
    "huber": (_NUMBERS, "nn.HuberLoss()"),
}
IMPORTS = {  # the name that a statement binds -> the statement; in the order of a formatter
    "math": "import math",
    "time": "import time",
    "StringIO": "from io import StringIO",
    "plt": "import matplotlib.pyplot as plt",
    "np": "import numpy as np",
    "torch": "import torch",
    "LinearSegmentedColormap": "from matplotlib.colors import LinearSegmentedColormap",
    "ListedColormap": "from matplotlib.colors import ListedColormap",
    "datasets": "from sklearn import datasets",
    "GradientBoostingClassifier": "from sklearn.ensemble import GradientBoostingClassifier",
    "GradientBoostingRegressor": "from sklearn.ensemble import GradientBoostingRegressor",
    "RandomForestClassifier": "from sklearn.ensemble import RandomForestClassifier",
    "RandomForestRegressor": "from sklearn.ensemble import RandomForestRegressor",
    "GaussianProcessClassifier": "from sklearn.gaussian_process import GaussianProcessClassifier",
    "GaussianProcessRegressor": "from sklearn.gaussian_process import GaussianProcessRegressor",
    "RBF": "from sklearn.gaussian_process.kernels import RBF",
    "WhiteKernel": "from sklearn.gaussian_process.kernels import WhiteKernel",
    "LinearRegression": "from sklearn.linear_model import LinearRegression",
    "LogisticRegression": "from sklearn.linear_model import LogisticRegression",
    "Ridge": "from sklearn.linear_model import Ridge",
    "GaussianNB": "from sklearn.naive_bayes import GaussianNB",
    "KNeighborsClassifier": "from sklearn.neighbors import KNeighborsClassifier",
    "KNeighborsRegressor": "from sklearn.neighbors import KNeighborsRegressor",
    "MLPClassifier": "from sklearn.neural_network import MLPClassifier",
    "MLPRegressor": "from sklearn.neural_network import MLPRegressor",
    "make_pipeline": "from sklearn.pipeline import make_pipeline",
    "StandardScaler": "from sklearn.preprocessing import StandardScaler",
    "SVC": "from sklearn.svm import SVC",
    "SVR": "from sklearn.svm import SVR",
    "DecisionTreeClassifier": "from sklearn.tree import DecisionTreeClassifier",
    "DecisionTreeRegressor": "from sklearn.tree import DecisionTreeRegressor",
    "nn": "from torch import nn",
}
FROM_PYTHON = ("math", "time", "StringIO")  # the names that come with Python; other packages' imports are set apart
