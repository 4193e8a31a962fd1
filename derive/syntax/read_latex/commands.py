r"""Every command that can be read: one row each, what kind of thing it is and what it stands for.

A command that is not here cannot be read. Nothing is ever expanded: there are no macros.
"""

from __future__ import annotations

from typing import NamedTuple

from derive.syntax.inline_math import GREEK

__all__ = ["ALIGNED", "COMMANDS", "FENCES", "MATRICES", "OPERATORS", "Command", "Level"]


class Command(NamedTuple):
    """kind: what the parser does with it; means: what it stands for in the tree."""

    kind: str
    means: str = ""


class Level:
    """How tightly operators bind, from the loosest; writers use the same order."""

    SUM = 10
    HADAMARD = 20
    TIMES = 30
    BESIDE = 40


# binary operators: level, and the sign in the tree
OPERATORS: dict[str, tuple[int, str]] = {
    "+": (Level.SUM, "+"), "-": (Level.SUM, "-"),
    r"\odot": (Level.HADAMARD, "odot"), r"\circ": (Level.HADAMARD, "odot"),
    r"\oslash": (Level.HADAMARD, "oslash"), r"\otimes": (Level.HADAMARD, "otimes"),
    r"\cdot": (Level.TIMES, "cdot"), r"\times": (Level.TIMES, "times"), "*": (Level.TIMES, "*"),
    r"\ast": (Level.TIMES, "*"), r"\star": (Level.TIMES, "star"), r"\bullet": (Level.TIMES, "cdot"),
    "/": (Level.BESIDE, "/"), r"\div": (Level.BESIDE, "/"),
}

RELATIONS: dict[str, str] = {
    "=": "=", r"\approx": "≈", r"\simeq": "≈", r"\cong": "≈", r"\equiv": "=", r"\triangleq": "=",
    r"\coloneqq": "=", r"\doteq": "≈", "<": "<", ">": ">", r"\lt": "<", r"\gt": ">",
    r"\le": "<=", r"\leq": "<=", r"\leqslant": "<=", r"\ge": ">=", r"\geq": ">=",
    r"\geqslant": ">=", r"\ne": "!=", r"\neq": "!=", r"\in": "in", r"\propto": "propto",
    r"\leftarrow": "<-", r"\gets": "<-", r"\sim": "~", r"\ll": "<<", r"\gg": ">>",
}

# where one formula ends and another begins
BREAKS = (r"\Rightarrow", r"\implies", r"\Longrightarrow", r"\rightarrow", r"\to", r"\therefore",
          r"\because", r"\iff", r"\Leftrightarrow", r"\mapsto", r"\longrightarrow", r"\qquad")
SPACES = (r"\,", r"\;", r"\:", r"\!", r"\ ", r"\>", r"\quad", r"\thinspace", r"\medspace",
          r"\thickspace", r"\enspace", r"\negthinspace", r"\displaystyle", r"\textstyle",
          r"\scriptstyle", r"\limits", r"\nolimits", r"\nonumber", r"\notag", r"\hfill",
          r"\checkmark", r"\blacksquare", r"\square", r"\Box", r"\qed",
          r"\centering", r"\noindent", r"\allowbreak", r"\strut", r"\hline", "~",
          *(rf"\{size}{side}" for size in ("big", "Big", "bigg", "Bigg")
            for side in ("", "l", "r", "m")))
ACCENTS = {
    r"\bar": "bar", r"\overline": "bar", r"\hat": "hat", r"\widehat": "hat", r"\tilde": "tilde",
    r"\widetilde": "tilde", r"\vec": "vec", r"\overrightarrow": "vec", r"\dot": "dot",
    r"\ddot": "ddot", r"\check": "check", r"\breve": "breve", r"\acute": "acute",
    r"\grave": "grave", r"\underline": "underline",
}
FONTS = {
    r"\mathbf": "bold", r"\boldsymbol": "bold", r"\bm": "bold", r"\pmb": "bold", r"\bf": "bold",
    r"\mathrm": "upright", r"\mathit": "", r"\mathsf": "upright", r"\mathtt": "upright",
    r"\mathnormal": "", r"\mathcal": "mathcal", r"\mathscr": "mathcal", r"\mathbb": "mathbb",
    r"\mathfrak": "mathfrak", r"\mathds": "mathbb",
}
WORDS = (r"\text", r"\textrm", r"\textbf", r"\textit", r"\operatorname", r"\operatorname*",
         r"\mbox", r"\textsf", r"\texttt", r"\mathop", r"\emph", r"\textnormal", r"\hbox")
# with what stands in their braces they are no part of a formula; what stands between its lines
SKIPPED = (r"\label", r"\tag", r"\ref", r"\eqref", r"\cite", r"\footnote", r"\hspace", r"\vspace",
           r"\hskip", r"\phantom", r"\hphantom", r"\vphantom", r"\color", r"\footnotemark")
BETWEEN = (r"\intertext", r"\shortintertext")
FUNCTIONS = ("sin", "cos", "tan", "sinh", "cosh", "tanh", "arctan", "arcsin", "arccos", "exp",
             "log", "ln", "lg", "max", "min", "det", "argmax", "argmin", "tr", "Tr", "Pr", "coth",
             "dim")
LETTERS = (r"\partial", r"\nabla", r"\infty", r"\top", r"\intercal", r"\prime", r"\hbar",
           r"\imath", r"\jmath", r"\Re", r"\Im", r"\bot", r"\dagger", r"\aleph", r"\varnothing",
           r"\emptyset", r"\varkappa", r"\varpi", r"\varrho", r"\varsigma", r"\digamma")
# dots stand for what is left out: they are read, but have no value
DOTS = (r"\dots", r"\cdots", r"\ldots", r"\vdots", r"\ddots", r"\dotsb", r"\dotsc", r"\dotsm")

# brackets: opening -> (kind, closing ones)
FENCES: dict[str, tuple[str, tuple[str, ...]]] = {
    "(": ("(", (")",)), "[": ("[", ("]",)), r"\{": ("{", (r"\}",)),
    r"\lbrace": ("{", (r"\rbrace",)), r"\lbrack": ("[", (r"\rbrack",)),
    r"\lvert": ("|", (r"\rvert",)),
    r"\lVert": ("||", (r"\rVert",)), r"\langle": ("<", (r"\rangle",)),
    r"\lfloor": ("floor", (r"\rfloor",)), r"\lceil": ("ceil", (r"\rceil",)),
    "|": ("|", ("|",)), r"\vert": ("|", (r"\vert",)), r"\|": ("||", (r"\|",)),
    r"\Vert": ("||", (r"\Vert",)),
}
CLOSING = frozenset(c for _, ends in FENCES.values() for c in ends)

# environments: matrices with the brackets they bring, and those that only line formulas up
MATRICES = {"matrix": "", "bmatrix": "[", "pmatrix": "(", "Bmatrix": "{", "vmatrix": "|",
            "Vmatrix": "||", "smallmatrix": "", "array": "", "psmallmatrix": "(",
            "bsmallmatrix": "["}
ALIGNED = frozenset((
    "aligned", "align", "align*", "split", "gather", "gather*", "gathered", "equation", "equation*",
    "eqnarray", "eqnarray*", "multline", "multline*", "alignat", "alignat*", "flalign", "flalign*",
    "alignedat", "displaymath", "math"))


COMMANDS: dict[str, Command] = {
    **{name: Command("name", name) for name in (*sorted(GREEK), *LETTERS, r"\ell")},
    **{rf"\{name}": Command("word", name) for name in FUNCTIONS},
    **{sign: Command("operator", means) for sign, (_, means) in OPERATORS.items()},
    **{sign: Command("relation", means) for sign, means in RELATIONS.items()},
    **dict.fromkeys(BREAKS, Command("break")), **dict.fromkeys(SPACES, Command("space")),
    **{name: Command("accent", means) for name, means in ACCENTS.items()},
    **{name: Command("font", means) for name, means in FONTS.items()},
    **dict.fromkeys(WORDS, Command("words")),
    **dict.fromkeys(DOTS, Command("dots", "…")),
    **{name: Command("open", kind) for name, (kind, _) in FENCES.items()},
    **{name: Command("close") for name in CLOSING if name not in FENCES},
    **dict.fromkeys((r"\binom", r"\dbinom", r"\tbinom"), Command("binomial")),
    **dict.fromkeys((r"\frac", r"\dfrac", r"\tfrac", r"\cfrac"), Command("fraction")),
    r"\sqrt": Command("root"),
    r"\sum": Command("big", "sum"), r"\prod": Command("big", "prod"),
    **dict.fromkeys((r"\boxed", r"\fbox", r"\mathstrut", r"\cancel"), Command("wrapped")),
    r"\substack": Command("wrapped"),
    **dict.fromkeys((r"\underbrace", r"\overbrace"), Command("labelled")),
    **dict.fromkeys((r"\underset", r"\overset", r"\stackrel", r"\xrightarrow"), Command("set")),
    r"\left": Command("left"), r"\right": Command("right"), r"\middle": Command("middle"),
    r"\begin": Command("begin"), r"\end": Command("end"),
    **dict.fromkeys((r"\\", r"\\*", r"\newline", r"\cr"), Command("line")),
    **dict.fromkeys((r"\mid", r"\middle|"), Command("bar")),
    **dict.fromkeys(SKIPPED, Command("skipped")),
    **dict.fromkeys(BETWEEN, Command("between")),
    "$": Command("unread"), r"\%": Command("unread"), r"\$": Command("unread"),
    r"\#": Command("name", r"\#"),
    r"\_": Command("underscore"), r"\&": Command("unread"),
    "_": Command("sub"), "^": Command("sup"), "'": Command("prime"), "’": Command("prime"),
    "{": Command("group"), "}": Command("ungroup"), "&": Command("column"),
    ",": Command("comma"), ";": Command("comma"), ":": Command("colon"), ".": Command("stop"),
    "!": Command("unread"), "?": Command("unread"),
}
