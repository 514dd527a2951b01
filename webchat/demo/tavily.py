"""Web search by Tavily's HTTP API, for those who have a key."""

from __future__ import annotations

import httpx
from langchain.tools import ToolException

from webchat.demo.almanac import SearchResult

ENDPOINT = "https://api.tavily.com/search"


async def ask(
    query: str, key: str, *, limit: int = 4, transport: httpx.AsyncBaseTransport | None = None
) -> list[SearchResult]:
    """Search the web.

    Args:
        query: Free text.
        key: Tavily's API key; it leaves only in the request's header.
        limit: The most results to ask for.
        transport: What carries the request; httpx's own when None.

    Returns:
        Hits, best first, in the same shape as the almanac's.

    Raises:
        ToolException: Tavily could not be reached, or refused; the words say which.
    """
    try:
        async with httpx.AsyncClient(timeout=15, transport=transport) as client:
            response = await client.post(
                ENDPOINT,
                json={"query": query, "max_results": limit},
                headers={"Authorization": f"Bearer {key}"},
            )
            response.raise_for_status()
            found = response.json()["results"]
            return [_result(hit) for hit in found]
    except httpx.HTTPStatusError as error:
        status = error.response.status_code
        hint = " Check TAVILY_API_KEY." if status in {401, 403} else ""
        raise ToolException(f"Tavily refused the search with status {status}.{hint}") from error
    except httpx.HTTPError as error:
        raise ToolException(f"Tavily could not be reached: {type(error).__name__}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ToolException("Tavily answered with something that is no list of results.") from error


def _result(hit: dict[str, object]) -> SearchResult:
    return {
        "url": str(hit["url"]),
        "title": str(hit["title"]),
        "content": str(hit["content"]),
        "score": float(str(hit.get("score", 0))),
    }
