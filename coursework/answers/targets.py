"""Mistakes that the targets of a Q-network and those of a critic have in common."""

Y = "batch.rewards + discount * (1 - batch.terminals) * next_values"

NEGATIVE = "Values may be negative. Leave them as they are."
NO_PREDICT = (
    "NumPy arrays can't be compiled. Call the network itself, not `predict`, and keep its tensors."
)
ONE_FOR_EACH = "Each transition has its own target. Take no mean and no sum over the batch."

TARGETS = {
    (
        "A terminal transition has no future, but this target contains the next state's value.",
        "Multiply the next value by `1 - batch.terminals`.",
    ): [
        (Y, "batch.rewards + discount * next_values"),
    ],
    "The discount is missing. Multiply the next value by it.": [
        (Y, "batch.rewards + (1 - batch.terminals) * next_values"),
    ],
    "The reward is missing. Add it to the discounted next value.": [(Y, "discount * (1 - batch.terminals) * next_values")],
    "The flag is the wrong way round. It's 1 when the task is over.": [
        (Y, "batch.rewards + discount * batch.terminals * next_values"),
    ],
    "Discount only the next value, not the reward.": [
        (Y, "discount * (batch.rewards + (1 - batch.terminals) * next_values)"),
    ],
    "A terminal transition keeps its reward. Only the next value goes.": [
        (Y, "(1 - batch.terminals) * (batch.rewards + discount * next_values)"),
        (Y, "tf.where(batch.terminals > 0, 0.0, batch.rewards + discount * next_values)"),
    ],
    "Add the discounted next value to the reward. Don't subtract it.": [
        (Y, "batch.rewards - discount * (1 - batch.terminals) * next_values"),
    ],
    "Use a minus: `1 - batch.terminals`. With a plus, a terminal transition counts its future twice.": [
        (Y, Y.replace("(1 - ", "(1 + ")),
    ],
    "`1 - batch.terminals` needs its brackets, or only the 1 is multiplied by the discount.": [
        (Y, Y.replace("(1 - batch.terminals)", "1 - batch.terminals")),
    ],
    "The brackets are in the wrong place. Compute `1 - batch.terminals` first, then multiply.": [
        (Y, "batch.rewards + discount * (1 - batch.terminals * next_values)"),
    ],
    "Multiply only the next value by `1 - batch.terminals`. The reward always counts.": [
        (Y, "batch.rewards * (1 - batch.terminals) + discount * next_values"),
    ],
    "That's the square of the discount. Multiply by it once.": [(Y, Y.replace("discount", "discount**2"))],
    "Multiply the next value by the discount, not by 1 − discount.": [
        (Y, Y.replace("discount", "(1 - discount)")),
    ],
    "Multiply by `1 - batch.terminals`. As an exponent, it only takes the discount away.": [
        (Y, "batch.rewards + discount ** (1 - batch.terminals) * next_values"),
    ],
    "Each transition has its own flag, but one `if` decides for all.": [
        (Y, "batch.rewards + (0.0 if tf.reduce_any(batch.terminals > 0) else discount * next_values)"),
    ],
    NEGATIVE: [
        (Y, Y.replace("next_values", "tf.nn.relu(next_values)")),
        (Y, Y.replace("next_values", "tf.abs(next_values)")),
    ],
    "should be float32": [(Y, f"tf.cast({Y}, tf.float64)")],
    "Is there a `return`": [("    return tf", "    tf")],
    "Another `discount` gave the same result": [(Y, Y.replace("discount", "0.5"))],
}  # fmt: skip
