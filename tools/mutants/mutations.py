"""The small faults: comparison edges, signs, `not`, `and`/`or`, and constants one off."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
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
        before, after: the expression, as Python writes it.
        start, end: the bytes of the source that `after` takes the place of.
    """

    line: int
    before: str
    after: str
    start: int
    end: int

    def applied(self, source: bytes) -> bytes:
        """Returns the source with the fault in it."""
        return source[: self.start] + f"({self.after})".encode() + source[self.end :]


def mutants_of(source: bytes) -> list[Mutant]:
    """Returns every fault that can be put into a source, in its order.

    Annotations, docstrings and default texts are left alone: no fault of these kinds changes what runs there.
    """
    starts = [0]
    for row in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(row))
    found = []
    for node in _expressions(ast.parse(source)):
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        before = ast.unparse(node)
        found += [Mutant(node.lineno, before, after, start, end) for after in _changed(node)]
    return sorted(found, key=lambda mutant: (mutant.start, mutant.end, mutant.after))


def _expressions(tree: ast.AST) -> Iterator[ast.expr]:
    """All expressions but annotations and those inside of f-strings, whose places Python 3.11 does not know."""
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns") or isinstance(tree, ast.JoinedStr):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.expr):
                yield child
            if isinstance(child, ast.AST):
                yield from _expressions(child)


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
