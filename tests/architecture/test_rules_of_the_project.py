"""Rules of the system that a machine can hold."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from shared.log import mask

ROOT = Path(__file__).parents[2]


def tracked(*endings: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    if not listed:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.splitlines() if name.endswith(endings) and (ROOT / name).exists()]


def test_locked_requirements_carry_hashes_and_no_addresses() -> None:
    locks = sorted((ROOT / "requirements").glob("*.txt"))
    assert [lock.stem for lock in locks] == ["development", "mutation", "npm", "runtime"]
    for lock in locks:
        text = lock.read_text()
        assert "://" not in text
        pinned = re.findall(r"^[\w.-]+(?:\[[\w,]+\])?==", text, re.MULTILINE)
        assert len(pinned) > {"npm": 0, "mutation": 10}.get(lock.stem, 20)
        assert len(pinned) == len(
            re.findall(r"^[\w.-]+[^\n]*==[^\n]*\\\n +--hash=sha256:", text, re.MULTILINE)
        )
    for folder in ("tests/tools", "services/desk/assets"):
        packages = json.loads((ROOT / folder / "package-lock.json").read_text())["packages"]
        installed = [package for name, package in packages.items() if name]
        assert installed
        assert all("integrity" in package and "resolved" not in package for package in installed)


def test_every_dependency_is_explained() -> None:
    explained = (ROOT / "docs/dependencies.md").read_text()
    for source in (ROOT / "requirements").glob("*.in"):
        for line in source.read_text().splitlines():
            name = re.split(r"[;\[]", line)[0].strip()
            if name and not name.startswith(("-", "#")):
                assert f"`{name}`" in explained, f"docs/dependencies.md does not say why {name}"


def test_no_file_has_a_real_looking_personal_number() -> None:
    """Only replacement-style numbers (day + 60) may stand in code, tests and documents."""
    number = re.compile(r"(?<![0-9a-fA-F.-])([0-3][0-9])([01][0-9])[0-9]{2}-?[0-9]{4}(?![0-9a-fA-F])")
    suspicious = []
    for file in tracked(".py", ".md", ".yaml", ".html", ".json", ".toml"):
        if file.name == "package-lock.json":
            continue
        for day, month in number.findall(file.read_text(encoding="utf-8")):
            if 1 <= int(day) <= 31 and 1 <= int(month) <= 12:
                suspicious.append(str(file.relative_to(ROOT)))
    assert not suspicious


def test_the_log_masks_what_looks_like_a_personal_number() -> None:
    assert mask("ringer om 610190-1234 igen") == "ringer om ********** igen"
    assert mask("6101901234") == "**********"
    assert mask("call 1795312303.0 took 1234567 ms") == "call 1795312303.0 took 1234567 ms"


def test_every_metric_is_documented() -> None:
    documented = (ROOT / "docs/metrics.md").read_text()
    declared = {
        name
        for file in (*(ROOT / "services").rglob("*.py"), *(ROOT / "shared").rglob("*.py"))
        for name in re.findall(r'"(dsi_[a-z_]+)"', file.read_text(encoding="utf-8"))
    }
    assert len(declared) > 5
    assert not {name for name in declared if f"`{name}" not in documented}
