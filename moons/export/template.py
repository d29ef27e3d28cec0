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
from matplotlib.colors import Colormap, LinearSegmentedColormap, ListedColormap
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
# Each point has two coordinates, x0 and x1, and a y: its class, or a number to predict.

# %%
if run.drawn:
    draw = run.draw
    if run.alters_balance:
        balanced = run.balanced
    if run.alters_labels:
        with_wrong_labels = run.with_wrong_labels
    if run.data.standardise:
        standardised = run.standardised
    if run.scrambles:
        scramble = run.scramble
else:

    def read(table: str) -> tuple[NDArray[np.float64], NDArray[np.generic]]:
        rows = np.loadtxt(StringIO(table), delimiter=",")
        return rows[:, :2], rows[:, 2]


def to_tensors(points: NDArray[np.float64], labels: NDArray[np.generic]) -> tuple[Tensor, Tensor]:
    # the network computes in float32; of a class the loss wants the number, a whole one
    answers = torch.tensor(labels, dtype=torch.int64 if run.n_classes else torch.float32)
    return torch.tensor(points, dtype=torch.float32), answers


# The network learns from X and y. It never learns from the test points: they tell whether it understood or memorised.
if run.altered:
    if run.alters_balance:
        points, labels = balanced(  # one class is drawn more often than the others
            lambda n: draw(n, run.data.noise, run.data.seed, **run.draw_options),
            run.data.n_points,
            run.n_classes,
            run.data.balance,
        )
        test_points, test_labels = balanced(
            lambda n: draw(n, run.data.noise, run.test_seed, **run.draw_options),
            run.data.n_test,
            run.n_classes,
            run.data.balance,
        )
    else:
        points, labels = draw(run.data.n_points, run.data.noise, run.data.seed, **run.draw_options)
        test_points, test_labels = draw(run.data.n_test, run.data.noise, run.test_seed, **run.draw_options)
    if run.alters_labels:
        # Some training points get a wrong class; the test points keep their true ones.
        labels = with_wrong_labels(labels, run.data.label_noise, run.n_classes, run.data.seed)
    if run.data.standardise:
        points, test_points = standardised(points, test_points)
    if run.scrambles:
        # As a faulty transfer to a device left them: memory column by column, read as if it were row by row.
        points, test_points = scramble(points), scramble(test_points)
    X, y = to_tensors(points, labels)
    X_test, y_test = to_tensors(test_points, test_labels)
elif run.drawn:
    X, y = to_tensors(*draw(run.data.n_points, run.data.noise, run.data.seed, **run.draw_options))
    X_test, y_test = to_tensors(*draw(run.data.n_test, run.data.noise, run.test_seed, **run.draw_options))
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
# What the network is given of each point: functions of its coordinates.
def features(x0: Tensor, x1: Tensor) -> Tensor:
    return torch.stack(
        [
            *run.features,
        ],
        dim=1,
    )


if run.ever("dropout"):
    dropout = run.first.dropout  # the chance that a hidden unit sits out while the network trains
    chance = torch.Generator()

    # Draws who sits out, anew for each point. The others count for more, so that the sum stays about the same.
    class Dropout(nn.Module):
        def forward(self, h: Tensor) -> Tensor:
            if not self.training:
                return h
            numbers = torch.rand(h.T.shape, generator=chance).T
            return h * (numbers >= dropout) / (1 - dropout)


class NaiveNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            *run.layers,
        )

    if run.n_classes:
        # What the network computes: one logit for each class, the larger the surer.
        def forward(self, x: Tensor) -> Tensor:
            if run.plain:
                logits: Tensor = self.layers(x)
            else:
                logits = self.layers(features(x[:, 0], x[:, 1]))
            return logits

        # argmax gives the position of the largest logit, and that is the class.
        def predict(self, x: Tensor) -> Tensor:
            return self.forward(x).argmax(dim=1)

    else:
        # What the network computes: a number for each point.
        def forward(self, x: Tensor) -> Tensor:
            if run.plain:
                numbers: Tensor = self.layers(x)
            else:
                numbers = self.layers(features(x[:, 0], x[:, 1]))
            return numbers.squeeze(dim=1)

        @torch.no_grad()
        def predict(self, x: Tensor) -> Tensor:
            return self.forward(x)


if run.init == "pytorch":
    torch.manual_seed(run.weight_seed)  # fixes the random weights that the network starts from
    model = NaiveNet()
else:
    model = NaiveNet()
    torch.manual_seed(run.weight_seed)  # fixes the random weights that the network starts from
    for layer in model.layers:
        if isinstance(layer, nn.Linear):
            if run.init == "xavier":
                nn.init.xavier_uniform_(layer.weight)
            elif run.init == "he":
                nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
            else:
                nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
if run.init_scale != 1:
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(run.init_scale)
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
    order = torch.randperm(len(X), generator=generator)
    if run.ever("dropout") and batch_size == len(X):
        order = torch.arange(len(X))  # all at once are not dealt
    return torch.split(order, batch_size)


if run.n_classes:
    # The share of points that are put in the right class.
    def accuracy(points: Tensor, labels: Tensor) -> float:
        return (model.predict(points) == labels).sum().item() / len(labels)
else:
    # R squared: the share of the numbers' variance that the network explains.
    def r_squared(points: Tensor, numbers: Tensor) -> float:
        rest = (model.predict(points) - numbers).square().sum()
        return 1 - (rest / (numbers - numbers.mean()).square().sum()).item()


if run.edits:
    # Weights and biases that were set by hand: after how many epochs, which one, to what. They are counted in the
    # order of model.parameters(), each row by row.
    lines = run.edit_table
    by_hand = np.loadtxt(StringIO(lines), delimiter=",", ndmin=2)


def set_by_hand(epoch: int) -> None:
    now = torch.tensor(by_hand[by_hand[:, 0] == epoch], dtype=torch.float64)
    with torch.no_grad():
        weights = nn.utils.parameters_to_vector(model.parameters())
        weights[now[:, 1].long()] = now[:, 2].float()
        nn.utils.vector_to_parameters(weights, model.parameters())


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

if run.ever("stop_train_loss"):
    stop_train_loss = run.limit(run.first, "stop_train_loss")  # a training loss below this ends the run
if run.ever("stop_test_loss"):
    stop_test_loss = run.limit(run.first, "stop_test_loss")  # a test loss below this ends the run
if run.ever("stop_score"):
    stop_score = run.limit(run.first, "stop_score")  # so good an answer on the test points ends the run
if run.ever("patience"):
    patience = run.limit(run.first, "patience")  # so many epochs without a lower test loss end the run
    best_loss, best_epoch = math.inf, 0

if run.n_classes:
    # Cross-entropy, in nats per point: how little the network expected the right classes.
    loss_function: nn.Module = nn.CrossEntropyLoss()
else:
    # How far the numbers are off: squared (MSE), or squared where it is little and plain where it is much (Huber).
    loss_function = {"mse": nn.MSELoss, "huber": nn.HuberLoss}[run.first.regression_loss]()
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
            if change.training.dropout != before.dropout:
                dropout = change.training.dropout
            if change.training.clip_norm != before.clip_norm:
                clip_norm = change.training.clip_norm or math.inf
            if change.training.stop_train_loss != before.stop_train_loss:
                stop_train_loss = run.limit(change.training, "stop_train_loss")
            if change.training.stop_test_loss != before.stop_test_loss:
                stop_test_loss = run.limit(change.training, "stop_test_loss")
            if change.training.stop_score != before.stop_score:
                stop_score = run.limit(change.training, "stop_score")
            if change.training.patience != before.patience:
                patience = run.limit(change.training, "patience")
            if run.ever("patience") and run.watches_anew(change, before):
                best_loss, best_epoch = math.inf, 0
    if run.edits and epoch in by_hand[:, 0]:
        set_by_hand(epoch)
    if run.ever("schedule"):
        if run.changing("epochs"):
            optimizer.param_groups[0]["lr"] = learning_rate * schedule(epoch, planned)
        else:
            optimizer.param_groups[0]["lr"] = learning_rate * schedule(epoch, epochs)
    if run.ever("dropout") and (run.watches_test or run.ever("stop_score")):
        model.eval()  # without dropout
    if run.watches_test:
        with torch.no_grad():
            test_loss = loss_function(model(X_test), y_test).item()
    if run.ever("stop_score"):
        test_score = accuracy(X_test, y_test) if run.n_classes else r_squared(X_test, y_test)
    if run.ever("dropout"):
        model.train()  # with dropout
        chance.manual_seed(run.first.dropout_seed(0) + epoch)  # any epoch's can be drawn again
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
    if run.ever("patience") and test_loss < best_loss:
        best_loss, best_epoch = test_loss, epoch
    if run.can_stop and run.turns and epoch + 1 in run.turns:
        continue  # it goes on, with other settings or weights
    if run.ever("stop_train_loss") and losses[-1] < stop_train_loss:
        print(_("The training loss is low enough."))
        break
    if run.ever("stop_test_loss") and test_loss < stop_test_loss:
        print(_("The test loss is low enough."))
        break
    if run.ever("stop_score") and test_score >= stop_score:
        print(_("It is good enough on the test points."))
        break
    if run.ever("patience") and epoch - best_epoch >= patience:
        print(_("The test loss does not get lower any more."))
        break

if run.ever("dropout"):
    model.eval()  # now every unit takes part
if run.edited_at_end:
    set_by_hand(epochs)

# %% [markdown]
# ## What it has learned
#
# A loss that goes down is no proof: accuracy on points it has never seen, and the boundary, tell more.


# %%
if run.n_classes:
    print(_("accuracy on the training points"), f"{accuracy(X, y):.1%}")
    print(_("accuracy on the test points"), f"{accuracy(X_test, y_test):.1%}")
else:
    print(_("R squared on the training points"), f"{r_squared(X, y):.4f}")
    print(_("R squared on the test points"), f"{r_squared(X_test, y_test):.4f}")

# %%
# The loss without looking at the points: with all classes equally likely, or always predicting the mean.
guessing = math.log(run.n_classes) if run.n_classes else loss_function(y.mean().expand(len(y)), y).item()
figure, axes = plt.subplots(figsize=(7, 4))
axes.plot(losses, color=run.loss_color)
if run.n_classes:
    axes.axhline(guessing, color=run.guessing_color, linestyle=":", label=f"guessing: {guessing:.3f}")
    axes.set(xlabel="Epoch", ylabel="Loss (nats per point)", ylim=(0, None))
else:
    axes.axhline(guessing, color=run.guessing_color, linestyle=":", label=f"always the mean: {guessing:.3f}")
    axes.set(xlabel="Epoch", ylabel="Loss (mean per point)", ylim=(0, None))
axes.legend()
plt.show()

# %%
# Ask the network about every point of a fine grid.
left, right, bottom, top = run.extent
xx, yy = np.meshgrid(np.linspace(left, right, 250), np.linspace(bottom, top, 200))
grid = torch.tensor(np.column_stack([xx.ravel(), yy.ravel()]), dtype=torch.float32)
answers = model.predict(grid).reshape(xx.shape)
if run.n_classes:
    # Where the class changes is the boundary.
    colors: Colormap = ListedColormap(run.class_colors)
    low: float = 0
    high: float = run.n_classes - 1
else:
    colors = LinearSegmentedColormap.from_list("numbers", [run.class_colors[0], "white", run.class_colors[1]])
    low, high = y.min().item(), y.max().item()
figure, axes = plt.subplots(figsize=(7, 5.6))
axes.pcolormesh(xx, yy, answers, cmap=colors, vmin=low, vmax=high, alpha=0.35)
if run.n_classes:
    axes.scatter(X[:, 0], X[:, 1], c=y, cmap=colors, vmin=low, vmax=high, edgecolors="white", linewidths=0.6)
else:
    axes.scatter(X[:, 0], X[:, 1], c=y, cmap=colors, vmin=low, vmax=high, edgecolors="gray", linewidths=0.6)
axes.set(xlabel="x0", ylabel="x1", aspect="equal")
plt.show()
