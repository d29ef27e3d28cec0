"""Devices: the best there is, or the one asked for; and what is sent is what arrives."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from moons import FieldError, select_device
from moons.device import DEVICES, TransferError, available_devices, checksum, to_device, why_device

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("cuda", "mps", "best"),
    [(True, True, "cuda"), (True, False, "cuda"), (False, True, "mps"), (False, False, "cpu")],
)
def test_auto_takes_the_first_there_is(monkeypatch, cuda, mps, best):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert select_device("auto").type == best
    assert "{device}" in why_device("auto")
    assert available_devices()[-1] == "cpu"


@pytest.mark.parametrize("name", ["cuda", "mps", "tpu", ""])
def test_a_device_that_is_not_there_is_an_error_that_says_which_are(monkeypatch, name):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(FieldError, match=rf"device must be one that is there \(cpu\), got '{name}'"):
        select_device(name)


def test_every_device_can_be_explained():
    for name in DEVICES:
        assert "{device}" in why_device(name)


@given(st.integers(1, 40), st.integers(1, 5), st.booleans(), st.integers(0, 1000))
def test_what_arrives_is_what_was_sent(n, d, column_major, seed):
    array = np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)
    sent = np.asfortranarray(array) if column_major else array
    tensor = to_device(sent, CPU)
    assert tensor.is_contiguous()
    np.testing.assert_array_equal(tensor.numpy(), array)


def test_what_arrives_is_no_view_of_what_was_sent():
    array = np.zeros((3, 2), np.float32)
    tensor = to_device(array, CPU)
    array[0] = 1
    assert tensor.sum() == 0


def test_a_transfer_that_reads_columns_as_rows_is_caught():
    def as_that_release_did(tensor, device):
        return torch.from_numpy(np.asfortranarray(tensor.numpy()).ravel(order="K").reshape(tensor.shape).copy())

    X = np.random.default_rng(0).normal(size=(256, 2)).astype(np.float32)
    with pytest.raises(TransferError, match="cpu does not hold what was sent to it: checksum"):
        to_device(X, CPU, as_that_release_did)


def test_a_checksum_sees_order_and_values():
    X = np.arange(6, dtype=np.float32).reshape(3, 2)
    assert checksum(X) == checksum(np.asfortranarray(X))
    assert checksum(X) != checksum(X[::-1])
