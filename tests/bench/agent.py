"""The scripted agent server over HTTP: `python -m tests.bench.agent PORT`.

It speaks the part of the agent server's API that webchat uses, serves the floor page, and tells
under `/bench` what it sent and when.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.bench import messages
from tests.bench.runs import Run, Thread

Handler = Callable[[Request], Awaitable[Response]]

_threads: dict[str, Thread] = {}


class _Json(JSONResponse):
    def render(self, content: Any) -> bytes:
        return orjson.dumps(content)


def _always(answer: Any) -> Handler:
    async def handler(_: Request) -> Response:
        return _Json(answer)

    return handler


async def _body(request: Request) -> dict[str, Any]:
    return orjson.loads(await request.body() or b"{}")


def _thread(request: Request) -> Thread:
    thread = _threads.get(request.path_params["thread_id"])
    if thread is None:
        raise HTTPException(404, "Thread not found")
    return thread


def _run(request: Request) -> Run:
    for run in _thread(request).runs:
        if run.id == request.path_params["run_id"]:
            return run
    raise HTTPException(404, "Run not found")


async def _create_thread(request: Request) -> Response:
    thread_id = (await _body(request)).get("thread_id") or str(uuid.uuid4())
    return _Json(_threads.setdefault(thread_id, Thread(thread_id)).as_json())


async def _search_threads(request: Request) -> Response:
    wanted = (await _body(request)).get("ids") or _threads
    found = [_threads[thread_id] for thread_id in wanted if thread_id in _threads]
    return _Json([thread.as_json() | {"values": None} for thread in found])


async def _get_thread(request: Request) -> Response:
    return _Json(_thread(request).as_json())


async def _state(request: Request) -> Response:
    return _Json(_thread(request).state())


async def _update_state(request: Request) -> Response:
    thread, body = _thread(request), await _body(request)
    written = (body.get("values") or {}).get("messages") or []
    thread.take([messages.ai(message["content"], message["id"]) for message in written])
    return _Json({"checkpoint": thread.state()["checkpoint"]})


async def _history(request: Request) -> Response:
    return _Json([_thread(request).state()])


async def _runs(request: Request) -> Response:
    return _Json([run.as_json() for run in reversed(_thread(request).runs)])


async def _get_run(request: Request) -> Response:
    return _Json(_run(request).as_json())


async def _start_run(request: Request) -> Response:
    body, thread_id = await _body(request), request.path_params["thread_id"]
    if body.get("if_not_exists") == "create":
        _threads.setdefault(thread_id, Thread(thread_id))
    thread = _thread(request)
    if thread.busy:
        raise HTTPException(409, "Thread is already running a task.")
    return _stream(thread, Run(thread, body), 0)


async def _join_run(request: Request) -> Response:
    run = _run(request)
    from_the_start = request.headers.get("last-event-id") in ("0", "-1", "0-0")
    return _stream(_thread(request), run, 0 if from_the_start else len(run.frames))


def _stream(thread: Thread, run: Run, start: int) -> Response:
    where = f"/threads/{thread.id}/runs/{run.id}"
    return StreamingResponse(
        run.follow(start),
        media_type="text/event-stream",
        headers={
            "location": f"{where}/stream",
            "content-location": where,
            "cache-control": "no-store",
            "x-accel-buffering": "no",
        },
    )


async def _cancel_run(request: Request) -> Response:
    await _run(request).cancel()
    return _Json({})


async def _make_thread(request: Request) -> Response:
    """A thread with a conversation in it: `{"messages": how many, "characters": of each}`."""
    body = await _body(request)
    thread = Thread(str(uuid.uuid4()))
    thread.messages = messages.conversation(body["messages"], body["characters"])
    _threads[thread.id] = thread
    return _Json({"thread_id": thread.id})


async def _sent(request: Request) -> Response:
    """When a run's tokens were sent, by the name it was asked for under."""
    for thread in reversed(_threads.values()):
        for run in thread.runs:
            if run.name == request.path_params["name"]:
                size = sum(map(len, run.frames))
                return _Json({"sent": run.sent, "bytes": size, "status": run.status})
    raise HTTPException(404, "No such run")


async def _floor(_: Request) -> Response:
    return FileResponse(Path(__file__).with_name("floor.html"))


async def _refusal(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _Json({"detail": error.detail}, error.status_code)


def _routes() -> list[Route]:
    thread, run = "/threads/{thread_id}", "/threads/{thread_id}/runs/{run_id}"
    assistant = "/assistants/{assistant_id}"
    about = {"version": "0.16.7", "langgraph_py_version": "1.2.22", "flags": {"assistants": True}}
    return [
        Route("/ok", _always({"ok": True})),
        Route("/info", _always(about)),
        Route("/assistants/search", _always([messages.assistant()]), methods=["POST"]),
        Route(assistant, _always(messages.assistant())),
        Route(f"{assistant}/graph", _always(messages.graph())),
        Route("/threads", _create_thread, methods=["POST"]),
        Route("/threads/search", _search_threads, methods=["POST"]),
        Route(thread, _get_thread),
        Route(f"{thread}/state", _state),
        Route(f"{thread}/state", _update_state, methods=["POST"]),
        Route(f"{thread}/history", _history, methods=["GET", "POST"]),
        Route(f"{thread}/runs", _runs),
        Route(f"{thread}/runs/stream", _start_run, methods=["POST"]),
        Route(run, _get_run),
        Route(f"{run}/stream", _join_run),
        Route(f"{run}/cancel", _cancel_run, methods=["POST"]),
        Route("/bench/threads", _make_thread, methods=["POST"]),
        Route("/bench/sent/{name}", _sent),
        Route("/floor", _floor),
    ]


app = Starlette(routes=_routes(), exception_handlers={HTTPException: _refusal})

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
