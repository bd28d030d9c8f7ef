"""The small faults: comparison edges, signs, `not`, `and`/`or`, and constants one off."""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

COMPARISONS: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
}  # fmt: skip
SIGNS: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault in one file.

    Attributes:
        line: where the changed expression begins, from 1.
        where: the function or class that it stands in, as `Class.method`; empty at the module's own level.
        before, after: the expression, as Python writes it.
        text: the line of the source on which the expression begins, without its indentation.
        start, end: the bytes of the source that `after` takes the place of.
    """

    line: int
    where: str
    before: str
    after: str
    text: str
    start: int
    end: int

    @property
    def key(self) -> tuple[str, str, str]:
        """What finds the fault again after lines have moved: where it is, and both expressions."""
        return self.where, self.before, self.after

    def applied(self, source: bytes) -> bytes:
        """Returns the source with the fault in it."""
        return source[: self.start] + f"({self.after})".encode() + source[self.end :]


@dataclass(frozen=True, slots=True)
class Equivalent:
    """A fault that changes nothing that could be noticed.

    Attributes:
        reason: why.
        lines: the lines of the source on which it changes nothing; empty where it can stand on one line alone.
    """

    reason: str
    lines: tuple[str, ...] = ()

    def names(self, mutant: Mutant) -> bool:
        """Returns whether it is this one of the faults that have its file and its key."""
        return not self.lines or mutant.text in self.lines


def equivalents() -> dict[tuple[str, tuple[str, str, str]], Equivalent]:
    """Returns what `equivalent.toml` names, by file and key."""
    named = tomllib.loads(Path(__file__).with_name("equivalent.toml").read_text("utf-8"))["mutant"]
    return {
        (each["file"], (each["where"], each["before"], each["after"])): Equivalent(
            each["reason"], tuple(each.get("lines", ()))
        )
        for each in named
    }


def mutants_of(source: bytes) -> list[Mutant]:
    """Returns every fault that can be put into a source, in its order.

    Left alone are annotations, which do not run, and decorators: that a dataclass is frozen and has slots guards
    against mistakes of programmers, and changes nothing that a correct program does.
    """
    rows, starts = source.splitlines(keepends=True), [0]
    for row in rows:
        starts.append(starts[-1] + len(row))
    found = []
    for where, node in _expressions(ast.parse(source)):
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        before, text = ast.unparse(node), rows[node.lineno - 1].decode().strip()
        found += [Mutant(node.lineno, where, before, after, text, start, end) for after in _changed(node)]
    return sorted(found, key=lambda mutant: (mutant.start, mutant.end, mutant.after))


def _expressions(tree: ast.AST, where: str = "") -> Iterator[tuple[str, ast.expr]]:
    """All expressions with where they stand; not those inside of f-strings, whose places Python 3.11 does not know."""
    if isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        where = f"{where}.{tree.name}" if where else tree.name
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list") or isinstance(tree, ast.JoinedStr):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.expr):
                yield where, child
            if isinstance(child, ast.AST):
                yield from _expressions(child, where)


def _changed(node: ast.expr) -> list[str]:
    match node:
        case ast.Compare(left=left, ops=[operator], comparators=[right]) if type(operator) in COMPARISONS:
            return [ast.unparse(ast.Compare(left, [COMPARISONS[type(operator)]()], [right]))]
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in SIGNS and not _is_text(left, right):
            return [ast.unparse(ast.BinOp(left, SIGNS[type(operator)](), right))]
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand) if not isinstance(operand, ast.Constant):
            return [ast.unparse(operand)]
        case ast.BoolOp(op=operator, values=values):
            other = ast.Or() if isinstance(operator, ast.And) else ast.And()
            return [ast.unparse(ast.BoolOp(other, values))]
        case ast.Constant(value=value) if type(value) is int:
            return [str(value + 1)]
        case ast.Constant(value=value) if type(value) is bool:
            return [str(not value)]
    return []


def _is_text(*operands: ast.expr) -> bool:
    return any(isinstance(each, ast.JoinedStr) or isinstance(getattr(each, "value", None), str) for each in operands)
