"""The model behind the demo agent: the one that `WEBCHAT_DEMO_MODEL` names, else the script."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from langchain.chat_models import init_chat_model
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool

from webchat.demo.offline import OfflineChatModel


class UnavailableChatModel(BaseChatModel):
    """Stands where a named model could not be had; each run fails with the reason.

    So the agent server still starts, and whoever asks reads in the chat what is missing.
    """

    reason: str

    @property
    def _llm_type(self) -> str:
        return "unavailable"

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Accept any tools; none will be called."""
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        raise RuntimeError(self.reason)


def chat_model() -> BaseChatModel:
    """The model to use.

    Returns:
        The named provider's model; one that fails with a clear reason where the provider's
        package or key is missing; the offline script where nothing is named.
    """
    name = os.environ.get("WEBCHAT_DEMO_MODEL")
    if not name:
        return OfflineChatModel()
    try:
        return init_chat_model(name)
    except Exception as error:  # each provider has its own for a missing key
        said = str(error).strip().partition("\n")[0]
        return UnavailableChatModel(
            reason=f"WEBCHAT_DEMO_MODEL={name} cannot be used: {said.rstrip('.')}. "
            "Mend that and start again, or unset it for the offline demo model."
        )
