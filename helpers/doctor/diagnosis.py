"""The diagnosis of a training, during or after it, from its history alone.

Each rule asks for something that no healthy run of the study ever showed, at any of its steps.
"""

from typing import Any

import numpy as np

from helpers.doctor.findings import Finding, found, in_order

FIRST = 500  # steps whose losses count as those at the beginning
RECENT = 2_000  # steps whose means count as the state of things
EARLY = 2_000  # steps of learning before which nothing is said but about rewards
EPISODES = 10  # that it takes to know what chance earns
TINY = 1e-3  # the largest sum of rewards over n steps whose gradients Adam hardly notices
MANY = 150  # episodes of learning after which an agent should be better than that

USUAL = {
    "discount": (0.8, 1),
    "learning_rate": (1e-5, 1e-2),
    "tau": (1e-4, 0.2),
    "n_steps": (1, 10),
    "batch_size": (16, 4_096),
}

# What says that a run is lost, and not only slow.
DIVERGED = ("values out of reach", "growing loss", "stuck at a bound", "stands still")

# What may still change while a run goes on, so it is told only at its end.
PASSING = ("only random steps", "worse than chance", "no better than chance")


def diagnose(history: dict[str, list[dict]], agent: Any) -> list[Finding]:
    """Say what a training's history shows to be wrong, so far or at its end.

    Args:
        history: what ``train`` returned, or as much of it as there is.
        agent: the agent that was trained, whose settings the rules need.

    Returns:
        The findings, gravest first; an empty list if there is nothing to say.
    """
    if not history["updates"]:
        return _of_no_updates(history, agent.settings.n_steps)
    settings = agent.settings
    findings = _of_rewards(history, settings.n_steps)
    learned = history["updates"][-1]["step"] - history["updates"][0]["step"]
    if learned >= EARLY:
        findings += _of_values(history, settings.n_step_discount)
        findings += _of_actions(history, learned) + _of_returns(history, learned)
        findings += _of_horizon(history, settings.discount) + _of_settings(history, settings)
    return in_order(findings)


def _of_no_updates(history, n_steps):
    longest = max((row["length"] for row in history["episodes"]), default=0)
    steps = max((row["step"] for rows in history.values() for row in rows), default=0)
    if not steps:
        return []
    if 0 < longest < n_steps:
        return [
            found(
                "episodes shorter than n",
                f"There is no update: the longest episode had {longest:,.0f} steps, and a target "
                f"counts n_steps = {n_steps}.",
            )
        ]
    return [found("only random steps", f"There is no update after {steps:,} steps.")]


def _of_rewards(history, n_steps):
    """Findings about the rewards in the memory."""
    updates = history["updates"]
    least, most = (_column(updates, name) for name in ("least", "most"))
    if not least.size:
        return []
    findings = []
    if least[-1] == most[-1] and len(updates) > 1:
        findings.append(
            found("rewards all alike", f"All rewards in the memory come to {least[-1]:.6g}.")
        )
    elif most[-1] - least[-1] < 0.1 * abs(most[-1] + least[-1]) / 2:
        findings.append(
            found(
                "reward far from zero",
                f"Over up to {n_steps} steps, the rewards in the memory come to "
                f"between {least[-1]:.6g} and {most[-1]:.6g}.",
            )
        )
    size = max(abs(least[-1]), abs(most[-1]))
    if 0 < size < TINY:
        findings.append(
            found("vanishing rewards", f"The largest sum of rewards in the memory is {size:.2g}.")
        )
    return findings


def _of_values(history, ahead):
    """Findings about the critic: its loss, and its values beside what rewards allow; ``ahead`` is
    what a value counts in a target.
    """
    updates = history["updates"]
    least, most = (_column(updates, name) for name in ("least", "most"))
    if not least.size or ahead == 1:
        return []
    findings = []
    low, high = min(0.0, least.min()) / (1 - ahead), max(0.0, most.max()) / (1 - ahead)
    q, margin = _recent(updates, "q").mean(), 0.1 * (high - low)
    if high > low and not low - margin <= q <= high + margin:
        findings.append(
            found(
                "values out of reach",
                f"The critic's mean value is {q:,.3g}, and the rewards seen allow values from "
                f"{low:,.3g} to {high:,.3g}.",
            )
        )
    first, last = np.median(_first(updates, "loss")), np.median(_recent(updates, "loss"))
    if last > 100 * first and np.sqrt(last) > margin / 2:
        findings.append(found("growing loss", f"The loss went from {first:.3g} to {last:.3g}."))
    return findings


def _of_horizon(history, discount):
    """A finding about a discount that is too near 1, where the agent doesn't learn with it."""
    longest = max((row["length"] for row in history["episodes"]), default=0)
    if (1 - discount) * max(1_000, 10 * longest) >= 1 or _better_than_chance(history):
        return []
    ahead = f"{1 / (1 - discount):,.0f} steps ahead" if discount < 1 else "ahead without end"
    seen = f"With γ = {discount:g} the agent looks {ahead}, and the longest episode had "
    return [found("looks too far", f"{seen}{longest:,.0f}.")]


def _of_settings(history, settings):
    """A finding about settings far from the usual, where the return doesn't rise."""
    first, judged, chance = history["evaluations"][:1], _judged(history), _chance(history)
    if not judged or max(judged) > first[0]["return"] + np.std(chance) / 4:
        return []
    odd = [
        f"{name} = {getattr(settings, name):g}, where {low:g} to {high:g} is usual"
        for name, (low, high) in USUAL.items()
        if not low <= getattr(settings, name) <= high
    ]
    return [found("unusual settings", f"The agent has {'; '.join(odd)}.")] if odd else []


def _of_actions(history, learned):
    """Findings about the actor; a policy that earns more than chance may do what it likes."""
    bound, spread = (_recent(history["updates"], name) for name in ("bound", "spread"))
    if not bound.size or _better_than_chance(history):
        return []
    if bound.mean() > 0.95:
        return [
            found(
                "stuck at a bound",
                f"Over the last {RECENT:,} steps, {bound.mean():.0%} of the actor's actions were "
                "at a bound, and the return is no better than chance.",
            )
        ]
    if spread.mean() < 0.01 and learned >= 2 * EARLY:
        return [
            found(
                "one action everywhere",
                f"Over the last {RECENT:,} steps the actions differed from state to state by "
                f"{spread.mean():.1%} of their half-range.",
            )
        ]
    return []


def _of_returns(history, learned):
    """Findings about the evaluations."""
    judged = _judged(history)
    if not judged:
        return []
    findings = []
    if len(judged) >= 3 and len(set(judged[-3:])) == 1 and not _better_than_chance(history):
        findings.append(
            found("stands still", f"The last three evaluations gave exactly {judged[-1]:.6g}.")
        )
    chance = _chance(history)
    lengths = [row["length"] for row in history["episodes"]]
    enough = learned >= MANY * np.mean(lengths or [np.inf])
    if enough and _random_count(history) >= EPISODES and not _better_than_chance(history):
        findings.append(
            found(
                "no better than chance",
                f"After {learned:,} steps of learning the best evaluation gave {max(judged):.4g}, "
                f"and the first {len(chance)} episodes {np.mean(chance):.4g} on average.",
            )
        )
    if len(chance) >= EPISODES and judged[-1] < min(chance):
        findings.append(
            found(
                "worse than chance",
                f"The last evaluation gave {judged[-1]:.4g}, and the worst of the first "
                f"{len(chance)} episodes {min(chance):.4g}.",
            )
        )
    return findings


def _better_than_chance(history):
    """Say whether an evaluation was clearly better than chance; yes, as long as nothing tells."""
    chance, judged = _chance(history), _judged(history)
    if len(chance) < EPISODES or not judged:
        return True
    return max(judged) > np.mean(chance) + np.std(chance)


def _chance(history):
    """The returns of the random episodes, or if these are too few, of the first ones."""
    count = max(_random_count(history), EPISODES)
    return [row["return"] for row in history["episodes"][:count]]


def _random_count(history):
    begin = history["updates"][0]["step"]
    return sum(row["step"] <= begin for row in history["episodes"])


def _judged(history):
    """The returns of the evaluations that some learning came before."""
    begin = history["updates"][0]["step"] + EARLY
    return [row["return"] for row in history["evaluations"] if row["step"] >= begin]


def _first(updates, name):
    return _column([row for row in updates if row["step"] <= updates[0]["step"] + FIRST], name)


def _recent(updates, name):
    return _column([row for row in updates if row["step"] > updates[-1]["step"] - RECENT], name)


def _column(rows, name):
    """What the rows hold under a name; those of older versions don't hold all."""
    return np.array([row[name] for row in rows if name in row], np.float64)
