"""Assistants, threads, and what is told of those that do not exist."""

from __future__ import annotations

import uuid

import pytest

from tests.wire.following import follow, question
from tests.wire.server import RealServer, free_port
from webchat.agent_server import (
    MalformedId,
    Rejected,
    ServerFault,
    UnknownAssistant,
    UnknownThread,
    Unreachable,
)
from webchat.agent_server.client import AgentServer


async def test_a_server_says_what_it_is(client: AgentServer, real_server: RealServer):
    await client.check()
    assert (await client.info()).get("version")
    assert client.address == real_server.url


async def test_the_first_declared_graph_is_the_default(client: AgentServer):
    assert [each["graph_id"] for each in await client.assistants()] == ["agent", "broken"]
    assert (await client.default_assistant())["graph_id"] == "agent"


async def test_an_assistant_is_found_by_id_and_by_graph_name(client: AgentServer):
    by_name = await client.assistant("agent")
    assert await client.assistant(by_name["assistant_id"]) == by_name


async def test_a_graph_names_its_tools(client: AgentServer):
    graph = await client.graph((await client.assistant("agent"))["assistant_id"])
    [tools] = [node for node in graph["nodes"] if node["id"] == "tools"]
    assert tools.get("metadata", {})["__tools"] == ["search", "weather", "faulty", "research"]


async def test_schemas_show_a_chat_by_its_messages(client: AgentServer):
    schemas = await client.schemas((await client.assistant("agent"))["assistant_id"])
    assert "messages" in (schemas.get("input_schema") or {})["properties"]


@pytest.mark.parametrize("id", ["nobody", str(uuid.UUID(int=7))])
async def test_an_unknown_assistant_is_named(client: AgentServer, thread_id: str, id: str):
    with pytest.raises(UnknownAssistant, match=id):
        await client.assistant(id)
    with pytest.raises(UnknownAssistant, match=id) as refused:
        await follow(client.stream_run(thread_id, id, question("hello")))
    assert refused.value.thread_id == thread_id


async def test_a_failing_graph_does_not_spoil_the_next_request(client: AgentServer, thread_id: str):
    broken = (await client.assistant("broken"))["assistant_id"]
    for _ in range(3):  # after its 500 the server resets the connection
        with pytest.raises(ServerFault):
            await client.graph(broken)
        seen = await follow(client.stream_run(thread_id, "agent", question("hello")))
        assert seen.status == "success"


async def test_a_thread_is_made_once_and_found_by_its_metadata(client: AgentServer, thread_id: str):
    owner = {"who": str(uuid.uuid4())}
    made = await client.create_thread(thread_id, metadata=owner)
    again = await client.create_thread(thread_id, metadata={"who": "another"})

    assert again == made
    assert (await client.state(thread_id))["values"] == {}
    [found] = await client.search_threads(owner)
    assert found["thread_id"] == thread_id
    assert "values" not in found


async def test_an_unknown_thread_is_told_by_every_question_about_it(
    client: AgentServer, thread_id: str
):
    run_id = str(uuid.uuid4())
    for asked in (
        client.thread(thread_id),
        client.state(thread_id),
        client.history(thread_id),
        client.runs(thread_id),
        client.run(thread_id, run_id),
    ):
        with pytest.raises(UnknownThread) as unknown:
            await asked
        assert unknown.value.thread_id == thread_id


@pytest.mark.parametrize("id", ["", "nope", "../assistants", "<script>", "é" * 300])
async def test_a_malformed_id_is_told_without_asking(client: AgentServer, id: str):
    for asked in (client.thread(id), client.state(id), client.run(str(uuid.uuid4()), id)):
        with pytest.raises(MalformedId):
            await asked
    with pytest.raises(MalformedId):
        client.stream_run(id, "agent", None)


async def test_a_refused_request_says_what_the_server_minds(client: AgentServer, thread_id: str):
    await follow(client.stream_run(thread_id, "agent", question("hello")))
    with pytest.raises(Rejected) as refused:
        await client.update_state(thread_id, {"messages": []}, as_node="zork")
    assert "zork" in (refused.value.detail or "")


async def test_where_nobody_listens_nobody_is_reached():
    async with AgentServer(f"http://127.0.0.1:{free_port()}") as nobody:
        with pytest.raises(Unreachable):
            await nobody.check()
        with pytest.raises(Unreachable, match="cannot be reached") as unreachable:
            await nobody.assistants()
        assert unreachable.value.advice
