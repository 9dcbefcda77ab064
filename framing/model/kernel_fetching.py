"""A word to the processor, as machine code: what will be read soon, so that nothing waits for memory."""

# ruff: noqa: ARG001 - numba asks for the names that a function is called with.

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

# Of LLVM's `llvm.prefetch`: to be read and not written; to be kept in all caches; data and not instructions.
_READ, _KEEP, _DATA = 0, 3, 1


@intrinsic
def fetch(typing_context: Any, array: Any, place: Any) -> Any:
    """Begin to fetch what stands at one place of an array, counted through its rows.

    Nothing is read: a place outside of the array does no harm.
    """

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        items = make_array(signature.args[0])(context, builder, arguments[0]).data
        pointer = builder.bitcast(builder.gep(items, [arguments[1]]), cgutils.voidptr_t)
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, number, number, number])
        prefetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(prefetch, [pointer, number(_READ), number(_KEEP), number(_DATA)])
        return context.get_dummy_value()

    return types.void(array, types.intp), code
