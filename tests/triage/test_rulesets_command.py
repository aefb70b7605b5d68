"""`dsi rulesets check`: rule set files as they are reviewed in version control."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from services.cli.rulesets import check_files, list_rulesets
from services.triage.rules.ruleset import RULESETS_FOLDER
from services.triage.rulesets.differences import Plain
from tests.triage.rulekeeping import as_yaml, draft

pytestmark = pytest.mark.slow


def written(folder: Path, version: str, edit: Callable[[Plain], object] = lambda content: None) -> Path:
    file = folder / f"{version}.yaml"
    file.write_text(as_yaml(draft(edit, version)), encoding="utf-8")
    return file


def checked(*files: Path) -> tuple[int, str]:
    output = StringIO()
    status = check_files(files, Console(file=output, width=80))
    return status, output.getvalue()


def test_the_rule_sets_in_use_are_reported_as_proved() -> None:
    status, output = checked(RULESETS_FOLDER / "1.yaml", RULESETS_FOLDER / "2.yaml")
    assert (status, output.count("\n")) == (0, 2)
    assert "version 1, 21 rows, 0 duties: every citizen has one destination" in output
    assert "version 2, 21 rows, 14 duties: every citizen has one destination" in output


def test_rule_set_1_by_itself_would_still_be_in_force_when_the_law_demands_duties() -> None:
    status, output = checked(RULESETS_FOLDER / "1.yaml")
    assert (status, "lost: Regelsættet har ingen pligter" in output) == (1, True)


def test_a_lost_duty_is_reported_by_its_code(tmp_path: Path) -> None:
    status, output = checked(written(tmp_path, "3", lambda content: content["duties"].pop()))
    assert status == 1
    assert "duty transition: lost: Pligten „Overgang til voksenlivet“" in output


def test_a_fault_is_reported_by_file_and_line_so_that_an_editor_finds_it(tmp_path: Path) -> None:
    file = written(tmp_path, "3")
    text = file.read_text(encoding="utf-8").replace("      - drug_treatment\n", "      - wheels\n", 1)
    file.write_text(text, encoding="utf-8")
    line = text.splitlines().index("      - wheels") + 1
    status, output = checked(file)
    assert (status, output) == (1, f"{file}:{line}: /rows/17/when/needs/any/0: there is no such code\n")


def test_a_finding_of_the_proof_is_reported_with_a_citizen(tmp_path: Path) -> None:
    status, output = checked(written(tmp_path, "3", lambda content: content["rows"].pop()))
    assert status == 1
    assert "gap: En borger falder mellem to stole" in output
    assert "'needs'" in output


def test_files_that_hold_from_the_same_day_or_have_one_version_do_not_agree(tmp_path: Path) -> None:
    twin = tmp_path / "twin.yaml"
    twin.write_bytes((RULESETS_FOLDER / "2.yaml").read_bytes())
    status, output = checked(RULESETS_FOLDER / "2.yaml", twin)
    assert status == 1
    assert "version 2 is" in output
    assert "valid from 2026-01-01, as" in output
    later = written(tmp_path, "3", lambda content: content.update(valid_from="2026-05-01"))
    assert checked(RULESETS_FOLDER / "2.yaml", later)[0] == 0


def test_a_file_of_ten_megabytes_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "2.yaml"
    file.write_bytes(b"# " + b"x" * 10_000_000)
    assert checked(file) == (1, f"{file}: /: larger than 524288 bytes\n")


async def test_the_installations_rule_sets_are_listed(tmp_path: Path) -> None:
    output = StringIO()
    await list_rulesets(tmp_path, Console(file=output, width=160))
    assert "Regelsæt 1 for Din Sociale Indgang" in output.getvalue()
    assert "active" in output.getvalue()
