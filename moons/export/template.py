"""The program that a run is taken away as: this file, fitted to the run.

As it stands it trains the default run. `specialise.py` works out whatever depends on `run` and `_` alone, keeps
the branch of each `if` that holds, and leaves out what then is never used. `program.py` cuts it into cells.
Words in the figures stay English: matplotlib's own font has no others.
"""

# %% [markdown]
# # How a small neural network learns
#
# All that decides this run stands in these lines, so they give the same losses as the page: the same points, the
# same first weights, the same updates.

# %%
import math
from io import StringIO

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.colors import ListedColormap
from numpy.typing import NDArray
from torch import Tensor, nn

from moons.data import make_dataset
from moons.export.settings import Settings
from moons.plots.words import untranslated as _
from moons.run import Experiment

run = Settings(Experiment(), make_dataset(Experiment().data), diverged=False)

# %% [markdown]
# ## Data
#
# Each point has two coordinates, x0 and x1, and a class.

# %%
if run.drawn:
    draw = run.draw
else:

    def read(table: str) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        rows = np.loadtxt(StringIO(table), delimiter=",")
        return rows[:, :2], rows[:, 2].astype(np.int64)


def to_tensors(points: NDArray[np.float64], labels: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
    # the network computes in float32; the loss wants the number of the right class as a whole number
    return torch.tensor(points, dtype=torch.float32), torch.tensor(labels, dtype=torch.int64)


# The network learns from X and y. It never learns from the test points: they tell whether it understood or memorised.
if run.drawn:
    X, y = to_tensors(*draw(run.data.n_points, run.data.noise, run.data.seed))
    X_test, y_test = to_tensors(*draw(run.data.n_test, run.data.noise, run.test_seed))
else:
    X, y = to_tensors(*read(run.train_table))
    X_test, y_test = to_tensors(*read(run.test_table))
print("X", tuple(X.shape), "y", tuple(y.shape))


# %% [markdown]
# ## Network
#
# Each layer multiplies by its weights and adds its biases; the activation between two layers is what lets the
# boundary bend.


# %%
class NaiveNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            *run.layers,
        )

    # What the network computes: one logit for each class, the larger the surer.
    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.layers(x)
        return logits

    # argmax gives the position of the largest logit, and that is the class.
    def predict(self, x: Tensor) -> Tensor:
        return self.forward(x).argmax(dim=1)


torch.manual_seed(run.weight_seed)  # fixes the random weights that the network starts from
model = NaiveNet()
print(model)


# %% [markdown]
# ## Training


# %%
def constant(epoch: int, last: int) -> float:
    return 1.0


# A tenth as fast after each third of the run.
def step(epoch: int, last: int) -> float:
    return float(0.1 ** (epoch // max(1, last // 3)))


# From full speed to none along half a cosine.
def cosine(epoch: int, last: int) -> float:
    return (1 + math.cos(math.pi * epoch / last)) / 2


# Faster and faster over the first twentieth of the run, then full speed.
def warmup(epoch: int, last: int) -> float:
    return min(1.0, (epoch + 1) / max(1, round(0.05 * last)))


# Slower by the same factor in every epoch, down to a hundredth.
def exponential(epoch: int, last: int) -> float:
    return float(0.01 ** (epoch / last))


# Deals the points into batches. Each epoch has a shuffle of its own seed, so that any epoch can be dealt again.
def deal(epoch: int, batch_size: int) -> tuple[Tensor, ...]:
    generator = torch.Generator().manual_seed(run.first.shuffle_seed(0) + epoch)
    return torch.split(torch.randperm(len(X), generator=generator), batch_size)


epochs = run.epochs
learning_rate = run.first.learning_rate  # how far each update moves the weights
if run.changing("epochs") and run.ever("schedule"):
    planned = run.first.epochs  # the length of the run as it was first planned: the schedule follows it
if run.ever("schedule"):
    schedule = {"constant": constant, "step": step, "cosine": cosine, "warmup": warmup, "exponential": exponential}[
        run.first.schedule
    ]
if run.ever("batch_size"):
    batch_size = run.first.batch_size or len(X)
if run.ever("l1"):
    l1 = run.first.l1  # pulls every weight towards 0 by the same amount
if run.ever("clip_norm"):
    clip_norm = run.first.clip_norm or math.inf  # a gradient longer than this is shortened

# Cross-entropy, in nats per point: how little the network expected the right classes.
loss_function = nn.CrossEntropyLoss()
optimizer = run.optimizer(model.parameters(), lr=learning_rate, **run.optimizer_options)
losses = []

for epoch in range(epochs):
    for change, before in run.changes:
        if epoch == change.epoch:  # settings changed while it ran
            if change.training.learning_rate != before.learning_rate:
                learning_rate = change.training.learning_rate
                if not run.ever("schedule"):
                    optimizer.param_groups[0]["lr"] = learning_rate
            if change.training.epochs != before.epochs and run.ever("schedule"):
                planned = change.training.epochs
            if change.training.schedule != before.schedule:
                schedule = {
                    "constant": constant,
                    "step": step,
                    "cosine": cosine,
                    "warmup": warmup,
                    "exponential": exponential,
                }[change.training.schedule]
            if change.training.batch_size != before.batch_size:
                batch_size = change.training.batch_size or len(X)
            if change.training.weight_decay != before.weight_decay:
                optimizer.param_groups[0]["weight_decay"] = change.training.weight_decay
            if change.training.l1 != before.l1:
                l1 = change.training.l1
            if change.training.clip_norm != before.clip_norm:
                clip_norm = change.training.clip_norm or math.inf
    if run.ever("schedule"):
        if run.changing("epochs"):
            optimizer.param_groups[0]["lr"] = learning_rate * schedule(epoch, planned)
        else:
            optimizer.param_groups[0]["lr"] = learning_rate * schedule(epoch, epochs)
    if run.ever("batch_size"):
        total = 0.0
        for batch in deal(epoch, batch_size):
            y_logits = model(X[batch])
            loss = loss_function(y_logits, y[batch])
            total += loss.item() * len(batch)  # before the penalty and before the update
            if run.ever("l1"):
                loss = loss + l1 * sum(parameter.abs().sum() for parameter in model.parameters())
            optimizer.zero_grad()  # forget the gradients of the last update: they would add up
            loss.backward()  # backpropagation: how the loss changes with each weight
            if run.ever("clip_norm"):
                nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
            optimizer.step()  # move each weight against its gradient
        losses.append(total / len(X))
    else:
        y_logits = model(X)
        loss = loss_function(y_logits, y)
        losses.append(loss.item())  # before the update, so the first loss is the untrained network's
        if run.ever("l1"):
            loss = loss + l1 * sum(parameter.abs().sum() for parameter in model.parameters())
        optimizer.zero_grad()  # forget the gradients of the last update: they would add up
        loss.backward()  # backpropagation: how the loss changes with each weight
        if run.ever("clip_norm"):
            nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
        optimizer.step()  # move each weight against its gradient
    if run.diverged:
        finite = math.isfinite(losses[-1])
        if not finite:
            losses.pop()
            print(_("The loss is no longer a number: the updates are too large."))
            break
    if epoch % run.print_every == 0:
        print(_("epoch"), f"{epoch:>6,}", _("loss"), f"{losses[-1]:.4f}")


# %% [markdown]
# ## What it has learned
#
# A loss that goes down is no proof: accuracy on points it has never seen, and the boundary, tell more.


# %%
def accuracy(points: Tensor, labels: Tensor) -> float:
    return (model.predict(points) == labels).float().mean().item()


print(_("accuracy on the training points"), f"{accuracy(X, y):.1%}")
print(_("accuracy on the test points"), f"{accuracy(X_test, y_test):.1%}")

# %%
guessing = math.log(run.n_classes)  # the loss of a network that finds all classes equally likely
figure, axes = plt.subplots(figsize=(7, 4))
axes.plot(losses, color=run.loss_color)
axes.axhline(guessing, color=run.guessing_color, linestyle=":", label=f"guessing: {guessing:.3f}")
axes.set(xlabel="Epoch", ylabel="Loss (nats per point)", ylim=(0, None))
axes.legend()
plt.show()

# %%
# Ask the network for the class of every point of a fine grid: where the answer changes is the boundary.
left, right, bottom, top = run.extent
xx, yy = np.meshgrid(np.linspace(left, right, 250), np.linspace(bottom, top, 200))
grid = torch.tensor(np.column_stack([xx.ravel(), yy.ravel()]), dtype=torch.float32)
classes = model.predict(grid).reshape(xx.shape)
colors = ListedColormap(run.class_colors)
last = run.n_classes - 1
figure, axes = plt.subplots(figsize=(7, 5.6))
axes.pcolormesh(xx, yy, classes, cmap=colors, vmin=0, vmax=last, alpha=0.35)
axes.scatter(X[:, 0], X[:, 1], c=y, cmap=colors, vmin=0, vmax=last, edgecolors="white", linewidths=0.6)
axes.set(xlabel="x0", ylabel="x1", aspect="equal")
plt.show()
