"""A network's weights as files: safetensors, read back without running anything, and ONNX."""

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from safetensors import SafetensorError, numpy

from moons.data import Dataset, Scaling
from moons.export.points import named_columns, own_names
from moons.features import PLAIN
from moons.fields import N_, FieldError
from moons.model import NaiveNet

AS_WRITTEN = Scaling()
Part = tuple[list[onnx.NodeProto], list[onnx.TensorProto]]
SAFETENSORS_LIMIT = 20_000_000  # bytes; the largest network that can be chosen has 1.4 MB
LONGEST_HEADER = 100_000  # bytes; the deepest network has 1,200
ONNX_OPSET = 20  # the first with Gelu
ONNX_IR = 9

# activation -> ONNX operator and its attributes, with PyTorch's defaults; SiLU is a product, see `_activation`
_OPERATORS: dict[str, tuple[str, dict[str, Any]]] = {
    "relu": ("Relu", {}),
    "leaky_relu": ("LeakyRelu", {"alpha": 0.01}),
    "elu": ("Elu", {"alpha": 1.0}),
    "gelu": ("Gelu", {}),
    "softplus": ("Softplus", {}),
    "tanh": ("Tanh", {}),
    "sigmoid": ("Sigmoid", {}),
    "linear": ("Identity", {}),
}

# computed feature -> ONNX operator and what it is applied to
_FEATURE_OPERATORS = {
    "x0_squared": ("Mul", "x0", "x0"),
    "x1_squared": ("Mul", "x1", "x1"),
    "x0_x1": ("Mul", "x0", "x1"),
    "sin_x0": ("Sin", "x0"),
    "sin_x1": ("Sin", "x1"),
    "cos_x0": ("Cos", "x0"),
    "cos_x1": ("Cos", "x1"),
}


def to_safetensors(
    model: NaiveNet, *, dropout: bool = False, scaling: Scaling = AS_WRITTEN, dataset: Dataset | None = None
) -> bytes:
    """The weights under the `state_dict` names of the exported program's network, float32.

    Those are `model`'s own, except that a program that trains with dropout has it as a third module in each hidden
    layer: layers 0, 3, 6 in place of 0, 2, 4. See `settings.ever(experiment, "dropout")`. Of a `scaling` that changes
    anything the file's metadata hold its numbers as JSON: shift, scale, y_shift, y_scale; of a `dataset` whose
    columns or classes have names, those.
    """
    names = _names(model, dropout)
    scales = {} if scaling.is_identity else {name: json.dumps(value) for name, value in asdict(scaling).items()}
    said = scales | _names_of(dataset)
    tensors = {names[name]: tensor.numpy() for name, tensor in model.state_dict().items()}
    return numpy.save(tensors, metadata=said or None)


def from_safetensors(data: bytes, model: NaiveNet) -> NDArray[np.float32]:
    """The weights in `data` for a network shaped like `model`: (n_parameters,), as `set_parameters` takes them.

    Reads the names that a program has with dropout and without.
    Raises FieldError for anything but a safetensors file that holds exactly the tensors of `model`, all finite.
    Nothing is ever unpickled.
    """
    if data[:2] in (b"PK", b"\x80\x02", b"\x80\x04", b"\x80\x05"):  # a zip file, as torch.save writes, or a pickle
        raise FieldError(
            N_("weights must be a safetensors file; a .pt or pickle file is never opened, since it could run code")
        )
    if len(data) > SAFETENSORS_LIMIT:
        raise FieldError(
            N_("weights must be at most {limit} bytes, got {value}"), limit=SAFETENSORS_LIMIT, value=len(data)
        )
    _check_header(data)
    try:
        tensors = numpy.load(data)
    except (SafetensorError, KeyError, ValueError, OverflowError, MemoryError):
        # KeyError: a type of number that NumPy doesn't have; ValueError: more dimensions than an array has
        raise FieldError(N_("weights must be a safetensors file, and this is none")) from None
    expected = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    names = _names(model, tensors.keys() == set(_names(model, True).values()))
    _check_names(tensors, list(names.values()))
    for name, shape in expected.items():
        _check_tensor(names[name], tensors[names[name]], shape)
    return np.concatenate([tensors[name].reshape(-1) for name in names.values()])


def _names_of(dataset: Dataset | None) -> dict[str, str]:
    """Lists as JSON: what a dataset's columns are called, "columns", and its classes in order, "class_names"."""
    if dataset is None:
        return {}
    lists = {"columns": named_columns(dataset), "class_names": own_names(dataset)}
    return {name: json.dumps(list(names), ensure_ascii=False) for name, names in lists.items() if names}


def _check_header(data: bytes) -> None:
    """Raise FieldError for more names, or longer shapes, than any network here has: reading them takes seconds."""
    length = int.from_bytes(data[:8], "little")
    if LONGEST_HEADER < length <= len(data) and data[8:9] == b"{":
        raise FieldError(
            N_("the header of a safetensors file must have at most {limit} bytes, got {value}"),
            limit=f"{LONGEST_HEADER:,}",
            value=f"{length:,}",
        )


def _names(model: NaiveNet, dropout: bool) -> dict[str, str]:
    """What each tensor of `model` is called in the program's network."""
    found = {}
    for name in model.state_dict():
        layers, place, kind = name.split(".")
        found[name] = f"{layers}.{int(place) // 2 * (3 if dropout else 2)}.{kind}"
    return found


def to_onnx(model: NaiveNet, scaling: Scaling = AS_WRITTEN, dataset: Dataset | None = None) -> bytes:
    """The network as an ONNX graph: input "points" (n, 2) float32, output "logits" (n, n_classes).

    The names of a `dataset`'s columns and classes stand in the file's metadata, see `_names_of`.

    Of a regression the output is "numbers" (n, 1). With a `scaling` that changes anything the points are float64 in a
    person's own units, as float32 has no room for numbers far from 0; so are then the numbers.
    """
    parameters = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
    names, output = list(parameters), "numbers" if model.sizes[-1] == 1 else "logits"
    scaled, scaled_y = not scaling.is_identity, not scaling.keeps_y and model.sizes[-1] == 1
    nodes, tensors = _from_units(scaling) if scaled else ([], [])
    more, constants, at = _features(model.inputs, "given" if scaled else "points")
    nodes, tensors = [*nodes, *more], [*tensors, *constants]
    for number, (weight, bias) in enumerate(zip(names[::2], names[1::2], strict=True), start=1):
        is_last = number == len(names) // 2
        tensors += [numpy_helper.from_array(parameters[name], name) for name in (weight, bias)]
        result = ("answers" if scaled_y else output) if is_last else f"sum_{number}"
        nodes.append(helper.make_node("Gemm", [at, weight, bias], [result], transB=1))
        if not is_last:
            at = f"layer_{number}"
            nodes += _activation(model.activations[number - 1], result, at)
    if scaled_y:
        more, constants = _y_to_units(scaling, output)
        nodes, tensors = [*nodes, *more], [*tensors, *constants]
    n_inputs = model.sizes[0] if model.inputs is None else 2
    kinds = (TensorProto.FLOAT, TensorProto.DOUBLE)
    points = helper.make_tensor_value_info("points", kinds[scaled], ["n", n_inputs])
    outputs = helper.make_tensor_value_info(output, kinds[scaled_y], ["n", model.sizes[-1]])
    graph = helper.make_graph(nodes, "moons", [points], [outputs], tensors)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", ONNX_OPSET)], ir_version=ONNX_IR)
    helper.set_model_props(made, _names_of(dataset))
    onnx.checker.check_model(made, full_check=True)
    return bytes(made.SerializeToString())


def _from_units(scaling: Scaling) -> Part:
    """From points in a person's own units to what the network is given."""
    numbers = {"shift": np.array(scaling.shift), "scale": np.array(scaling.scale)}
    nodes = [
        helper.make_node("Sub", ["points", "shift"], ["shifted"]),
        helper.make_node("Div", ["shifted", "scale"], ["scaled"]),
        helper.make_node("Cast", ["scaled"], ["given"], to=TensorProto.FLOAT),
    ]
    return nodes, [numpy_helper.from_array(value, name) for name, value in numbers.items()]


def _y_to_units(scaling: Scaling, output: str) -> Part:
    """From the network's answers to numbers in a person's own units."""
    numbers = {"y_shift": np.array(scaling.y_shift), "y_scale": np.array(scaling.y_scale)}
    nodes = [
        helper.make_node("Cast", ["answers"], ["wide"], to=TensorProto.DOUBLE),
        helper.make_node("Mul", ["wide", "y_scale"], ["stretched"]),
        helper.make_node("Add", ["stretched", "y_shift"], [output]),
    ]
    return nodes, [numpy_helper.from_array(value, name) for name, value in numbers.items()]


def _features(inputs: tuple[str, ...] | None, points: str) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto], str]:
    """What computes the network's inputs from `points`: nodes, their constants, and the name of the result."""
    if inputs is None or inputs == PLAIN:
        return [], [], points
    sizes = numpy_helper.from_array(np.array([1, 1], np.int64), "one_and_one")
    nodes = [helper.make_node("Split", [points, sizes.name], list(PLAIN), axis=1)]
    for name in inputs:
        if name not in PLAIN:
            operator, *sources = _FEATURE_OPERATORS[name]
            nodes.append(helper.make_node(operator, sources, [name]))
    return [*nodes, helper.make_node("Concat", list(inputs), ["features"], axis=1)], [sizes], "features"


def _activation(name: str, source: str, target: str) -> list[onnx.NodeProto]:
    if name == "silu":  # z · sigmoid(z)
        sigmoid = f"{target}_sigmoid"
        return [
            helper.make_node("Sigmoid", [source], [sigmoid]),
            helper.make_node("Mul", [source, sigmoid], [target]),
        ]
    operator, attributes = _OPERATORS[name]
    return [helper.make_node(operator, [source], [target], **attributes)]


def _check_names(tensors: dict[str, NDArray[np.generic]], expected: list[str]) -> None:
    if tensors.keys() != set(expected):
        raise FieldError(
            N_("weights must hold {expected}, got {value}"),
            expected=", ".join(expected),
            value=", ".join(sorted(tensors)[:20]) or "—",
        )


def _check_tensor(name: str, tensor: NDArray[np.generic], shape: tuple[int, ...]) -> None:
    if tensor.shape != shape:
        raise FieldError(
            N_("{field} must have the shape {expected}, got {value}"),
            field=name,
            expected=_shape(shape),
            value=_shape(tensor.shape),
        )
    if tensor.dtype != np.float32:
        raise FieldError(N_("{field} must be float32, got {value}"), field=name, value=tensor.dtype)
    if not np.isfinite(tensor).all():
        raise FieldError(N_("{field} must hold finite numbers only"), field=name)


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "1"
