"""The examples of docs/telephony.md, as they stand there."""

import re
from pathlib import Path
from types import ModuleType

PAGE = Path(__file__).parents[3] / "docs" / "telephony.md"


def example(name: str) -> str:
    """The code block whose first line is `# example: <name>`. There must be one."""
    block = re.search(
        rf"^```\w+\n(# example: {re.escape(name)}\n.*?)^```$",
        PAGE.read_text("utf-8"),
        re.DOTALL | re.MULTILINE,
    )
    assert block is not None, name
    return block.group(1)


def ran(name: str, **given: object) -> ModuleType:
    """That block of Python, run with these names given."""
    module = ModuleType("example")
    vars(module).update(given)
    exec(compile(example(name), str(PAGE), "exec"), vars(module))
    return module
