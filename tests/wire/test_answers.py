"""What a run of each kind sends, and how the client says it ended."""

from __future__ import annotations

import httpx

from tests.wire.following import follow, question
from tests.wire.server import RealServer
from webchat.agent_server.client import AgentServer

QUESTION = "whats the weather in la"


async def test_the_updates_notebook_shows_agent_tool_agent(client: AgentServer, thread_id: str):
    assistant = await client.default_assistant()
    assert (await client.create_thread(thread_id))["thread_id"] == thread_id
    assert await client.runs(thread_id) == []

    seen = await follow(client.stream_run(thread_id, assistant["assistant_id"], question(QUESTION)))

    assert seen.status == "success"
    assert seen.of("metadata")[0]["run_id"] == seen.run_id
    updates = seen.of("updates")
    assert [list(update) for update in updates] == [["model"], ["tools"], ["model"]]
    asked, found, answered = (next(iter(each.values()))["messages"][0] for each in updates)
    assert asked["tool_calls"][0]["args"] == {"query": "weather in los angeles"}
    assert found["tool_call_id"] == asked["tool_calls"][0]["id"]
    assert "60°F and sunny" in answered["content"]


async def test_the_values_notebook_ends_with_the_threads_state(client: AgentServer, thread_id: str):
    seen = await follow(client.stream_run(thread_id, "agent", question(QUESTION)))

    values = seen.of("values")
    types = [[message["type"] for message in value["messages"]] for value in values]
    assert types == [["human", "ai", "tool", "ai"][:count] for count in (1, 2, 3, 4)]
    state = await client.state(thread_id)
    assert state["values"]["messages"] == values[-1]["messages"]
    assert state["next"] == []


async def test_tokens_add_up_to_the_message_that_the_state_keeps(
    client: AgentServer, thread_id: str
):
    seen = await follow(client.stream_run(thread_id, "agent", question("200x0")))

    [answer] = seen.of("values")[-1]["messages"][1:]
    assert seen.texts() == {answer["id"]: answer["content"]}
    assert answer["content"].split() == [f"w{number}" for number in range(200)]


async def test_the_run_id_is_known_before_the_first_event(client: AgentServer, thread_id: str):
    async with client.stream_run(thread_id, "agent", question("hello")) as stream:
        assert stream.run_id is not None
        known = await client.run(thread_id, stream.run_id)
    assert known["status"] in ("pending", "running")
    assert "kwargs" not in known  # where the server repeats who asked


async def test_parallel_tools_each_get_their_own_result(client: AgentServer, thread_id: str):
    seen = await follow(client.stream_run(thread_id, "agent", question("compare Paris and Oslo")))

    asked, *results = seen.of("values")[-1]["messages"][1:4]
    assert [call["args"]["city"] for call in asked["tool_calls"]] == ["Paris", "Oslo"]
    answers = {result["tool_call_id"]: result["content"] for result in results}
    assert answers == {"call_Paris": "Paris: rain", "call_Oslo": "Oslo: rain"}
    assert sorted(each["looking at"] for each in seen.of("custom")) == ["Oslo", "Paris"]


async def test_a_failed_tool_does_not_fail_the_run(client: AgentServer, thread_id: str):
    seen = await follow(client.stream_run(thread_id, "agent", question("use the faulty tool")))

    assert seen.status == "success"
    result = seen.of("values")[-1]["messages"][2]
    assert (result["status"], result["content"]) == ("error", "the faulty tool failed")


async def test_a_failed_run_says_why_and_ends_as_an_error(client: AgentServer, thread_id: str):
    seen = await follow(client.stream_run(thread_id, "agent", question("fail after 3")))

    assert seen.status == "error"
    assert seen.notices == []
    assert seen.of("error") == [{"error": "ValueError", "message": "the model broke off"}]
    assert list(seen.texts().values()) == ["oops0 oops1 oops2 "]
    assert (await client.thread(thread_id)).get("status") == "error"


async def test_a_subagents_events_carry_the_namespace_of_its_tool_call(
    client: AgentServer, thread_id: str
):
    seen = await follow(client.stream_run(thread_id, "agent", question("ask the researcher")))

    inside = [event for event in seen.events if not event.is_root]
    assert {"messages", "updates", "values"} <= {event.mode for event in inside}
    [task] = [task for task in seen.of("tasks") if task["name"] == "tools" and "input" in task]
    assert {event.namespace[0] for event in inside} == {f"tools:{task['id']}"}


async def test_a_thread_remembers(client: AgentServer, thread_id: str):
    for text in ("hello", "again"):
        await follow(client.stream_run(thread_id, "agent", question(text)))

    messages = (await client.state(thread_id))["values"]["messages"]
    assert [message["content"] for message in messages if message["type"] == "human"] == [
        "hello",
        "again",
    ]
    states = await client.history(thread_id, limit=3)
    assert [len(state["values"]["messages"]) for state in states] == [4, 3, 2]
    assert len(await client.runs(thread_id)) == 2


async def test_an_assistants_own_recursion_limit_is_not_overridden(
    client: AgentServer, real_server: RealServer, thread_id: str
):
    body = {"graph_id": "agent", "config": {"recursion_limit": 2}}
    async with httpx.AsyncClient(base_url=real_server.url, trust_env=False) as other:
        made = (await other.post("/assistants", json=body)).json()["assistant_id"]
        asked = question("compare Paris and Oslo")  # three steps
        limit = await client.recursion_limit(made)
        own = await follow(client.stream_run(thread_id, made, asked, recursion_limit=limit))
        assert own.status == "error"
        assert own.of("error")[0]["error"] == "GraphRecursionError"
        set_to = await follow(client.stream_run(thread_id, made, asked, recursion_limit=10))
        assert set_to.status == "success"
        await other.delete(f"/assistants/{made}")
