"""Models that aren't networks, by scikit-learn: what a network has to beat. Adding one is adding an entry.

Nobody has tuned them: what isn't said is scikit-learn's default. Its modules are imported when a model is made.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sklearn

from moons.fields import N_
from moons.task import Task

SLOW_POINTS = 300  # that a Gaussian process learns from: its time grows with their cube
SLOW_CLASSES = 10  # for what fits a model, or a hundred trees, for each class


@dataclass(frozen=True)
class ClassicalModel:
    """One model, for classes or for numbers."""

    label: str  # untranslated
    help: str  # untranslated
    make: Callable[[int], Any]  # random_state -> scikit-learn's estimator
    source: str  # the same in an exported program, where the random_state is SEED
    scaled: bool = False  # whether it measures distances, or punishes weights: then its inputs are standardised
    most_points: int | None = None  # it learns from so many at most
    most_classes: int | None = None  # with more it would take too long

    def build(self, random_state: int) -> Any:
        """The estimator, unfitted, after a StandardScaler where it is `scaled`."""
        model = self.make(random_state)
        if not self.scaled:
            return model
        return sklearn.pipeline.make_pipeline(sklearn.preprocessing.StandardScaler(), model)

    @property
    def whole_source(self) -> str:
        """What `build` makes, in an exported program."""
        return f"make_pipeline(StandardScaler(), {self.source})" if self.scaled else self.source


CLASSIFIERS: dict[str, ClassicalModel] = {
    "linear": ClassicalModel(
        N_("Logistic regression"),
        N_("A straight boundary: the network without its hidden layers."),
        lambda seed: sklearn.linear_model.LogisticRegression(max_iter=1_000),
        "LogisticRegression(max_iter=1_000)",
        scaled=True,
    ),
    "neighbours": ClassicalModel(
        N_("k-nearest neighbours"),
        N_("The majority of the five nearest training points."),
        lambda seed: sklearn.neighbors.KNeighborsClassifier(),
        "KNeighborsClassifier()",
        scaled=True,
    ),
    "svm": ClassicalModel(
        N_("SVM (RBF)"),
        N_("The boundary with the widest margin, curved by a Gaussian kernel. It gives classes, no probabilities."),
        lambda seed: sklearn.svm.SVC(),
        "SVC()",
        scaled=True,
    ),
    "tree": ClassicalModel(
        N_("Decision tree"),
        N_("One question about one input after another, until every training point is right."),
        lambda seed: sklearn.tree.DecisionTreeClassifier(random_state=seed),
        "DecisionTreeClassifier(random_state=SEED)",
    ),
    "forest": ClassicalModel(
        N_("Random forest"),
        N_("The mean of a hundred trees, each grown on a random sample of the training points."),
        lambda seed: sklearn.ensemble.RandomForestClassifier(random_state=seed),
        "RandomForestClassifier(random_state=SEED)",
    ),
    "boosting": ClassicalModel(
        N_("Gradient boosting"),
        N_("A hundred small trees, each grown on the errors of those before it."),
        lambda seed: sklearn.ensemble.GradientBoostingClassifier(random_state=seed),
        "GradientBoostingClassifier(random_state=SEED)",
        most_classes=SLOW_CLASSES,
    ),
    "gaussian_process": ClassicalModel(
        N_("Gaussian process"),
        N_("A distribution over smooth functions, given the training points."),
        lambda seed: sklearn.gaussian_process.GaussianProcessClassifier(
            1.0 * sklearn.gaussian_process.kernels.RBF(), random_state=seed
        ),
        "GaussianProcessClassifier(1.0 * RBF(), random_state=SEED)",
        scaled=True,
        most_points=SLOW_POINTS,
        most_classes=SLOW_CLASSES,
    ),
    "bayes": ClassicalModel(
        N_("Naive Bayes"),
        N_("A Gaussian for each class, its inputs independent of each other."),
        lambda seed: sklearn.naive_bayes.GaussianNB(),
        "GaussianNB()",
    ),
    "mlp": ClassicalModel(
        N_("scikit-learn's MLP"),
        N_("A network with 100 ReLU units, trained with Adam until its loss stays the same."),
        lambda seed: sklearn.neural_network.MLPClassifier(max_iter=2_000, random_state=seed),
        "MLPClassifier(max_iter=2_000, random_state=SEED)",
        scaled=True,
    ),
}
REGRESSORS: dict[str, ClassicalModel] = {
    "linear": ClassicalModel(
        N_("Linear regression"),
        N_("A plane through the points, by least squares."),
        lambda seed: sklearn.linear_model.LinearRegression(),
        "LinearRegression()",
    ),
    "ridge": ClassicalModel(
        N_("Ridge regression"),
        N_("The same with its weights pulled towards 0."),
        lambda seed: sklearn.linear_model.Ridge(),
        "Ridge()",
        scaled=True,
    ),
    "neighbours": ClassicalModel(
        N_("k-nearest neighbours"),
        N_("The mean of the five nearest training points."),
        lambda seed: sklearn.neighbors.KNeighborsRegressor(),
        "KNeighborsRegressor()",
        scaled=True,
    ),
    "svm": ClassicalModel(
        N_("SVM (RBF)"),
        N_("A smooth surface by a Gaussian kernel that ignores errors below 0.1."),
        lambda seed: sklearn.svm.SVR(),
        "SVR()",
        scaled=True,
    ),
    "tree": ClassicalModel(
        N_("Decision tree"),
        N_("One question about one input after another, until every training point is right."),
        lambda seed: sklearn.tree.DecisionTreeRegressor(random_state=seed),
        "DecisionTreeRegressor(random_state=SEED)",
    ),
    "forest": ClassicalModel(
        N_("Random forest"),
        N_("The mean of a hundred trees, each grown on a random sample of the training points."),
        lambda seed: sklearn.ensemble.RandomForestRegressor(random_state=seed),
        "RandomForestRegressor(random_state=SEED)",
    ),
    "boosting": ClassicalModel(
        N_("Gradient boosting"),
        N_("A hundred small trees, each grown on the errors of those before it."),
        lambda seed: sklearn.ensemble.GradientBoostingRegressor(random_state=seed),
        "GradientBoostingRegressor(random_state=SEED)",
    ),
    "gaussian_process": ClassicalModel(
        N_("Gaussian process"),
        N_("A distribution over smooth functions, given the training points."),
        lambda seed: sklearn.gaussian_process.GaussianProcessRegressor(
            1.0 * sklearn.gaussian_process.kernels.RBF() + sklearn.gaussian_process.kernels.WhiteKernel(),
            normalize_y=True,
            random_state=seed,
        ),
        "GaussianProcessRegressor(1.0 * RBF() + WhiteKernel(), normalize_y=True, random_state=SEED)",
        scaled=True,
        most_points=SLOW_POINTS,
    ),
    "mlp": ClassicalModel(
        N_("scikit-learn's MLP"),
        N_("A network with 100 ReLU units, trained with Adam until its loss stays the same."),
        lambda seed: sklearn.neural_network.MLPRegressor(max_iter=2_000, random_state=seed),
        "MLPRegressor(max_iter=2_000, random_state=SEED)",
        scaled=True,
    ),
}


def models_for(task: Task) -> dict[str, ClassicalModel]:
    """The registry of that task."""
    return CLASSIFIERS if task is Task.CLASSIFICATION else REGRESSORS
