"""The device: choose it, and send arrays to it unchanged."""

import zlib
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from moons.fields import N_, FieldError

DEVICES = ("auto", "cuda", "mps", "cpu")

Transfer = Callable[[Tensor, torch.device], Tensor]


class TransferError(FieldError):
    """The numbers on a device differ from those that were sent."""


def available_devices() -> tuple[str, ...]:
    """The devices of this machine, best first; the CPU is always there."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    return tuple(name for name, is_there in there.items() if is_there)


def select_device(name: str = "auto") -> torch.device:
    """The device of that name; "auto" takes the first there is of cuda, mps, cpu.

    Raises FieldError if the name is unknown or the device isn't there.
    """
    available = available_devices()
    if name == "auto":
        return torch.device(available[0])
    if name not in available:
        raise FieldError(
            N_("{field} must be one that is there ({options}), got {value}"),
            field="device",
            options=", ".join(available),
            value=repr(name),
        )
    return torch.device(name)


def why_device(name: str) -> str:
    """Why `select_device(name)` chose what it did: a sentence with {device} in it, untranslated."""
    if name != "auto":
        return N_("{device}, because you chose it.")
    return {
        "cuda": N_("{device}, because there is an NVIDIA GPU."),
        "mps": N_("{device}, because there is an Apple GPU and no NVIDIA one."),
        "cpu": N_("{device}, because there is neither an NVIDIA GPU (cuda) nor an Apple one (mps)."),
    }[available_devices()[0]]


def to_device(array: NDArray[np.generic], device: torch.device, transfer: Transfer = Tensor.to) -> Tensor:
    """`array` as a tensor on `device`: made contiguous, sent, read back and compared.

    The comparison is what would have caught a transfer that read column-major memory as row-major.
    Raises TransferError if the device doesn't hold what was sent.
    """
    sent = np.ascontiguousarray(array)
    tensor = transfer(torch.from_numpy(sent.copy()), device)
    received = tensor.cpu().numpy()
    if received.shape != sent.shape or received.tobytes() != sent.tobytes():
        raise TransferError(
            N_(
                "{device} does not hold what was sent to it: checksum {sent} of the {sent_kind} array here (its "
                "values, row by row), checksum {received} of the {received_kind} array there, read back the same way. "
                "A network would train on scrambled data"
            ),
            device=str(device),
            sent=f"{checksum(sent):08x}",
            sent_kind=f"{sent.shape} {sent.dtype}",
            received=f"{checksum(received):08x}",
            received_kind=f"{received.shape} {received.dtype}",
        )
    return tensor


def checksum(array: NDArray[np.generic]) -> int:
    """CRC-32 of the values, row by row: it changes when values change or change places."""
    return zlib.crc32(np.ascontiguousarray(array).tobytes())
