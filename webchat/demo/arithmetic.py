"""Safe evaluation of an arithmetic expression, within bounds that keep it quick."""

from __future__ import annotations

import ast
import math
import operator
import re

from simpleeval import InvalidExpression, SimpleEval

LONGEST = 200
"""Characters of an expression; nothing a person types into a calculator is longer."""

_LARGEST_EXPONENT = 1_000
_MOST_DIGITS = 1_000
# Without quotes, brackets or braces there are no strings, lists or comprehensions to guard against.
_ALPHABET = re.compile(r"[0-9A-Za-z\s.,+\-*/%^()]+")

_FUNCTIONS = {
    "abs": abs,
    "ceil": math.ceil,
    "cos": math.cos,
    "exp": math.exp,
    "floor": math.floor,
    "ln": math.log,
    "log": math.log10,
    "max": max,
    "min": min,
    "round": round,
    "sin": math.sin,
    "sqrt": math.sqrt,
    "tan": math.tan,
}


class CalculationError(ValueError):
    """The expression has no value that can be computed here; the words say why."""


def evaluate(expression: str) -> int | float:
    """Compute an expression.

    Args:
        expression: Numbers, `+ - * / // % **` (or `^`), brackets, `pi`, `e`, `tau`, and the
            usual functions such as `sqrt`.

    Returns:
        The value; a float that is a whole number comes as an int.

    Raises:
        CalculationError: It cannot be read, is not arithmetic, or grows too large.
    """
    if len(expression) > LONGEST:
        raise CalculationError(f"The expression is longer than {LONGEST} characters.")
    if not _ALPHABET.fullmatch(expression):
        raise CalculationError(f"Cannot compute {expression!r}: it is not arithmetic.")
    try:
        value = _evaluator().eval(expression.replace("^", "**"))
    except ZeroDivisionError:
        raise CalculationError("Division by zero has no value.") from None
    except OverflowError:
        raise CalculationError("The result is too large.") from None
    except CalculationError:
        raise
    except (InvalidExpression, SyntaxError, ValueError, TypeError, RecursionError) as error:
        raise CalculationError(f"Cannot compute {expression!r}: {error}") from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CalculationError(f"Cannot compute {expression!r}: it is not arithmetic.")
    if not abs(value) < 10**_MOST_DIGITS:  # also true of NaN, and of infinity
        raise CalculationError("The result is too large.")
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _evaluator() -> SimpleEval:
    return SimpleEval(
        operators={
            ast.Add: operator.add,
            ast.Sub: operator.sub,
            ast.Mult: operator.mul,
            ast.Div: operator.truediv,
            ast.FloorDiv: operator.floordiv,
            ast.Mod: operator.mod,
            ast.Pow: _power,
            ast.USub: operator.neg,
            ast.UAdd: operator.pos,
        },
        functions=_FUNCTIONS,
        names={"pi": math.pi, "e": math.e, "tau": math.tau},
    )


def _power(base: float, exponent: float) -> float:
    digits = abs(exponent) * math.log10(max(abs(base), 1))
    if abs(exponent) > _LARGEST_EXPONENT or digits > _MOST_DIGITS:
        raise CalculationError("The power is too large to compute here.")
    return base**exponent
