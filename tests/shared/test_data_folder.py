"""The folder with the installation's databases and secrets is its owner's alone."""

from pathlib import Path
from stat import S_IMODE

import pytest

from shared.installation import development_secret
from shared.settings import CommonSettings


@pytest.mark.parametrize("first", ["database", "secret"])
def test_nobody_else_may_look_into_the_data_folder(tmp_path: Path, first: str) -> None:
    data = tmp_path / "new" / "data"
    if first == "database":
        CommonSettings(data=data).database_url("intake", None)
    development_secret(data, "service_key")
    assert S_IMODE(data.stat().st_mode) == 0o700
    assert S_IMODE((data / "secrets").stat().st_mode) == 0o700
