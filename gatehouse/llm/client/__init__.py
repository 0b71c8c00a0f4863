"""Models over HTTP. Import this late: it loads the providers' libraries."""

from gatehouse.llm.client.direct import DirectModel
from gatehouse.llm.client.endpoints import EndpointEmbedder, EndpointModerator
from gatehouse.llm.client.providers import Connections

__all__ = ["Connections", "DirectModel", "EndpointEmbedder", "EndpointModerator"]
