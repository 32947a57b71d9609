"""The examples in other languages and for other tools work as their README says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import peers
import pytest
import yaml

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
README = (EXAMPLES / "README.md").read_text("utf-8")
COMMANDS = dict(re.findall(r"<!-- example: (\w+) -->\n```sh\n(.*?)```", README, re.DOTALL))
WORKFLOW = EXAMPLES / "github" / "workflow.yml"
HOOKS = ROOT / ".pre-commit-hooks.yaml"
PRE_COMMIT = EXAMPLES / "pre-commit" / ".pre-commit-config.yaml"
Tool = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Tool:
    """Return `run(commands, folder)`: a shell that knows `contract-tests`."""
    folder = tmp_path_factory.mktemp("bin")
    program = folder / "contract-tests"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m contract_tests "$@"\n', "utf-8")
    program.chmod(0o755)
    path = os.pathsep.join((str(folder), os.environ["PATH"]))

    def run(commands: str, where: Path) -> subprocess.CompletedProcess[str]:
        variables = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}
        return _run(["sh", "-ec", commands], where, variables)

    return run


@pytest.fixture(scope="module")
def typescript(
    example_modules: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Copy the TypeScript project, beside the contracts, as `npm ci` leaves it."""
    peers.needs("node", "npm")
    room = tmp_path_factory.mktemp("room")
    (room / "specs").symlink_to(ROOT / "specs")
    made = shutil.ignore_patterns("node_modules", "build", "generated.ts")
    project = room / "examples" / "typescript"
    shutil.copytree(EXAMPLES / "typescript", project, ignore=made)
    (project / "node_modules").symlink_to(example_modules("typescript") / "node_modules")
    return project


@pytest.fixture(scope="module")
def pre_commit(
    client_python: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Tool:
    """Return `run(program, *args, where=…)` for the programs of pre-commit's environment."""
    programs = client_python("pre-commit").parent
    cache = str(tmp_path_factory.mktemp("cache"))

    def run(program: str, *args: str, where: Path = ROOT) -> subprocess.CompletedProcess[str]:
        variables = {**os.environ, "PRE_COMMIT_HOME": cache, "PYTHONPATH": str(ROOT)}
        return _run([str(programs / program), *args], where, variables)

    return run


@pytest.mark.slow
def test_the_typescript_example_conforms(shell: Tool, typescript: Path) -> None:
    done = shell(_installed(COMMANDS["typescript"]), typescript)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the client ended with 0" in done.stderr
    done = shell(COMMANDS["surprised"], typescript)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_what_is_wrong_with_a_typescript_client_is_found(shell: Tool, typescript: Path) -> None:
    source = typescript / "src" / "sessions.ts"
    right = source.read_text("utf-8")
    source.write_text(right.replace("?limit=${limit}", "?limits=${limit}"), "utf-8")
    try:
        done = shell(_installed(COMMANDS["typescript"]), typescript)
    finally:
        source.write_text(right, "utf-8")
    assert done.returncode == 1
    assert "limits" in done.stderr


def test_the_lock_file_names_no_registry() -> None:
    assert '"resolved"' not in (EXAMPLES / "typescript" / "package-lock.json").read_text("utf-8")


@pytest.mark.slow
def test_the_shell_example_conforms(shell: Tool) -> None:
    peers.needs("curl")
    done = shell(COMMANDS["shell"], EXAMPLES / "shell")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("connection: ")
    assert "nothing found" in done.stderr


def test_the_workflow_is_one_that_github_reads(pre_commit: Tool) -> None:
    schema = "vendor.github-workflows"
    done = pre_commit("check-jsonschema", "--builtin-schema", schema, str(WORKFLOW))
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_what_the_workflow_runs_conforms(shell: Tool, typescript: Path, tmp_path: Path) -> None:
    project = tmp_path / "examples" / "typescript"
    (tmp_path / "specs").symlink_to(ROOT / "specs")
    shutil.copytree(typescript, project, symlinks=True)
    (job,) = yaml.safe_load(WORKFLOW.read_text("utf-8"))["jobs"].values()
    runs = [step["run"] for step in job["steps"] if "run" in step and "pip" not in step["run"]]
    done = shell(_installed("\n".join(runs[:2])), project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(path.suffix for path in project.glob("contract.*")) == [
        ".html",
        ".sarif",
        ".xml",
    ]


def test_the_hooks_are_ones_that_pre_commit_reads(pre_commit: Tool) -> None:
    for command, path in (("validate-manifest", HOOKS), ("validate-config", PRE_COMMIT)):
        done = pre_commit("pre-commit", command, str(path))
        assert done.returncode == 0, done.stdout


def test_the_example_uses_hooks_that_there_are() -> None:
    (repository,) = yaml.safe_load(PRE_COMMIT.read_text("utf-8"))["repos"]
    known = {hook["id"] for hook in yaml.safe_load(HOOKS.read_text("utf-8"))}
    assert {hook["id"] for hook in repository["hooks"]} == known


@pytest.mark.slow
def test_the_hooks_do_what_they_say(pre_commit: Tool, tmp_path: Path) -> None:
    peers.needs("git", "curl")
    project = _project(tmp_path)
    command = ("pre-commit", "run", "--all-files")
    done = pre_commit(*command, where=project)
    assert done.returncode == 0, done.stdout
    done = pre_commit(*command, "--hook-stage", "pre-push", where=project)
    assert done.returncode == 0, done.stdout
    document = project / "openapi.yaml"
    document.write_text(document.read_text("utf-8").replace("title:", "titel:"), "utf-8")
    done = pre_commit(*command, where=project)
    assert done.returncode == 1
    assert "check OpenAPI documents" in done.stdout


def _installed(commands: str) -> str:
    """Return the commands that follow `npm ci`: what that does is done once for all tests."""
    first, _, rest = commands.partition("\n")
    assert first == "npm ci"
    return rest


def _project(room: Path) -> Path:
    """Make a project with the hooks of the example; they run in our own environment."""
    shutil.copy(EXAMPLES / "shell" / "ping.sh", room)
    (room / "openapi.yaml").write_text(_DOCUMENT, "utf-8")
    (repository,) = yaml.safe_load(PRE_COMMIT.read_text("utf-8"))["repos"]
    given = {hook["id"]: hook for hook in repository["hooks"]}
    hooks = [
        {**hook, **given[hook["id"]], "language": "system", "entry": _ours(hook["entry"])}
        for hook in yaml.safe_load(HOOKS.read_text("utf-8"))
    ]
    config = yaml.safe_dump({"repos": [{"repo": "local", "hooks": hooks}]})
    (room / ".pre-commit-config.yaml").write_text(config, "utf-8")
    for args in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *args], cwd=room, check=True)
    return room


def _ours(entry: str) -> str:
    return entry.replace("contract-tests", f"{sys.executable} -m contract_tests", 1)


def _run(
    command: list[str], where: Path, variables: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=where, env=variables, capture_output=True, text=True, timeout=120, check=False
    )


_DOCUMENT = """
openapi: 3.0.3
info: {title: One call, version: "1", description: Says hello., license: {name: MIT, url: "https://opensource.org/license/mit"}}
servers: [{url: "https://api.example.com"}]
tags: [{name: Words, description: What is said}]
paths:
  /hello:
    get:
      operationId: say_hello
      summary: Say hello
      description: Says hello.
      tags: [Words]
      responses:
        '200':
          description: Hello.
          content: {text/plain: {schema: {type: string}, example: hello}}
"""
