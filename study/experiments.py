"""The experiments: what is varied, how often, and what about it should be known."""

from course.chapters import CHAPTERS
from study.broken import BROKEN
from study.runner import Experiment

# The same spread as the process's: white noise has theta = 1, and sigma divided by the root of
# theta (2 - theta) for theta = .15.
WHITE = {"noise_theta": 1, "noise_start": 0.5 / 0.2775**0.5, "noise_end": 0.02 / 0.2775**0.5}
# One-step targets, since Drift's noise makes longer ones worse; noise that stays, since states far
# from zero are reached by nothing else.
DRIFT = {
    "agent": {"hidden": [64, 256], "batch_size": 32, "n_steps": 1, "tau": 0.01},
    "schedule": {
        "random_steps": 1_000,
        "noise_end": 0.5,
        "rate_from": 0.3,
        "rate_end": 0.001,
    },
    "steps": 20_000,
}
SHAPES = [((64, 64), 100), ((128, 128), 100), ((256, 256), 100), ((400, 300), 100)]
SHAPES += [((128, 128), 32), ((128, 128), 256), ((400, 300), 256), ((512, 512), 256)]

# How the updates are called: ``(loop in the graph, XLA)``.
WAYS = {
    "loop in the graph, XLA": (True, True),
    "loop in the graph": (True, False),
    "a call each, XLA": (False, True),
    "a call each": (False, False),
}

# The networks and batches of the course and of the paper, whose updates are timed in more ways.
COURSE_AND_PAPER = (((128, 128), 100), ((400, 300), 256))

# The course's networks and learning, in the words of Stable-Baselines3 and SBX.
SHARED = {
    "learning_rate": 1e-3,
    "gamma": 0.99,
    "buffer_size": 50_000,
    "learning_starts": 5_000,
    "batch_size": 100,
    "tau": 0.005,
    "policy_kwargs": {"net_arch": [128, 128]},
}
IN_ROUNDS = {"n_steps": 5, "train_freq": 100, "gradient_steps": 100}
RECIPE = {"recipe": {}, "cores": 1, "steps": 150_000}  # the course's schedule, as it is
PEERS = {
    "SBX DDPG, our recipe": {
        "library": "sbx",
        "algorithm": "DDPG",
        "model": SHARED | IN_ROUNDS | {"qf_learning_rate": 1e-3},
        **RECIPE,
    },
    "Stable-Baselines3 DDPG, our recipe": {
        "library": "stable_baselines3",
        "algorithm": "DDPG",
        "model": SHARED | IN_ROUNDS | {"device": "cpu"},
        **RECIPE,
    },
}
# What somebody would pick who hasn't read this course.
AS_THEY_COME = {
    "SBX DDPG, one step, constant noise": {
        "library": "sbx",
        "algorithm": "DDPG",
        "model": SHARED | {"train_freq": 1, "gradient_steps": 1, "qf_learning_rate": 1e-3},
        "noise": 0.1,
        "cores": 1,
        "steps": 150_000,
    },
}

# The other tasks, and for two of them the critic whose values aren't scaled.
TASKS = {
    "Drift-v0": {"steps": 10_000},
    "Drift-v0, values × 1": {"steps": 10_000, "agent": {"value_scale": 1}},
    "Drift-v0, ends kept": {"steps": 10_000, "ends": True},
    "Pendulum-v1": {"steps": 20_000},
    "Pendulum-v1, values × 1": {"steps": 20_000, "agent": {"value_scale": 1}},
    "MountainCarContinuous-v0": {"steps": 50_000},
}

# The tasks on which the agent as it is must learn, and the doctor be silent.
HEALTHY = {"LunarLanderContinuous-v3": 150_000, "Drift-v0": 10_000, "Pendulum-v1": 20_000}

EXPERIMENTS = {
    "lander": Experiment(
        "The course's agent: return against steps and against time.",
        "study.lander:fly",
        {"course": {}},
        seeds=10,
        alone=True,
    ),
    "references": Experiment(
        "What flies without learning: at random, doing nothing, Gymnasium's own script.",
        "study.references:fly",
        {kind: {"kind": kind} for kind in ("random", "nothing", "script")},
        seeds=10,
    ),
    "peers": Experiment(
        "Other libraries' DDPG with the course's recipe, timed.",
        "study.peers:fly",
        PEERS,
        seeds=3,
        alone=True,
    ),
    "as_they_come": Experiment(
        "Other libraries' agents as somebody would pick them; their seconds don't count.",
        "study.peers:fly",
        AS_THEY_COME,
        seeds=3,
    ),
    "noise": Experiment(
        "Exploration: none, white with the process's spread, the process with a constant sigma.",
        "study.lander:fly",
        {
            "none": {"schedule": {"noise_start": 0, "noise_end": 0}},
            "white, annealed": {"schedule": WHITE},
            "OU, constant": {"schedule": {"noise_start": 0.2, "noise_end": 0.2}},
        },
        seeds=10,
    ),
    "targets": Experiment(
        "Target networks: none, copied, following faster; and with one-step targets.",
        "study.lander:fly",
        {
            "none": {"agent": {"tau": 1}},
            "hard": {"agent_class": "HardTargets", "agent": {"tau": 0}},
            "soft, tau .05": {"agent": {"tau": 0.05}},
            "one-step, none": {"agent": {"tau": 1, "n_steps": 1}},
            "one-step, tau .005": {"agent": {"n_steps": 1}},
        },
        seeds=5,
    ),
    "bootstrap": Experiment(
        "The end of an episode: a future expected after a crash, or none after a time limit.",
        "study.lander:fly",
        {
            "terminal unmasked": {"agent_class": "Unmasked"},
            "truncation as terminal": {"wrapper": "TruncationAsTerminal"},
        },
        seeds=5,
    ),
    "normalization": Experiment(
        "Batch normalisation of the hidden layers.",
        "study.lander:fly",
        {"batch": {"agent_class": "BatchNormalized"}},
        seeds=5,
    ),
    "replay": Experiment(
        "Memories: three times as large, tiny, and none but the last chunk's transitions.",
        "study.lander:fly",
        {
            "150,000": {"schedule": {"memory_size": 150_000}},
            "1,000": {"schedule": {"memory_size": 1_000}},
            "100": {"schedule": {"memory_size": 100}},
        },
        seeds=3,
    ),
    "width": Experiment(
        "Networks of half the width.",
        "study.lander:fly",
        {"64-64": {"agent": {"hidden": [64, 64]}}},
        seeds=3,
    ),
    "late_actions": Experiment(
        "Actions that join the critic in its first layer instead of its second.",
        "study.lander:fly",
        {"first layer": {"agent_class": "EarlyActions"}},
        seeds=5,
    ),
    "value_scale": Experiment(
        "The critic's values as its network gives them, and not ten times as large.",
        "study.lander:fly",
        {"1": {"agent": {"value_scale": 1}}},
        seeds=10,
    ),
    "td3": Experiment(
        "TD3: two critics, an actor that waits, noise on the target's action.",
        "study.lander:fly",
        {"TD3": {"agent_class": "TD3"}},
        seeds=5,
    ),
    "double_dqn": Experiment(
        "DQN and double DQN on CartPole: the promised return beside the measured one.",
        "study.cartpole:balance",
        {"DQN": {"double": False}, "double DQN": {"double": True}},
        seeds=10,
    ),
    "drift": Experiment(
        "The whole agent on Drift: how far its actions are from the exact ones.",
        "study.drift:learn",
        {"course": DRIFT},
        seeds=10,
    ),
    "tasks": Experiment(
        "Other tasks of Gymnasium's, with the agent as it is.",
        "study.tasks:learn",
        {name: {"task": name.partition(",")[0]} | rest for name, rest in TASKS.items()},
        seeds=3,
    ),
    "histories": Experiment(
        "Histories of healthy trainings, on which none of the doctor's rules may fire.",
        "study.histories:learn",
        {task: {"task": task, "steps": steps} for task, steps in HEALTHY.items()},
        seeds=5,
    ),
    "broken": Experiment(
        "Histories of trainings with something wrong, which the doctor must name.",
        "study.histories:ail",
        {task: {"task": task} for task in BROKEN},
        seeds=1,
    ),
    "sampling": Experiment(
        "A batch from a ring buffer, a deque, a list and two libraries, over how much they hold.",
        "study.sampling:sample",
        {
            memory: {"memory": memory, "entries": [10**k for k in range(3, 8)]}
            for memory in ("ring", "deque", "list", "Stable-Baselines3", "cpprb")
        },
        seeds=3,
        alone=True,
    ),
    "throughput": Experiment(
        "Updates a second beside other libraries' DDPG, on one core and on two.",
        "study.throughput:updates",
        {
            f"{library}, {hidden[0]}-{hidden[1]}, {cores} of 2 cores": {
                "library": library,
                "hidden": list(hidden),
                "batch_size": batch_size,
                "cores": cores,
            }
            for hidden, batch_size in COURSE_AND_PAPER
            for library in ("course", "SBX", "Stable-Baselines3")
            for cores in (1, 2)
        },
        seeds=3,
        alone=True,
    ),
    "fusion": Experiment(
        "Milliseconds an update: the loop in the graph or not, with XLA or without.",
        "study.fusion:milliseconds",
        {
            f"{hidden[0]}-{hidden[1]}, {way}": {
                "loop": loop,
                "xla": xla,
                "hidden": list(hidden),
                "batch_size": batch_size,
            }
            for hidden, batch_size in COURSE_AND_PAPER
            for way, (loop, xla) in WAYS.items()
        },
        seeds=3,
        alone=True,
    ),
    "updates": Experiment(
        "Updates a second over width and batch, beside the machine's rate of matrix products.",
        "study.scaling:updates",
        {
            f"{hidden[0]}-{hidden[1]}, {batch_size}": {
                "hidden": list(hidden),
                "batch_size": batch_size,
            }
            for hidden, batch_size in SHAPES
        },
        seeds=3,
        alone=True,
    ),
    "pipeline": Experiment(
        "Pipelined against in turn, over the length of a chunk.",
        "study.scaling:pipeline",
        {str(chunk): {"chunk": chunk} for chunk in (10, 50, 100, 500, 1000)},
        seeds=3,
        alone=True,
    ),
    "workers": Experiment(
        "Seeds a minute over one and two workers.",
        "study.scaling:workers",
        {str(count): {"workers": count, "seeds": 4, "steps": 30_000} for count in (1, 2)},
        seeds=3,
        alone=True,
    ),
    "cores": Experiment(
        "The seconds of a training's first steps on one core and on two.",
        "study.scaling:cores",
        {str(count): {"cores": count, "steps": 20_000} for count in (1, 2)},
        seeds=3,
        alone=True,
    ),
    "chapters": Experiment(
        "What each chapter's kernel asks of a machine: memory, time, and processor time.",
        "study.chapters:execute",
        {chapter.name: {"chapter": f"{chapter.number:02}"} for chapter in CHAPTERS},
        seeds=1,
        alone=True,
    ),
    "kills": Experiment(
        "A training killed twenty times, and resumed each time.",
        "study.kills:survive",
        {"twenty": {"kills": 20}},
        seeds=1,
    ),
}

# What each change is shown beside: the course's agent, from the same seeds.
ABLATIONS = {
    name: {course: ("lander", "course")}
    | {variant: (name, variant) for variant in EXPERIMENTS[name].variants}
    for name, course in {
        "noise": "OU, annealed (this course)",
        "targets": "soft, tau .005 (this course)",
        "bootstrap": "as it should be (this course)",
        "normalization": "none (this course)",
        "replay": "50,000 (this course)",
        "width": "128-128 (this course)",
        "late_actions": "second layer (this course)",
        "value_scale": "10 (this course)",
        "td3": "DDPG (this course)",
    }.items()
}
