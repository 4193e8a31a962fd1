"""Attention, positions, and the blocks of a transformer. Queries, keys and values stand in rows.

The heads of multi-head attention are added up, each times its own rows of the output weights:
that is what concatenating them and multiplying by all of these weights comes to.
"""

from __future__ import annotations

from derive.question.macros.macro import Macro
from derive.question.macros.normalisation import centred, scaled
from derive.question.macros.options import Amount, Choice, Count, Flag, Function

__all__ = ["ATTENTION"]

MASK = {"mask": Amount(""), "causal": Flag("False")}
MASKED = ("{not mask=:where({mask}, }{causal:where({triangle}, }SCORES"
          "{not mask=:, -inf)}{causal:, -inf)}")
NEVER = {"causal and not mask=": "one mask is enough: multiply them to have both"}
VASWANI = "Vaswani et al. (2017)"


def masked(scores: str) -> str:
    """Return scores that are -infinity where the mask is 0."""
    return MASKED.replace("SCORES", scores)


ATTENTION_ = Macro(
    "Z, A = attention(Q, K, V)",
    f"""
    S = Q @ K.T/sqrt({{1}})
    A = softmax({masked("S")}, axis=1)
    Z = A @ V
    """,
    "scaled dot-product attention{causal: with a causal mask}",
    VASWANI,
    "Q: n x d, K: k x d, V: k x r, Z: n x r, A: n x k",
    MASK,
    ranked=True,
    never=NEVER,
)
HEADS = f"""
    {{i in heads;
    ;Q_#i = X @ W_Q_#i
    K_#i = X @ W_K_#i
    V_#i = X @ W_V_#i
    A_#i = softmax({masked("Q_#i @ K_#i.T/sqrt({d_k=:{1/heads}}{not d_k=:{d_k}})")}, axis=1)
    H_#i = A_#i @ V_#i}}
    """
JOINED = "{i in heads; + ;H_#i @ W_O_#i}"
HEAD_SHAPES = ("X: n x d, Y: n x d, W_Q*: d x {d_k=:{1/heads}}{not d_k=:{d_k}}, "
               "W_K*: d x {d_k=:{1/heads}}{not d_k=:{d_k}}, "
               "W_V*: d x {d_k=:{1/heads}}{not d_k=:{d_k}}, "
               "W_O*: {d_k=:{1/heads}}{not d_k=:{d_k}} x d, ")
HEAD_OPTIONS = {"heads": Count("2"), "d_k": Amount(""), **MASK}
MULTI_HEAD = Macro(
    "Y = multi_head_attention(X)",
    f"{HEADS}\nY = {JOINED}",
    "multi-head attention, the heads' parts of the output weights written one by one",
    VASWANI,
    HEAD_SHAPES,
    HEAD_OPTIONS,
    ranked=True,
    never=NEVER,
)
FEED_FORWARD = "{activation}(N @ W_1 + b_1) @ W_2 + b_2"
BLOCK = Macro(
    "Y = transformer_block(X)",
    "{norm=pre:" + centred("X", ", axis=1, keepdims=True", "_1") + scaled("N_1", "_1") + "\n"
    + HEADS.replace("= X @", "= N_1 @") + f"\nR = X + {JOINED}\n"
    + centred("R", ", axis=1, keepdims=True", "_2") + scaled("N_2", "_2")
    + "\nF = " + FEED_FORWARD.replace("N @", "N_2 @") + "\nY = R + F}\n"
    "{norm=post:" + HEADS + f"\nR = X + {JOINED}\n"
    + centred("R", ", axis=1, keepdims=True", "_1") + scaled("N_1", "_1")
    + "\nF = " + FEED_FORWARD.replace("N @", "N_1 @") + "\nP = N_1 + F\n"
    + centred("P", ", axis=1, keepdims=True", "_2") + scaled("Y", "_2") + "}",
    "a transformer block, normalised {norm=pre:before}{norm=post:after} each part",
    "Vaswani et al. (2017){norm=pre:; before: Xiong et al. (2020)}",
    HEAD_SHAPES + "W_1: d x f, b_1: f, W_2: f x d, b_2: d, gamma*: d, beta*: d",
    {**HEAD_OPTIONS, "heads": Count("1"), "norm": Choice("post", ("post", "pre")),
     "activation": Function("relu"), "eps": Amount("1e-5"), "affine": Flag("True")},
    ranked=True,
    never=NEVER,
)
ADDITIVE = Macro(
    "c, a = additive_attention(q, K, V)",
    """
    e = tanh(K @ W_k.T + W_q @ q{bias: + b_a}) @ v_a
    a = softmax(e)
    c = a @ V
    """,
    "additive attention",
    "Bahdanau, Cho and Bengio (2015)",
    "q: m, K: k x n, V: k x r, c: r, a: k, W_k: h x n, W_q: h x m, b_a: h, v_a: h",
    {"bias": Flag("False")},
)
MULTIPLICATIVE = Macro(
    "c, a = multiplicative_attention(q, K, V)",
    """
    e = {score=dot:K @ q}{score=general:K @ (W_a @ q)}
    a = softmax(e)
    c = a @ V
    """,
    "multiplicative attention",
    "Luong, Pham and Manning (2015)",
    "q: m, K: k x {score=dot:m}{score=general:n}, V: k x r, c: r, a: k, W_a: n x m",
    {"score": Choice("general", ("general", "dot"))},
)
OVER_SERIES = Macro(
    "c, a = sequence_attention(q, h)",
    """
    e = {score=additive:v_a @ tanh(W_q @ q + W_k @ h)}{score=general:q @ W_a @ h}{score=dot:q @ h}
    u = exp(e)
    Z = sum(u, {over})
    a = u/Z
    c = sum(a*h, {over})
    """,
    "attention over the members of a series",
    "{score=additive:Bahdanau, Cho and Bengio (2015)}"
    "{not score=additive:Luong, Pham and Manning (2015)}",
    "q: m, {score=dot:h: m, c: m}{not score=dot:h: n, c: n}, W_q: d x m, W_k: d x n, v_a: d, "
    "W_a: m x n",
    {"score": Choice("additive", ("additive", "general", "dot")), "over": Amount("s")},
    along={"e": "over", "u": "over", "a": "over"},
)
POSITIONS = Macro(
    "p = positional_encoding(t)",
    "p = [{i in size/2;, ;sin(t/10000**(2*#i0/{size})), cos(t/10000**(2*#i0/{size}))}]",
    "the sinusoidal encoding of a position",
    VASWANI,
    shapes="t: scalar, p: {size}",
    options={"size": Count("4")},
)

ATTENTION = (ATTENTION_, MULTI_HEAD, BLOCK, ADDITIVE, MULTIPLICATIVE, OVER_SERIES, POSITIONS)
