"""The training panel and the transport bar."""
