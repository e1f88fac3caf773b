"""LLVM for this processor: text of a module to object code, and object code to functions that can be called."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import llvmlite.binding as llvm

from engine.tape.compiler.source import Unlowerable


@cache
def _compiler() -> str:
    """A digest of the compiler itself, so that no code of another version of it is taken from a cache."""
    digest, room, found = hashlib.sha256(), Path(__file__).parents[1], False
    for folder in ("compiler", "elementary", "."):
        pattern = "**/*.py" if folder != "." else "*.py"
        for path in sorted((room / folder).glob(pattern)):
            digest.update(path.read_bytes())
            found = True
    # Without sources, as in a frozen application, nothing tells one version from another: no code is taken over.
    return digest.hexdigest() if found else secrets.token_hex()


@cache
def machine() -> Any:
    """The target machine of this processor with all its instruction sets."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return _new_machine()


def _new_machine() -> Any:
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=_features(), opt=2, reloc="pic", codemodel="small", jit=True
    )


@cache
def _features() -> str:
    features = llvm.get_host_cpu_features().flatten()
    # Registers of 512 bits are asked for by the width of vectors; LLVM shall not divide them.
    return f"{features},-prefer-256-bit" if "+avx512f" in features else features


@cache
def width() -> int:
    """How many float32 a vector register holds."""
    features = llvm.get_host_cpu_features()
    return 16 if features.get("avx512f") else 8 if features.get("avx2") else 4


@cache
def identity() -> str:
    """What object code depends on besides the source: the compiler, LLVM, the processor."""
    versions = f"{_compiler()} {llvmlite.__version__} {llvm.llvm_version_info}"
    return f"{versions} {llvm.get_default_triple()} {llvm.get_host_cpu_name()} {_features()} {width()}"


def object_code(text: str) -> bytes:
    """Compile a module's text. Raises ``Unlowerable`` if LLVM refuses it, which is a mistake of ours."""
    try:
        module = llvm.parse_assembly(text)
        module.verify()
    except RuntimeError as error:
        raise Unlowerable(f"LLVM refuses its code ({' '.join(str(error).split())})") from error
    code: bytes = machine().emit_object(module)
    return code


class Native:
    """A function of object code, for as long as this lives.

    Parameters
    ----------
    codes
        Object code; one may call functions of the others.
    name
        Of the function.
    kind
        Its ctypes prototype; a call of it lets other threads run.
    """

    def __init__(self, codes: Sequence[bytes], name: str, kind: Any) -> None:
        machine()
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _new_machine())
        for code in codes:
            self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        self.address = self._engine.get_function_address(name)
        if not self.address:
            raise ValueError(f"the object code has no function {name}")
        self.call = kind(self.address)
