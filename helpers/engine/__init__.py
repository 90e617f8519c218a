"""The engine behind the chapters, and part of none: acting, the agent, its training."""
