"""
How the world comes to compiled functions: as one pointer.

numba takes a tuple of arrays apart, and each array into its parts: fifteen arrays would be some 120 arguments of every
function, and most of the time of compiling would go into handing them on. So `World` keeps a list of where its arrays
lie and how long they are, and compiled code is given the address of that list. `w.tasks` reads from it and is an array
as any other. The list does not change as long as the world lives, which is said to the compiler (`invariant.load`), so
that it reads it once and not after every change to a task.

Whoever calls a compiled function holds the world meanwhile; nothing compiled keeps it.
"""

from typing import Any, Final

import numpy as np
from llvmlite import ir
from numba import from_dtype
from numba.core import cgutils, types
from numba.core.datamodel.models import OpaqueModel
from numba.core.imputils import impl_ret_borrowed
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    NativeValue,
    infer_getattr,
    lower_getattr_generic,
    register_model,
    typeof_impl,
    unbox,
)
from numba.np.arrayobj import populate_array

from anjia.planning.search.records import FIELDS, World

WORD: Final = 8  # bytes


class WorldType(types.Type):
    """What `World` is to the compiler."""

    def __init__(self) -> None:
        super().__init__(name="World")


WORLD: Final = WorldType()
ARRAYS: Final = {
    name: types.Array(from_dtype(np.dtype(kind)), dimensions, "C")
    for name, (kind, dimensions) in FIELDS.items()
}


def place_of(name: str) -> int:
    """Return where in the list an array's entry begins: its address, then its lengths, then its strides."""
    before = list(FIELDS)[: list(FIELDS).index(name)]
    return sum(1 + 2 * FIELDS[one][1] for one in before)


register_model(WorldType)(OpaqueModel)


@typeof_impl.register(World)
def type_of_world(_world: World, _context: Any) -> WorldType:
    return WORLD


@unbox(WorldType)
def from_python(_type: WorldType, world: Any, c: Any) -> Any:
    address = c.pyapi.object_getattr_string(world, "address")
    pointer = c.pyapi.long_as_voidptr(address)
    c.pyapi.decref(address)
    return NativeValue(pointer, is_error=cgutils.is_not_null(c.builder, c.pyapi.err_occurred()))


@infer_getattr
class Attributes(AttributeTemplate):
    key = WorldType

    def generic_resolve(self, _world: WorldType, name: str) -> Any:
        return ARRAYS.get(name)


@lower_getattr_generic(WorldType)
def read_array(context: Any, builder: Any, _type: WorldType, world: Any, name: str) -> Any:
    kind, begin = ARRAYS[name], place_of(name)
    array = context.make_array(kind)(context, builder)

    def entry(number: int, what: Any) -> Any:
        where = builder.gep(world, [ir.Constant(ir.IntType(64), WORD * (begin + number))])
        value = builder.load(builder.bitcast(where, what.as_pointer()))
        value.set_metadata("invariant.load", builder.module.add_metadata([]))
        return value

    word = context.get_value_type(types.intp)
    populate_array(
        array,
        data=entry(0, array.data.type),
        shape=[entry(1 + k, word) for k in range(kind.ndim)],
        strides=[entry(1 + kind.ndim + k, word) for k in range(kind.ndim)],
        itemsize=kind.dtype.size if isinstance(kind.dtype, types.Record) else kind.dtype.bitwidth // 8,
        meminfo=None,
    )
    return impl_ret_borrowed(context, builder, kind, array._getvalue())
