"""The task: classification or regression."""

from enum import StrEnum


class Task(StrEnum):
    """What a network predicts of a point."""

    CLASSIFICATION = "classification"
    REGRESSION = "regression"

    @classmethod
    def of(cls, n_classes: int) -> "Task":
        """A dataset without classes is a regression."""
        return cls.CLASSIFICATION if n_classes else cls.REGRESSION
