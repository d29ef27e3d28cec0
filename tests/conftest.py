"""What holds for every test."""

import torch

torch.set_num_threads(1)  # as the page does: a network this small gains nothing from more
