"""What mathematics can do here: one table per family of operations."""

from derive.ops.elementwise import ELEMENTWISE
from derive.ops.local import derivative
from derive.ops.op import Elementwise, Op
from derive.ops.registry import OPS, apply

__all__ = ["ELEMENTWISE", "OPS", "Elementwise", "Op", "apply", "derivative"]
