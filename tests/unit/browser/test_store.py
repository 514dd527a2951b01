"""The page's store and the tests' Python model of it take the same deltas alike."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from tests.unit.screen.page import Page
from webchat.screen.replica import Replica

ROOT = Path(__file__).parents[3]
STORE = ROOT / "webchat" / "views" / "browser" / "store.js"
STORIES = json.loads((ROOT / "tests" / "fixtures" / "deltas.json").read_text())
WORDS = ["", "plain words", "naïve", "😀 and 😀", "<p>long text in a block</p>" * 40, "\ud83d half"]
RUN = """
import {{ readFileSync }} from "node:fs";
import {{ apply, recordOf }} from {store};
const out = JSON.parse(readFileSync(0, "utf8")).map((story) => ({{
    taken: story.deltas.map((delta) => apply(delta)),
    records: Object.fromEntries(story.keys.map((key) => [key, recordOf(key)])),
}}));
console.log(JSON.stringify(out));
"""


def node(*arguments: str, said: str = "") -> str:
    """What Node prints."""
    program = shutil.which("node", path=sysconfig.get_path("scripts")) or shutil.which("node")
    assert program, "Node comes with the environment"
    done = subprocess.run([program, *arguments], input=said, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["name"])
def test_the_python_model_takes_the_stories_as_told(story: dict[str, Any]) -> None:
    page = Page()
    assert [page.apply(delta) for delta in story["deltas"]] == story["taken"]
    assert page.records == story["records"]
    assert page.woken == story["woken"]


def test_the_javascript_store_takes_the_stories_as_told() -> None:
    node("--test", str(Path(__file__).with_name("store.test.js")))


def value(dice: random.Random) -> Any:
    return dice.choice(
        [dice.choice(WORDS), dice.randrange(9), None, True, list("abc")[: dice.randrange(4)]]
    )


def grown(dice: random.Random, old: Any) -> Any:
    """A value as it might come next: mostly a little more of the same."""
    if isinstance(old, str) and dice.random() < 0.7:
        return old[: len(old) - dice.randrange(3)] + dice.choice(WORDS)
    if isinstance(old, list) and dice.random() < 0.7:
        return [*old, dice.choice("xyz")]
    return value(dice)


def deltas(dice: random.Random, keys: list[str]) -> list[list[Any]]:
    """What a replica says while its records change at random; some get lost, some come twice."""
    replica, records, said = Replica(), {}, []
    for _ in range(25):
        for key in dice.sample(keys, 2):
            if dice.random() < 0.15:
                records.pop(key, None)
                replica.delete([key])
            else:
                old = records.get(key) or {field: value(dice) for field in "tuv"}
                records[key] = {field: grown(dice, old[field]) for field in old}
                replica.put(key, records[key])
        delta = replica.take()
        if delta is not None:
            said += [json.loads(json.dumps(delta))] * dice.choice([0, 1, 1, 1, 1, 1, 1, 2])
        if dice.random() < 0.1:
            replica.restart()
    return said


def test_what_a_replica_says_is_taken_alike_by_both(tmp_path: Path) -> None:
    keys = ["a", "b", "c", "d"]
    stories = [{"keys": keys, "deltas": deltas(random.Random(seed), keys)} for seed in range(200)]
    script = tmp_path / "run.mjs"
    script.write_text(RUN.format(store=json.dumps(STORE.as_uri())))
    for story, seen in zip(
        stories, json.loads(node(str(script), said=json.dumps(stories))), strict=True
    ):
        page = Page()
        assert seen["taken"] == [page.apply(delta) for delta in story["deltas"]]
        assert seen["records"] == {key: page.records.get(key, {}) for key in keys}
