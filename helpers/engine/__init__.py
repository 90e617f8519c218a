"""What runs behind the chapters and belongs to none of them: acting, the agent, its training."""
