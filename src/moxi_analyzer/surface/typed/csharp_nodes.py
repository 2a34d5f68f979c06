"""Walks C# syntax trees: what an expression is made for, and where it is kept."""

from __future__ import annotations

from tree_sitter import Node

from moxi_analyzer.syntax import ancestors, text_of

SCOPES = frozenset(
    "method_declaration constructor_declaration local_function_statement property_declaration".split()
)


def target_type(node: Node) -> str:
    """The declared type that `new(…)` makes."""
    for around in ancestors(node):
        if around.type in {"variable_declaration", "property_declaration"}:
            return text_of(around.child_by_field_name("type"))
        if around.type in SCOPES or around.type == "argument":
            return ""
    return ""


def holder_of(node: Node) -> tuple[str, int, str]:
    """(variable, method, class) that an expression stands in."""
    name, method, type_name = "", 0, ""
    previous = node
    for around in ancestors(node):
        if (not name and around.type == "variable_declarator") or (
            not name and around.type == "property_declaration"
        ):
            name = text_of(around.child_by_field_name("name"))
        elif (
            not name
            and around.type == "assignment_expression"
            and around.child_by_field_name("right") == previous
        ):
            name = text_of(around.child_by_field_name("left")).removeprefix("this.")
        elif (
            around.type
            in {"argument", "initializer_expression", "return_statement", "lambda_expression"}
            and not name
        ):
            name = " "
        if not method and around.type in SCOPES:
            method = around.start_byte + 1
        if not type_name and around.type in {
            "class_declaration",
            "record_declaration",
            "struct_declaration",
        }:
            type_name = text_of(around.child_by_field_name("name"))
        previous = around
    return name.strip(), method, type_name
