"""What each elementwise operation computes, as PyTorch defines it. An entry here lowers an ATen call by itself.

The key of an entry is the ATen call with its overload. Its function takes ``Arithmetic`` and the call's arguments in
order, as values of the type that the call computes with; arguments that are no tensors or floats are Python values.
"""

from __future__ import annotations

from math import pi, sqrt
from typing import Any

from engine.tape.compiler.arithmetic import Arithmetic, Emit

A = Arithmetic


def _plus(m: A, a: Any, b: Any, alpha: Any = 1) -> Any:
    b = _number(m, b)
    return m.add(a, b) if _is_one(alpha) else m.fma(b, _number(m, alpha), a)


def _minus(m: A, a: Any, b: Any, alpha: Any = 1) -> Any:
    b = _number(m, b)
    return m.sub(a, b) if _is_one(alpha) else m.sub(a, m.mul(b, _number(m, alpha)))


def _plain(value: Any) -> bool:
    return isinstance(value, int | float)


def _is_one(value: Any) -> bool:
    return _plain(value) and value == 1


def _addcmul(m: A, a: Any, b: Any, c: Any, value: Any = 1) -> Any:
    if _is_one(value):
        return m.fma(b, c, a)
    if _plain(value) and value == -1:
        return m.fma(m.neg(b), c, a)
    return m.fma(m.mul(b, _number(m, value)), c, a)


def _addcdiv(m: A, a: Any, b: Any, c: Any, value: Any = 1) -> Any:
    quotient = m.div(b, c) if _plain(value) and abs(value) == 1 else m.div(m.mul(b, _number(m, value)), c)
    return m.sub(a, quotient) if _plain(value) and value == -1 else m.add(a, quotient)


def _lerp(m: A, start: Any, end: Any, weight: Any) -> Any:
    weight = _number(m, weight)
    difference, one = m.sub(end, start), m.number(1.0)
    near = m.fma(weight, difference, start)
    far = m.fma(m.sub(weight, one), difference, end)
    return m.select(m.compare("<", m.abs(weight), m.number(0.5)), near, far)


def _power(m: A, base: Any, exponent: Any) -> Any:
    if not _plain(exponent):
        return m.power(base, exponent)
    match exponent:
        case 2:
            return m.mul(base, base)
        case 3:
            return m.mul(m.mul(base, base), base)
        case 0.5:
            return m.sqrt(base)
        case 1:
            return base
        case -1:
            return m.div(m.number(1.0), base)
    return m.power(base, m.number(exponent))


def _sign(m: A, a: Any) -> Any:
    zero = m.number(0.0)
    return m.sub(m.as_float(m.compare(">", a, zero)), m.as_float(m.compare("<", a, zero)))


def _sgn(m: A, a: Any) -> Any:
    return m.select(m.is_nan(a), a, _sign(m, a))


def _relu(m: A, a: Any) -> Any:
    zero = m.number(0.0)
    return m.select(m.compare("<=", a, zero), zero, a)


def _threshold_backward(m: A, grad: Any, a: Any, threshold: Any) -> Any:
    return m.select(m.compare("<=", a, _number(m, threshold)), m.number(0.0), grad)


def _leaky_relu(m: A, a: Any, slope: Any = 0.01) -> Any:
    return m.select(m.compare(">", a, m.number(0.0)), a, m.mul(a, _number(m, slope)))


def _leaky_relu_backward(m: A, grad: Any, a: Any, slope: Any, is_result: bool = False) -> Any:
    return m.select(m.compare(">", a, m.number(0.0)), grad, m.mul(grad, _number(m, slope)))


def _elu(m: A, a: Any, alpha: Any = 1.0, scale: Any = 1.0, input_scale: Any = 1.0) -> Any:
    scale, alpha, inner = (_number(m, value) for value in (scale, alpha, input_scale))
    below = m.mul(m.call("expm1", m.mul(a, inner)), m.mul(alpha, scale))
    return m.select(m.compare("<", a, m.number(0.0)), below, m.mul(a, scale))


def _elu_backward(m: A, grad: Any, alpha: Any, scale: Any, input_scale: Any, is_result: bool, a: Any) -> Any:
    scale, alpha, inner = (_number(m, value) for value in (scale, alpha, input_scale))
    factor = m.mul(alpha, scale)
    slope = m.add(a, factor) if is_result else m.mul(m.call("exp", m.mul(a, inner)), factor)
    below = m.mul(m.mul(grad, inner), slope)
    return m.select(m.compare("<=", a, m.number(0.0)), below, m.mul(grad, scale))


def _normal_share(m: A, a: Any) -> Any:
    half = m.number(0.5)
    return m.fma(m.call("erf", m.mul(a, m.number(1 / sqrt(2)))), half, half)


def _gelu(m: A, a: Any) -> Any:
    return m.mul(a, _normal_share(m, a))


def _gelu_backward(m: A, grad: Any, a: Any) -> Any:
    density = m.mul(m.call("exp", m.mul(m.mul(a, a), m.number(-0.5))), m.number(1 / sqrt(2 * pi)))
    return m.mul(grad, m.fma(a, density, _normal_share(m, a)))


def _silu(m: A, a: Any) -> Any:
    return m.div(a, m.add(m.number(1.0), m.call("exp", m.neg(a))))


def _silu_backward(m: A, grad: Any, a: Any) -> Any:
    one = m.number(1.0)
    share = m.call("sigmoid", a)
    return m.mul(m.mul(grad, share), m.fma(a, m.sub(one, share), one))


def _softplus(m: A, a: Any, beta: Any = 1, threshold: Any = 20) -> Any:
    scaled = m.mul(a, _number(m, beta))
    curved = m.div(m.call("log1p", m.call("exp", scaled)), _number(m, beta))
    return m.select(m.compare(">", scaled, _number(m, threshold)), a, curved)


def _softplus_backward(m: A, grad: Any, a: Any, beta: Any, threshold: Any) -> Any:
    scaled = m.mul(a, _number(m, beta))
    grown = m.call("exp", scaled)
    curved = m.div(m.mul(grad, grown), m.add(grown, m.number(1.0)))
    return m.select(m.compare(">", scaled, _number(m, threshold)), grad, curved)


def _sigmoid_backward(m: A, grad: Any, out: Any) -> Any:
    return m.mul(m.mul(grad, m.sub(m.number(1.0), out)), out)


def _tanh_backward(m: A, grad: Any, out: Any) -> Any:
    return m.mul(grad, m.sub(m.number(1.0), m.mul(out, out)))


def _huber(m: A, a: Any, b: Any, reduction: int = 1, delta: Any = 1.0) -> Any:
    delta, half = _number(m, delta), m.number(0.5)
    size = m.abs(m.sub(a, b))
    inside, outside = m.mul(m.mul(half, size), size), m.mul(delta, m.sub(size, m.mul(half, delta)))
    return m.select(m.compare("<=", size, delta), inside, outside)


def _huber_backward(m: A, grad: Any, a: Any, b: Any, reduction: int, delta: Any) -> Any:
    delta = _number(m, delta)
    difference, full = m.sub(a, b), m.mul(grad, delta)
    above = m.select(m.compare(">=", difference, delta), full, m.mul(grad, difference))
    return m.select(m.compare("<=", difference, m.neg(delta)), m.neg(full), above)


def _clamp(m: A, a: Any, low: Any = None, high: Any = None) -> Any:
    if low is not None:
        a = m.larger(a, _number(m, low))
    return a if high is None else m.smaller(a, _number(m, high))


def _number(m: A, value: Any) -> Any:
    return m.number(value) if _plain(value) else value


def _function(name: str) -> Emit:
    return lambda m, a: m.call(name, a)


def _comparison(operator: str) -> Emit:
    return lambda m, a, b: m.compare(operator, a, _number(m, b))


OPERATIONS: dict[str, Emit] = {
    "add.Tensor": _plus,
    "sub.Tensor": _minus,
    "rsub.Scalar": lambda m, a, b, alpha=1: _minus(m, _number(m, b), a, alpha),
    "mul.Tensor": lambda m, a, b: m.mul(a, _number(m, b)),
    "mul.Scalar": lambda m, a, b: m.mul(a, _number(m, b)),
    "div.Tensor": lambda m, a, b: m.div(a, _number(m, b)),
    "div.Scalar": lambda m, a, b: m.div(a, _number(m, b)),
    "neg.default": lambda m, a: m.neg(a),
    "abs.default": lambda m, a: m.abs(a),
    "sign.default": _sign,
    "sgn.default": _sgn,
    "reciprocal.default": lambda m, a: m.div(m.number(1.0), a),
    "sqrt.default": lambda m, a: m.sqrt(a),
    "rsqrt.default": lambda m, a: m.div(m.number(1.0), m.sqrt(a)),
    "square.default": lambda m, a: m.mul(a, a),
    "pow.Tensor_Scalar": _power,
    "pow.Tensor_Tensor": _power,
    "pow.Scalar": lambda m, a, b: _power(m, _number(m, a), b),
    "exp.default": _function("exp"),
    "expm1.default": _function("expm1"),
    "log.default": _function("log"),
    "log1p.default": _function("log1p"),
    "tanh.default": _function("tanh"),
    "sigmoid.default": _function("sigmoid"),
    "erf.default": _function("erf"),
    "sin.default": _function("sin"),
    "cos.default": _function("cos"),
    "lerp.Tensor": _lerp,
    "addcmul.default": _addcmul,
    "addcdiv.default": _addcdiv,
    "maximum.default": lambda m, a, b: m.larger(a, b),
    "minimum.default": lambda m, a, b: m.smaller(a, b),
    "clamp.default": _clamp,
    "clamp.Tensor": _clamp,
    "clamp_min.default": lambda m, a, low: _clamp(m, a, low),
    "clamp_max.default": lambda m, a, high: _clamp(m, a, None, high),
    "where.self": lambda m, condition, a, b: m.select(condition, a, b),
    "eq.Tensor": _comparison("=="),
    "eq.Scalar": _comparison("=="),
    "ne.Tensor": _comparison("!="),
    "ne.Scalar": _comparison("!="),
    "lt.Tensor": _comparison("<"),
    "lt.Scalar": _comparison("<"),
    "le.Tensor": _comparison("<="),
    "le.Scalar": _comparison("<="),
    "gt.Tensor": _comparison(">"),
    "gt.Scalar": _comparison(">"),
    "ge.Tensor": _comparison(">="),
    "ge.Scalar": _comparison(">="),
    "copy": lambda m, a: a,
    "relu.default": _relu,
    "threshold_backward.default": _threshold_backward,
    "leaky_relu.default": _leaky_relu,
    "leaky_relu_backward.default": _leaky_relu_backward,
    "elu.default": _elu,
    "elu_backward.default": _elu_backward,
    "gelu.default": _gelu,
    "gelu_backward.default": _gelu_backward,
    "silu.default": _silu,
    "silu_backward.default": _silu_backward,
    "softplus.default": _softplus,
    "softplus_backward.default": _softplus_backward,
    "sigmoid_backward.default": _sigmoid_backward,
    "tanh_backward.default": _tanh_backward,
    "huber_loss.default": _huber,
    "huber_loss_backward.default": _huber_backward,
}

COMPARISONS = frozenset(key for key in OPERATIONS if key[:2] in {"eq", "ne", "lt", "le", "gt", "ge"})
"""Operations that compute with the type of their operands and give truth values."""
