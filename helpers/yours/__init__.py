"""The course, flying on the learner's own code: what passed its check takes the helpers' place.

In a copy of the course that ``make lab`` wrote, a check that passes keeps the answer (``keep``),
and the first cell of a later chapter puts the kept answers into the helpers (``use``). Anywhere
else, in the course's own notebooks, in a release or in grading, nothing is kept and nothing used.
"""

import importlib
import importlib.abc
import importlib.machinery
import sys
import traceback
from collections.abc import Iterable
from typing import Any, ClassVar

from IPython import get_ipython
from IPython.display import Markdown, display

from helpers.yours import course, kept, programs
from helpers.yours.costs import Clock
from helpers.yours.kept import COURSE, PARTS, STEMS, YOURS, Section


class _State:
    """This run: the chapter, the parts that are left to the course, and what was told already."""

    stem = STEMS[0]
    without: frozenset = frozenset()
    watched = False
    sections: ClassVar[dict] = {}  # what `use` read, by chapter and name
    placed: ClassVar[list] = []  # functions and methods that are in place without their cells
    clock = Clock()


def use(chapter: int, without: Iterable[str] = ()) -> None:
    """Put the learner's parts of earlier chapters into the helpers, and say whose they are.

    Those of this chapter become the notebook's own, so that their cells needn't be run again.
    Where this is no learner's copy, nothing happens.

    Args:
        chapter: its number.
        without: names of parts for which the course's are used in this run.

    Raises:
        ValueError: there is no such chapter, or no such part.
    """
    if chapter not in range(1, len(STEMS) + 1):
        raise ValueError(f"chapter must be in 1 … {len(STEMS)}, but {chapter!r} was given")
    earlier = STEMS[: chapter - 1]
    _State.stem, _State.without = STEMS[chapter - 1], frozenset(without)
    unknown = _State.without - {name for stem in STEMS[:chapter] for name in PARTS[stem]}
    if unknown:
        raise ValueError(f"without must name parts, but there is no part {min(unknown)!r}")
    if kept.folder() is None:
        return
    _watch()
    _State.sections = {stem: _sections(stem) for stem in STEMS[:chapter]}
    waiting = {f"helpers.{stem}": stem for stem in earlier if _State.sections[stem]}
    for module in [name for name in waiting if name in sys.modules]:
        _put(sys.modules[module], waiting.pop(module))
    sys.meta_path[:] = [one for one in sys.meta_path if not isinstance(one, _AfterImport)]
    sys.meta_path.insert(0, _AfterImport(waiting))
    if earlier:
        print(_whose(earlier))
    print(_restored())


class _AfterImport(importlib.abc.MetaPathFinder):
    """Puts the learner's parts into a helper as soon as it is imported, and not before: some of
    them load TensorFlow, which not every chapter needs."""

    def __init__(self, waiting: dict[str, str]) -> None:
        self.waiting = waiting

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        stem = self.waiting.pop(name, None)
        spec = stem and importlib.machinery.PathFinder.find_spec(name, path)
        if not spec or not spec.loader or not stem:
            return None
        run = spec.loader.exec_module

        def exec_module(module):
            run(module)
            _put(module, stem)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _sections(stem):
    """The parts of a chapter that are kept and wanted; what can't be read is told in a line."""
    try:
        found = kept.read(stem)
    except ValueError as error:
        print(f"{kept.path_of(stem)} can't be read, so we use the course's parts: {error}")
        return {}
    readable = {}
    for name, section in found.items():
        try:
            compile(section.source, name, "exec")
        except (SyntaxError, ValueError) as error:
            print(
                f"`{name}` in {kept.path_of(stem)} can't be read, so we use the course's: {error}"
            )
        else:
            if name not in _State.without:
                readable[name] = section
    return readable


def _put(module, stem):
    """Put the learner's parts in the place of a helper's own, wherever those went already."""
    for name, section in _State.sections[stem].items():
        home = PARTS[stem][name]
        if not home or section.origin == COURSE:
            continue
        try:
            theirs = _made(stem, name, section)
        except Exception as error:  # whatever is in the file, it costs only itself
            print(f"Your `{name}` stopped, so we use the course's: {_short(error)}")
            continue
        owner, _, attribute = home.rpartition(".")
        if owner:
            cls = getattr(module, owner)
            _adopt(cls, theirs, attribute)
            setattr(cls, attribute, _State.clock.timed(name, getattr(cls, attribute)))
        else:
            _replace(getattr(module, attribute), theirs)


def _made(stem, name, section):
    """The result of a kept program: a function, or the class that has the method."""
    namespace = {"__name__": f"yours.{stem}"}
    programs.run(section.source, _label(stem, name), namespace)
    return namespace[PARTS[stem][name].partition(".")[0] or name]


def _label(stem, name):
    """The name that a traceback gives to a part's file, so that the learner knows it."""
    return f"work/yours/{stem}.py: {name}"


def _adopt(cls, theirs, method):
    """Give a helper's class the learner's method, and what else of their class it may call."""
    for name in {name for one in reversed(theirs.__mro__[:-1]) for name in vars(one)}:
        if not hasattr(cls, name):
            setattr(cls, name, getattr(theirs, name))
    setattr(cls, method, getattr(theirs, method))


def _replace(ours, theirs):
    """Let every name of helpers and notebook that means the one mean the other."""
    spaces = [
        vars(module) for name, module in list(sys.modules.items()) if name.startswith("helpers")
    ]
    spaces += [_names()]
    for space in spaces:
        for name in [name for name, value in space.items() if value is ours]:
            space[name] = theirs


def _names() -> dict[str, Any]:
    shell = get_ipython()
    return shell.user_ns if shell else {}


def _short(error):
    return f"{type(error).__name__}: {error}".partition("\n")[0]


def _whose(earlier):
    """Which parts of earlier chapters are the learner's, in a sentence."""
    parts = [(stem, name) for stem in earlier for name, home in PARTS[stem].items() if home]
    own = {(stem, name) for stem in earlier for name, one in _State.sections[stem].items()
           if one.origin == YOURS}  # fmt: skip
    missing = [f"`{name}`" for stem, name in parts if (stem, name) not in own]
    count = len(parts) - len(missing)
    verb = "is" if count == 1 else "are"
    text = f"{count} of {len(parts)} parts so far {verb} yours"
    if not missing:
        return f"{text}: everything here runs on your code."
    listed = ", ".join(missing[:-1]) + " and " * (len(missing) > 1) + missing[-1]
    return f"{text}; {listed} {'is' if len(missing) == 1 else 'are'} the course's."


def _restored():
    """Make this chapter's kept parts the notebook's own; returns where one stopped."""
    stem, done = _State.stem, []
    for name, section in _State.sections[stem].items():
        try:
            made = _made(stem, name, section)
        except Exception as error:
            print(f"Your `{name}` stopped, so run its cell again: {_short(error)}")
            continue
        owner = PARTS[stem][name].partition(".")[0]
        names = _names()
        if "." in PARTS[stem][name] and owner in names:
            _adopt(names[owner], made, PARTS[stem][name].partition(".")[2])
        else:
            names[owner or name] = made
        _State.placed.append(_part(stem, name, made))
        done.append(name)
    left = [name for name in PARTS[stem] if name not in done]
    if not done:
        return f"The first exercise here is `{left[0]}`. When its check passes, your code is kept."
    if not left:
        return f"All {len(done)} of this chapter's exercises are done. Go wherever you like."
    verb = "is" if len(done) == 1 else "are"
    return (
        f"{len(done)} of this chapter's {len(PARTS[stem])} exercises {verb} done, and in place "
        f"without running the cells. The next one is `{left[0]}`."
    )


def keep(stem: str, name: str, answer: Any) -> None:
    """Keep an answer that passed; where that can't be done, say why in a line."""
    shell = get_ipython()
    part = _part(stem, name, answer)
    if kept.folder() is None or shell is None or any(part is one for one in _State.placed):
        return
    try:
        source = _program(stem, name, answer, shell.user_ns["In"], shell.user_ns)
        _made(stem, name, Section(YOURS, source))
        kept.write(stem, name, Section(YOURS, source))
    except Exception as error:  # the check has passed, whatever comes of this
        print(f"It's right, but it couldn't be kept for later chapters: {_short(error)}")
    else:
        print(f"Kept in work/{kept.path_of(stem)}.")


def _part(stem, name, answer):
    """The function or method of the exercise; ``answer`` is it, or the class that it is in."""
    owner, _, method = PARTS[stem][name].rpartition(".")
    return getattr(answer, method, None) if owner else answer


def _program(stem, name, answer, cells, names):
    home = f"helpers.{stem}"
    importlib.import_module(home)
    owner = PARTS[stem][name].rpartition(".")[0]
    return programs.program(answer, owner or name, cells, names, home)


def stuck(name: str) -> str:
    """Words for a learner whose check has failed several times."""
    if kept.folder() is None:
        return ""
    return f'Stuck? `yours.take("{name}")` shows the course\'s answer and goes on with it.'


def take(name: str) -> None:
    """Take the course's answer to an exercise of this chapter, show it, and go on with it.

    Raises:
        ValueError: this chapter has no such exercise, or has it in the learner's own code.
    """
    stem = _State.stem
    if name not in PARTS[stem]:
        raise ValueError(f"name must be one of {', '.join(PARTS[stem])}, but {name!r} was given")
    if kept.folder() is None or not course.NOTEBOOKS.exists():
        print("There are no answers in here. Read the hints again, or ask your instructor.")
        return
    own = _sections(stem).get(name)
    if own and own.origin == YOURS:
        print(f"`{name}` is yours already, and has passed. It is in work/{kept.path_of(stem)}.")
        return
    source = course.exercises(stem)[name].solution
    names = _names()
    home = PARTS[stem][name]
    owner, _, method = home.rpartition(".")
    fresh = dict(names)
    programs.run(source, f"the course's {name}", fresh)
    if owner and owner in names:  # the learner's other methods stay
        _adopt(names[owner], fresh[owner], method)
    else:
        names[owner or name] = fresh[owner or name]
    _State.placed.append(_part(stem, name, fresh[owner or name]))
    text = _program(stem, name, fresh[owner or name], [*names.get("In", []), source], fresh)
    kept.write(stem, name, Section(COURSE, text))
    display(Markdown(f"The course's answer is in place now:\n\n```python\n{source}```"))


def progress() -> None:
    """Show what is passed, taken and open in all chapters, and what to do next."""
    if kept.folder() is not None and course.NOTEBOOKS.exists():
        display(Markdown(f"{course.table()}\n\n{course.advice(_State.stem)}"))


def _watch():
    """Say after a cell which part of the learner's it failed in, and which one is slow."""
    shell = get_ipython()
    if shell and not _State.watched:
        shell.events.register("pre_run_cell", lambda _: _State.clock.begin())
        shell.events.register("post_run_cell", _explain)
        _State.watched = True


def _explain(result):
    if line := _State.clock.told():
        print(line)
    if not result.error_in_exec:
        return
    text = "".join(traceback.format_exception(result.error_in_exec))
    for stem in STEMS:
        for name in PARTS[stem]:
            if stem != _State.stem and _label(stem, name) in text:
                number = STEMS.index(_State.stem) + 1
                print(
                    f"It stopped in your `{name}`, which is in work/{kept.path_of(stem)}. To use "
                    "the course's instead, restart the kernel and begin with "
                    f'`yours.use({number}, without=["{name}"])`.'
                )
                return
