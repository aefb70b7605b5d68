"""The `dsi` command as an operator types it, each time in a process of its own."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from shared.access import Tokens
from shared.settings import CommonSettings
from shared.vocabulary import Role
from tests.research_calls.test_calls_file import calls_csv, rows
from tests.system.processes import Process, free_port

ROOT = Path(__file__).parents[2]
QUEUE_LOG = ROOT.parent / "shared/data/asterisk/queue_log"


def dsi(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "services", *map(str, arguments)]
    settings = {**os.environ, **environment, "COLUMNS": "200"}
    return subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False)


def count(output: str, what: str) -> int:
    found = re.search(rf"{re.escape(what)}\s*│\s*(\d+)", output)
    assert found, output
    return int(found[1])


def test_a_token_is_all_that_is_printed_and_it_opens_the_door(tmp_path: Path) -> None:
    printed = dsi("token", "--role", "reception", "--data", tmp_path)
    assert printed.returncode == 0
    assert printed.stderr == ""
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", printed.stdout)
    assert Tokens(CommonSettings(data=tmp_path)).verify(printed.stdout.strip()).has(Role.RECEPTION)


def test_a_caseworkers_token_names_its_units(tmp_path: Path) -> None:
    printed = dsi("token", "--role", "caseworker", "--unit", "youth", "--data", tmp_path)
    bo = Tokens(CommonSettings(data=tmp_path)).verify(printed.stdout.strip())
    assert bo.belongs_to("youth")
    assert not bo.belongs_to("adults")


def test_production_gives_no_development_tokens(tmp_path: Path) -> None:
    key_set = tmp_path / "jwks.json"
    key_set.write_text(
        '{"keys": [{"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTE", "alg": "HS256"}]}'
    )
    refused = dsi(
        "token", "--role", "reception", "--data", tmp_path,
        DSI_MODE="production", DSI_SERVICE_KEY="k" * 40, DSI_JWKS_FILE=str(key_set),
    )  # fmt: skip
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert "development mode only" in refused.stderr


def test_an_unknown_role_is_refused_with_the_choices(tmp_path: Path) -> None:
    refused = dsi("token", "--role", "king", "--data", tmp_path)
    assert refused.returncode == 2
    assert "reception" in refused.stderr


@pytest.mark.skipif(not QUEUE_LOG.exists(), reason="the recorded queue_log is not beside this checkout")
def test_the_recorded_queue_log_gives_its_18_calls_and_a_second_import_changes_nothing(
    tmp_path: Path,
) -> None:
    first = dsi("import", "queue-log", QUEUE_LOG, "--data", tmp_path)
    assert first.returncode == 0, first.stderr
    expected = {
        "calls (a contact each)": 18,
        "queue visits": 20,
        "answered calls": 16,
        "abandoned calls": 1,
        "lost calls": 1,
        "lines not understood (kept)": 0,
    }
    assert {what: count(first.stdout, what) for what in expected} == expected
    second = dsi("import", "queue-log", QUEUE_LOG, "--data", tmp_path)
    assert {what: count(second.stdout, what) for what in expected} == expected
    assert count(second.stdout, "new lines") == 0
    assert count(second.stdout, "lines known before") == count(first.stdout, "new lines")


def test_recorded_calls_sent_out_of_order_and_twice_are_derived_as_recorded(tmp_path: Path) -> None:
    file = calls_csv(tmp_path, rows(20), "not,a,call\n")
    disorder = ("--shuffle-seconds", "3600", "--doubled", "0.1", "--seed")
    first = dsi("import", "calls-csv", file, *disorder, "7", "--data", tmp_path / "one")
    second = dsi("import", "calls-csv", file, *disorder, "8", "--data", tmp_path / "two", "--no-tell-queues")

    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    expected = {
        "calls": 20,
        "rows that are no calls": 1,
        "new deliveries": 80,
        "... derived as recorded": 20,
        "... derived otherwise": 0,
    }
    assert {what: count(first.stdout, what) for what in expected} == expected
    assert first.stdout.splitlines()[-1] == second.stdout.splitlines()[-1]
    assert dsi("import", "calls-csv", ROOT / "README.md", "--data", tmp_path / "one").returncode == 2


def test_the_system_starts_answers_and_keeps_contacts_over_a_restart(tmp_path: Path) -> None:
    token = dsi("token", "--role", "reception", "--data", tmp_path).stdout.strip()
    process = Process(tmp_path, None, free_port(), {})
    headers = {"Authorization": f"Bearer {token}"}
    process.start()
    try:
        process.wait_until_ready("/intake/health/ready")
        assert "Din Sociale Indgang" in httpx.get(process.url).text
        for service in ("intake", "triage", "routing"):
            assert httpx.get(f"{process.url}/{service}/docs").is_success
            document = httpx.get(f"{process.url}/{service}/openapi.json").json()
            assert document["servers"][0]["url"] == f"/{service}"
        made = httpx.post(f"{process.url}/intake/v1/contacts", json={"channel": "walk_in"}, headers=headers)
        assert made.status_code == 201, made.text
    finally:
        process.stop()
    process.start()
    try:
        process.wait_until_ready("/intake/health/ready")
        found = httpx.get(f"{process.url}/intake/v1/contacts/{made.json()['id']}", headers=headers)
        assert found.status_code == 200
    finally:
        process.stop()


def test_deliveries_that_cannot_be_interpreted_are_listed_and_read_again(tmp_path: Path) -> None:
    log = tmp_path / "queue_log"
    caller = "1773133200|pbx-1|nobody|NONE|ENTERQUEUE||4520000001|1"
    log.write_text(f"{caller}\nwhat is this\n")
    data = tmp_path / "data"
    assert dsi("import", "queue-log", log, "--data", data).returncode == 0
    listed = dsi("deliveries", "--data", data)

    assert listed.returncode == 0, listed.stderr
    assert "not-a-queue-log-line" in listed.stdout
    assert re.search(r"│ asterisk\s*│ nobody", listed.stdout)
    assert "what is this" not in listed.stdout
    assert "No deliveries" in dsi("deliveries", "--reason", "future", "--data", data).stdout
    again = dsi("deliveries", "rerun", "--source", "asterisk", "--data", data)
    assert (again.returncode, again.stderr.strip()) == (0, "1 read again")
    assert dsi("deliveries", "rerun", "--source", "other", "--data", data).stderr.strip() == "0 read again"
    assert "not-a-queue-log-line" in dsi("deliveries", "--data", data).stdout


def test_dead_letters_are_listed_and_revived_by_the_operator(tmp_path: Path) -> None:
    for way in (("events", "list"), ("events",)):
        listed = dsi(*way, "--data", tmp_path)
        assert listed.returncode == 0, listed.stderr
        assert "No dead letters." in listed.stdout
        assert "routing" in listed.stdout
    assert dsi("events", "retry", "--data", tmp_path).returncode == 0


def test_databases_migrate_down_and_up(tmp_path: Path) -> None:
    for revision in ("head", "base", "head"):
        done = dsi("migrate", "--to", revision, "--data", tmp_path)
        assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_simulated_day_ends_with_everybody_in_one_place(tmp_path: Path) -> None:
    played = dsi("simulate", "--days", "1", "--seed", "7", "--data", tmp_path)
    assert played.returncode == 0, played.stdout + played.stderr
    assert "is in exactly one place" in played.stdout
    assert count(played.stdout, "phone") > 0


def test_an_hsds_file_is_imported_once_and_a_faulty_one_is_refused_with_its_place(tmp_path: Path) -> None:
    organization = {"id": "01a20676-ae61-7554-a27c-1200000000bb", "name": "Vennerne", "description": "x"}
    offer = {"id": "01a20676-ae61-7554-a27c-1200000000aa", "name": "Skak [åben]", "status": "active"}
    file = tmp_path / "vennerne.json"
    file.write_text(json.dumps([{**offer, "organization": organization}]))
    for new in (1, 0):
        imported = dsi("import", "hsds", file, "--data", tmp_path / "data")
        assert imported.returncode == 0, imported.stderr
        assert count(imported.stdout, "new offers") == new
    file.write_text(json.dumps([{**offer, "organization": organization, "status": "open"}]))
    refused = dsi("import", "hsds", file, "--data", tmp_path / "data")
    assert refused.returncode == 1
    assert "/0/status" in refused.stderr
