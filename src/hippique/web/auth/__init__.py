"""Who calls and what he may do: judged before a body is read."""
