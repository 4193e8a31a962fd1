"""Cells, layers, losses and optimisers, as the head of a sheet names them."""

from __future__ import annotations

__all__ = ["CALLS"]

CALLS = {
    "{*} = {code}": "{*} = {code}",
    "The equations of {*} are those of": "Die Gleichungen von {*} sind die",
    "after {@}": "nach {@}",
    "before: {@}": "davor: {@}",
    # recurrent cells
    "a simple recurrent network": "eines einfachen rekurrenten Netzes",
    "a Jordan network, which feeds its output back":
        "eines Jordan-Netzes, das seine Ausgabe zurückführt",
    "a long short-term memory cell (LSTM)": "einer LSTM-Zelle (long short-term memory)",
    "with the forget gate of {@}": "mit dem Forget-Gate von {@}",
    "the peepholes of {@}": "den Peepholes von {@}",
    "input and forget gate coupled as in {@}":
        "Input- und Forget-Gate gekoppelt wie bei {@}",
    "a gated recurrent unit (GRU)": "einer GRU (gated recurrent unit)",
    "with the reset after the product as in cuDNN and Keras":
        "mit dem Reset nach dem Produkt wie bei cuDNN und Keras",
    # layers
    "a dense layer": "einer vollständig verbundenen Schicht",
    "a residual block": "eines Residualblocks",
    "a highway layer": "einer Highway-Schicht",
    "an autoencoder": "eines Autoencoders",
    "with tied weights": "mit geteilten Gewichten",
    "a convolutional layer": "einer Faltungsschicht",
    "then pooling": "danach Pooling",
    "dropout with the mask given": "von Dropout mit gegebener Maske",
    "scaled by 1/(1 - p) in training": "beim Training mit 1/(1 - p) skaliert",
    "an embedding, which takes the row of a label":
        "einer Einbettung, die die Zeile zu einem Label nimmt",
    # attention
    "additive attention": "der additiven Attention",
    "multiplicative attention": "der multiplikativen Attention",
    "attention over the members of a series": "der Attention über die Glieder einer Folge",
    "scaled dot-product attention": "der skalierten Skalarprodukt-Attention",
    "with a causal mask": "mit kausaler Maske",
    "multi-head attention, the heads' parts of the output weights written one by one":
        "der Multi-Head-Attention, die Anteile der Köpfe an den Ausgabegewichten einzeln "
        "geschrieben",
    "a transformer block, normalised before each part":
        "eines Transformer-Blocks, vor jedem Teil normalisiert",
    "a transformer block, normalised after each part":
        "eines Transformer-Blocks, nach jedem Teil normalisiert",
    "a transformer block, normalised each part":
        "eines Transformer-Blocks, jeder Teil normalisiert",
    "the sinusoidal encoding of a position": "der sinusförmigen Kodierung einer Position",
    # normalisation
    "batch normalisation in training, over the examples in the rows":
        "der Batch-Normalisierung beim Training, über die Beispiele in den Zeilen",
    "group normalisation, over the channels of each group":
        "der Gruppen-Normalisierung, über die Kanäle jeder Gruppe",
    "instance normalisation, over each image and channel":
        "der Instanz-Normalisierung, über jedes Bild und jeden Kanal",
    "layer normalisation": "der Schicht-Normalisierung (layer normalisation)",
    "normalisation by the root mean square (RMSNorm)":
        "der Normalisierung durch das quadratische Mittel (RMSNorm)",
    # losses
    "the Huber loss": "des Huber-Verlusts",
    "the smooth L1 loss": "des geglätteten L1-Verlusts",
    "the absolute error": "des absoluten Fehlers",
    "the focal loss": "des Focal-Verlusts",
    "the hinge loss, for targets -1 and 1": "des Hinge-Verlusts, für die Zielwerte -1 und 1",
    "the squared hinge loss, for targets -1 and 1":
        "des quadrierten Hinge-Verlusts, für die Zielwerte -1 und 1",
    "the multi-class hinge loss, for a one-hot y":
        "des Hinge-Verlusts für mehrere Klassen, für ein One-Hot-y",
    "the multi-class hinge loss of Crammer and Singer, for a one-hot y":
        "des Hinge-Verlusts für mehrere Klassen von Crammer und Singer, für ein One-Hot-y",
    "the InfoNCE loss, the positive key in the first row":
        "des InfoNCE-Verlusts, der positive Schlüssel in der ersten Zeile",
    "the Kullback-Leibler divergence of p from q, where 0 log 0 is 0":
        "der Kullback-Leibler-Divergenz von p gegenüber q, wobei 0 log 0 gleich 0 ist",
    "the divergence of a Gaussian with independent entries from the standard one":
        "der Divergenz einer Gauß-Verteilung mit unabhängigen Einträgen von der "
        "Standardnormalverteilung",
    "the binary cross-entropy of a sigmoid, from its logits":
        "der binären Kreuzentropie einer Sigmoidfunktion, aus ihren Logits",
    "the contrastive loss of a pair, y = 1 where they differ":
        "des kontrastiven Verlusts eines Paares, y = 1 bei Verschiedenheit",
    "the triplet loss of an anchor, a positive and a negative example":
        "des Triplet-Verlusts eines Ankers, eines positiven und eines negativen Beispiels",
    "the cosine of the angle between two vectors": "des Kosinus des Winkels zweier Vektoren",
    "the log-cosh loss": "des Log-Cosh-Verlusts",
    "the loss of a word with its context u and negative samples in the rows of U":
        "des Verlusts eines Wortes mit seinem Kontext u und negativen Beispielen in den Zeilen "
        "von U",
    "the negative log-likelihood of a Gaussian":
        "der negativen Log-Likelihood einer Gauß-Verteilung",
    "the negative log-likelihood of a Poisson distribution, without log y!":
        "der negativen Log-Likelihood einer Poisson-Verteilung, ohne log y!",
    # optimisers
    "a step down the gradient": "eines Gradientenschritts",
    "with weight decay": "mit Gewichtsabnahme (weight decay)",
    "a step with momentum": "eines Schritts mit Momentum",
    "a step with Nesterov's momentum, at the gradient of the iterate itself":
        "eines Schritts mit Nesterov-Momentum, am Gradienten der Iterierten selbst",
    "a step of AdaGrad": "eines Schritts von AdaGrad",
    "a step of RMSProp": "eines Schritts von RMSProp",
    "a step of Adadelta": "eines Schritts von Adadelta",
    "a step of Adam": "eines Schritts von Adam",
    "a step of AdamW: Adam with decoupled weight decay":
        "eines Schritts von AdamW: Adam mit entkoppelter Gewichtsabnahme",
    "a step of NAdam: Adam with Nesterov's momentum":
        "eines Schritts von NAdam: Adam mit Nesterov-Momentum",
    "a step of AdaMax": "eines Schritts von AdaMax",
    "a step of AMSGrad, without bias correction":
        "eines Schritts von AMSGrad, ohne Bias-Korrektur",
}
