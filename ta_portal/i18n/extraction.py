"""Which messages the sources ask to have translated, found without the gettext programs."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.utils.translation.template import templatize

# What each function is given as text, in order.
_TEXTS = {
    "gettext": ("text",),
    "gettext_noop": ("text",),
    "ngettext": ("text", "plural"),
    "pgettext": ("context", "text"),
    "npgettext": ("context", "text", "plural"),
    "_": ("text",),
}
_LITERAL = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
_CALL = re.compile(rf"\b(gettext|ngettext|pgettext|npgettext|_)\(({_LITERAL}(?:, ?{_LITERAL})*)")


class Message(NamedTuple):
    """A text of the interface; `context` tells two meanings apart, `plural` is empty where nothing is counted."""

    text: str
    context: str = ""
    plural: str = ""


def messages_of_project(folder: Path) -> set[Message]:
    """Every message of the templates and of the packages in `folder`, tests left out."""
    packages = [package.parent for package in folder.glob("*/__init__.py") if package.parent.name != "tests"]
    files = [path for top in (folder / "templates", *packages) for path in top.rglob("*")]
    return {found for path in files if path.suffix in {".py", ".html", ".txt"} for found in messages_of(path)}


def messages_of(path: Path) -> set[Message]:
    """The messages of one template or Python file. Raises ValueError where a text is put together in the call."""
    return set(_in_python(path) if path.suffix == ".py" else _in_template(path))


def _in_template(path: Path) -> Iterator[Message]:
    for match in _CALL.finditer(templatize(path.read_text(encoding="utf-8"), str(path))):
        yield _message(match[1], [ast.literal_eval(text) for text in re.findall(_LITERAL, match[2])])


def _in_python(path: Path) -> Iterator[Message]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = _translation_functions(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in functions:
            function = functions[node.func.id]
            yield _message(function, [ast.literal_eval(text) for text in node.args[: len(_TEXTS[function])]])


def _translation_functions(tree: ast.Module) -> dict[str, str]:
    """Under which names a module has imported Django's translation functions: `_` is `gettext`, lazy or not."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names = [name for node in imports if node.module == "django.utils.translation" for name in node.names]
    found = {name.asname or name.name: name.name.removesuffix("_lazy") for name in names}
    return {known_as: function for known_as, function in found.items() if function in _TEXTS}


def _message(function: str, texts: list[str]) -> Message:
    return Message(**dict(zip(_TEXTS[function], texts, strict=False)))
