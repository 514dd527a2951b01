"""The page's tree takes frames as its Python replica thinks it does."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.browser.app import ROOT
from tests.unit.screen.test_replica import Page
from webchat.screen.replica import Replica

TREE = ROOT / "webchat" / "views" / "browser" / "store.js"
WORDS = ["", "plain words", "naïve", "😀 and 😀", "<p>long text in a block</p>" * 40, "\ud83d half"]
RUN = """
import {{ apply, recordOf, watch }} from {tree};
import {{ readFileSync }} from "node:fs";
const out = [];
for (const story of JSON.parse(readFileSync(0, "utf8"))) {{
    const woken = [];
    const ends = story.keys.map((key) => watch(key, () => woken.push(key)));
    const taken = story.frames.map((frame) => apply(frame));
    ends.forEach((end) => end());
    const nodes = Object.fromEntries(story.keys.map((k) => [k, recordOf(k)]));
    out.push({{ taken, woken, nodes }});
}}
console.log(JSON.stringify(out));
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """`store.js` without its one React hook, as a module that node can load."""
    code, hook = TREE.read_text(), re.compile(r"import \{ useSyncExternalStore \} from \"react\";")
    assert hook.search(code)
    copy = tmp_path / "tree.mjs"
    copy.write_text(hook.sub("const useSyncExternalStore = null;", code))
    return copy


def in_javascript(tree: Path, stories: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What `store.js` makes of some stories, each with `keys` and `frames`."""
    node = shutil.which("node", path=str(Path(shutil.which("python") or "").parent)) or "node"
    script = tree.with_name("run.mjs")
    script.write_text(RUN.format(tree=json.dumps(tree.as_uri())))
    done = subprocess.run(
        [node, str(script)], input=json.dumps(stories), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


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


def frames(dice: random.Random, keys: list[str]) -> list[list[Any]]:
    """What a replica says while its nodes change at random; some get lost, some come twice."""
    replica, nodes, said = Replica(), {}, []
    for _ in range(25):
        for key in dice.sample(keys, 2):
            if dice.random() < 0.15:
                nodes.pop(key, None)
                replica.drop([key])
            else:
                old = nodes.get(key) or {field: value(dice) for field in "tuv"}
                nodes[key] = {field: grown(dice, old[field]) for field in old}
                replica.put(key, nodes[key])
        frame = replica.take()
        if frame is not None:
            said += [json.loads(json.dumps(frame))] * dice.choice([0, 1, 1, 1, 1, 1, 1, 2])
        if dice.random() < 0.1:
            replica.restart()
    return said


def test_tree_js_and_its_python_twin_take_the_same_frames_to_the_same_nodes(tree: Path) -> None:
    keys = ["a", "b", "c", "d"]
    stories = [{"keys": keys, "frames": frames(random.Random(seed), keys)} for seed in range(200)]
    for story, seen in zip(stories, in_javascript(tree, stories), strict=True):
        page = Page()
        assert seen["taken"] == [page.apply(frame) for frame in story["frames"]]
        assert seen["nodes"] == {key: page.nodes.get(key, {}) for key in keys}


def test_only_those_who_read_a_changed_node_are_woken(tree: Path) -> None:
    first = ["e1", 0, [["=", "a", {"t": "x"}], ["=", "b", {"t": "y"}]]]
    patches = [["e1", 1, [[".", "a", "t", "z"]]], ["e1", 1, [[".", "b", "t", "again"]]]]
    [seen] = in_javascript(tree, [{"keys": ["a", "b"], "frames": [first, *patches]}])

    assert seen["woken"] == ["a", "b", "a"]
    assert seen["nodes"] == {"a": {"t": "z"}, "b": {"t": "y"}}
