"""Values as Python expressions, and the features' formulas as they are written in this package."""

import ast
import inspect
import json
import math
from functools import cache

from torch import nn

from moons import features


class Formula(str):
    """An expression that is written as it stands."""


def code(value: object) -> str:
    """`value` as a Python expression; `nn`, `torch` and `math` name what they name everywhere."""
    if isinstance(value, nn.Linear):
        return f"nn.Linear({value.in_features}, {value.out_features})"
    if isinstance(value, nn.Module):
        return f"nn.{type(value).__name__}()"
    if isinstance(value, type):
        return f"torch.optim.{value.__name__}"
    if isinstance(value, list):
        return f"[{', '.join(map(code, value))}]"
    return _scalar_code(value)


def formulas(names: tuple[str, ...]) -> list[Formula]:
    """The features of these names, in x0 and x1."""
    return [_formulas()[name] for name in names]


def _scalar_code(value: object) -> str:
    if isinstance(value, Formula):
        return str(value)
    if isinstance(value, str) and "\n" in value:
        return f'"""\\\n{value}"""'
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)  # double quotes, as a formatter likes them
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:_}"
    if isinstance(value, float) and math.isinf(value):
        return "math.inf" if value > 0 else "-math.inf"
    if isinstance(value, bool | float):
        return repr(value)
    raise TypeError(f"no code for {value!r}")


@cache
def _formulas() -> dict[str, Formula]:
    """Name → the body of the lambda that computes it, read from the registry's source."""
    found = {}
    for node in ast.walk(ast.parse(inspect.getsource(features))):
        if isinstance(node, ast.Dict):
            for key, entry in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(entry, ast.Call):
                    (compute,) = (part for part in entry.args if isinstance(part, ast.Lambda))
                    found[str(key.value)] = Formula(ast.unparse(compute.body).replace(" ** ", "**"))
    return found
