"""Losses that are only equations: the target y comes first, then what is predicted.

Those of one entry give as many losses as there are entries; take their sum or mean. The distance
of two vectors and what compares the scores of all classes give one number.
"""

from __future__ import annotations

from derive.question.macros.macro import Macro
from derive.question.macros.options import Amount

__all__ = ["LOSSES"]

ENTRIES = "y: d, p: d, l: d"
SCORES = "y: n, s: n, l: scalar"
PAIR = "a: d, b: d"

BCE_WITH_LOGITS = Macro(
    "l = bce_with_logits(y, z)",
    "l = softplus(z) - y*z",
    "the binary cross-entropy of a sigmoid, from its logits",
    shapes="y: d, z: d, l: d",
)
KL_DIVERGENCE = Macro(
    "l = kl_divergence(p, q)",
    "l = cross_entropy(p, q) - cross_entropy(p, p)",
    "the Kullback-Leibler divergence of p from q, where 0 log 0 is 0",
    "Kullback and Leibler (1951)",
    "p: n, q: n, l: scalar",
)
GAUSSIAN_KL = Macro(
    "l = gaussian_kl(mu, logvar)",
    "l = -1/2*sum(1 + logvar - mu**2 - exp(logvar))",
    "the divergence of a Gaussian with independent entries from the standard one",
    "Kingma and Welling (2014)",
    "mu: d, logvar: d, l: scalar",
)
GAUSSIAN_NLL = Macro(
    "l = gaussian_nll(x, mu, sigma)",
    "l = log(sigma) + 1/2*log(2*pi) + (x - mu)**2/(2*sigma**2)",
    "the negative log-likelihood of a Gaussian",
    shapes="x: d, mu: d, sigma: d, l: d",
)
POISSON_NLL = Macro(
    "l = poisson_nll(y, lam)",
    "l = lam - y*log(lam)",
    "the negative log-likelihood of a Poisson distribution, without log y!",
    shapes="y: d, lam: d, l: d",
)
FOCAL_LOSS = Macro(
    "l = focal_loss(y, p)",
    "l = -y*(1 - p)**{gamma}*log(p) - (1 - y)*p**{gamma}*log(1 - p)",
    "the focal loss",
    "Lin et al. (2017)",
    ENTRIES,
    {"gamma": Amount("2")},
)
HUBER = Macro(
    "l = huber(y, p)",
    """
    r = p - y
    l = where(abs(r) <= {delta}, r**2/2, {delta}*(abs(r) - {delta}/2))
    """,
    "the Huber loss",
    "Huber (1964)",
    ENTRIES + ", r: d",
    {"delta": Amount("1")},
)
SMOOTH_L1 = Macro(
    "l = smooth_l1(y, p)",
    """
    r = p - y
    l = where(abs(r) <= {beta}, r**2/(2*{beta}), abs(r) - {beta}/2)
    """,
    "the smooth L1 loss",
    "Girshick (2015)",
    ENTRIES + ", r: d",
    {"beta": Amount("1")},
)
ABSOLUTE_ERROR = Macro("l = absolute_error(y, p)", "l = abs(p - y)", "the absolute error",
                       shapes=ENTRIES)
LOG_COSH = Macro("l = log_cosh(y, p)", "l = log(cosh(p - y))", "the log-cosh loss", shapes=ENTRIES)
HINGE = Macro(
    "l = hinge(y, s)",
    "l = relu({margin} - y*s)",
    "the hinge loss, for targets -1 and 1",
    shapes="y: d, s: d, l: d",
    options={"margin": Amount("1")},
)
SQUARED_HINGE = Macro(
    "l = squared_hinge(y, s)",
    "l = relu({margin} - y*s)**2",
    "the squared hinge loss, for targets -1 and 1",
    shapes="y: d, s: d, l: d",
    options={"margin": Amount("1")},
)
MULTICLASS_HINGE = Macro(
    "l = multiclass_hinge(y, s)",
    "l = sum((1 - y)*relu({margin} + s - y @ s))",
    "the multi-class hinge loss, for a one-hot y",
    "Weston and Watkins (1999)",
    SCORES,
    {"margin": Amount("1")},
)
CRAMMER_SINGER = Macro(
    "l = crammer_singer(y, s)",
    "l = max(s + {margin}*(1 - y)) - y @ s",
    "the multi-class hinge loss of Crammer and Singer, for a one-hot y",
    "Crammer and Singer (2001)",
    SCORES,
    {"margin": Amount("1")},
)
TRIPLET = Macro(
    "l = triplet_loss(a, p, n)",
    "l = relu(sum((a - p)**2) - sum((a - n)**2) + {margin})",
    "the triplet loss of an anchor, a positive and a negative example",
    "Schroff et al. (2015)",
    "a: d, p: d, n: d, l: scalar",
    {"margin": Amount("1")},
)
CONTRASTIVE = Macro(
    "l = contrastive_loss(y, a, b)",
    """
    D = norm(a - b)
    l = (1 - y)/2*D**2 + y/2*relu({margin} - D)**2
    """,
    "the contrastive loss of a pair, y = 1 where they differ",
    "Hadsell, Chopra and LeCun (2006)",
    "y: scalar, " + PAIR + ", D: scalar, l: scalar",
    {"margin": Amount("1")},
)
COSINE = Macro(
    "c = cosine_similarity(a, b)",
    "c = (a @ b)/(norm(a)*norm(b))",
    "the cosine of the angle between two vectors",
    shapes=PAIR + ", c: scalar",
)
INFO_NCE = Macro(
    "l = info_nce(q, K)",
    """
    s = K @ q/{tau}
    l = logsumexp(s) - s[0]
    """,
    "the InfoNCE loss, the positive key in the first row",
    "van den Oord, Li and Vinyals (2018)",
    "q: d, K: n x d, s: n, l: scalar",
    {"tau": Amount("1")},
)
NEGATIVE_SAMPLING = Macro(
    "l = negative_sampling(v, u, U)",
    "l = -log(sigmoid(u @ v)) - sum(log(sigmoid(-U @ v)))",
    "the loss of a word with its context u and negative samples in the rows of U",
    "Mikolov et al. (2013)",
    "v: d, u: d, U: n x d, l: scalar",
)

LOSSES = (BCE_WITH_LOGITS, KL_DIVERGENCE, GAUSSIAN_KL, GAUSSIAN_NLL, POISSON_NLL, FOCAL_LOSS,
          HUBER, SMOOTH_L1, ABSOLUTE_ERROR, LOG_COSH, HINGE, SQUARED_HINGE, MULTICLASS_HINGE,
          CRAMMER_SINGER, TRIPLET, CONTRASTIVE, COSINE, INFO_NCE,
          NEGATIVE_SAMPLING)
