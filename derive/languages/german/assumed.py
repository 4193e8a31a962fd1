"""What a sheet takes for granted: digits, layout, logarithms, kinks, ties, windows."""

from __future__ import annotations

__all__ = ["ASSUMED"]

ASSUMED = {
    "Values are shown to {#} significant digits":
        "Werte sind auf {#} signifikante Stellen angegeben, mit Dezimalpunkt",
    "Values are shown to {#} significant digit":
        "Werte sind auf {#} signifikante Stelle angegeben, mit Dezimalpunkt",
    "Values are shown to {#} decimal places":
        "Werte sind auf {#} Nachkommastellen angegeben, mit Dezimalpunkt",
    "Values are shown to {#} decimal place":
        "Werte sind auf {#} Nachkommastelle angegeben, mit Dezimalpunkt",
    "full precision is carried": "gerechnet wird mit voller Genauigkeit",
    "the rounded values are carried on, as by hand":
        "weitergerechnet wird mit den gerundeten Werten, wie von Hand",
    "A gradient has the shape of the quantity it belongs to, so the gradient of a vector is a "
    "column.":
        "Ein Gradient hat die Form der Größe, zu der er gehört; der Gradient eines Vektors ist "
        "also eine Spalte.",
    "The derivative of a scalar by a vector is a row, and Jacobians stand in the order of the "
    "path; the derivative by a matrix has the shape of the matrix.":
        "Die Ableitung eines Skalars nach einem Vektor ist eine Zeile, und Jacobi-Matrizen stehen "
        "in der Reihenfolge des Pfades; die Ableitung nach einer Matrix hat deren Form.",
    "The logarithm is the natural one.": "log ist der natürliche Logarithmus.",
    "The logarithm has base {#}.": "Der Logarithmus hat die Basis {#}.",
    "0 log 0 counts as 0.": "0 log 0 zählt als 0.",
    "A mean over an index divides by the number of its terms.":
        "Ein Mittelwert über einen Index teilt durch die Anzahl seiner Terme.",
    "It is known that {}.": "Vorausgesetzt ist {}.",
    "In {#} places the last digit is not what the rounded numbers before it would give.":
        "An {#} Stellen ist die letzte Ziffer nicht die, die sich aus den gerundeten Zahlen davor "
        "ergäbe.",
    "In {#} place the last digit is not what the rounded numbers before it would give.":
        "An {#} Stelle ist die letzte Ziffer nicht die, die sich aus den gerundeten Zahlen davor "
        "ergäbe.",
    # kinks, ties, jumps
    "The derivative of ReLU at 0 is taken as {#}.":
        "Als Ableitung von ReLU an der Stelle 0 wird {#} genommen.",
    "The derivative of the absolute value at 0 is taken as {#}.":
        "Als Ableitung des Betrags an der Stelle 0 wird {#} genommen.",
    "The derivative of the leaky ReLU at 0 is taken as {#}.":
        "Als Ableitung der Leaky-ReLU an der Stelle 0 wird {#} genommen.",
    "The derivative of the leaky ReLU at 0 is taken as its slope on the left.":
        "Als Ableitung der Leaky-ReLU an der Stelle 0 wird ihre linksseitige Steigung genommen.",
    "Of several largest entries, argmax takes the first.":
        "Von mehreren größten Einträgen nimmt argmax den ersten.",
    "The step is 0 at 0 itself.": "Die Stufenfunktion ist an der Stelle 0 selbst 0.",
    "Positions count from 0, and a slice ends before its last number: 0:2 stands for the entries "
    "0 and 1.":
        "Positionen werden ab 0 gezählt, und ein Ausschnitt endet vor seiner letzten Zahl: 0:2 "
        "steht für die Einträge 0 und 1.",
    "Of several largest entries the first one counts, row by row.":
        "Von mehreren größten Einträgen zählt der erste, zeilenweise gelesen.",
    "Of several smallest entries the first one counts, row by row.":
        "Von mehreren kleinsten Einträgen zählt der erste, zeilenweise gelesen.",
    "Where both sides of a maximum are equal, the first one counts.":
        "Sind beide Seiten eines Maximums gleich, so zählt die erste.",
    "Where both sides of a minimum are equal, the first one counts.":
        "Sind beide Seiten eines Minimums gleich, so zählt die erste.",
    "Where both sides of a maximum are equal, the one that is a number counts.":
        "Sind beide Seiten eines Maximums gleich, so zählt die, die eine Zahl ist.",
    "Where both sides of a minimum are equal, the one that is a number counts.":
        "Sind beide Seiten eines Minimums gleich, so zählt die, die eine Zahl ist.",
    "At the bounds themselves, what is clipped still has the derivative 1.":
        "An den Grenzen selbst hat das Abgeschnittene noch die Ableitung 1.",
    "Where a condition changes, the derivative is that of the piece that holds there.":
        "Wo eine Bedingung wechselt, ist die Ableitung die des Stücks, das dort gilt.",
    "The derivative of argmax is taken as 0": "Als Ableitung von argmax wird 0 genommen",
    "The derivative of the step is taken as 0":
        "Als Ableitung der Stufenfunktion wird 0 genommen",
    "The derivative of the sign is taken as 0": "Als Ableitung des Vorzeichens wird 0 genommen",
    "it is constant between its jumps, so the derivative is zero almost everywhere, and at a jump "
    "it does not exist.":
        "Zwischen den Sprüngen ist alles konstant, die Ableitung ist also fast überall null, und "
        "an einer Sprungstelle gibt es sie nicht.",
    # functions that are only named
    "{} is any differentiable function of one number, applied to every entry.":
        "{} ist eine beliebige differenzierbare Funktion einer Variablen, elementweise angewandt.",
    "{} is any differentiable function of its arguments.":
        "{} ist eine beliebige differenzierbare Funktion ihrer Argumente.",
    "{} is any differentiable function; {} is its gradient.":
        "{} ist eine beliebige differenzierbare Funktion; {} ist ihr Gradient.",
    "{} is any differentiable function; {} is its Jacobian.":
        "{} ist eine beliebige differenzierbare Funktion; {} ist ihre Jacobi-Matrix.",
    # windows
    "{} is the cross-correlation, as in deep learning: the filter is not flipped.":
        "{} ist die Kreuzkorrelation, wie beim Deep Learning üblich: Der Filter wird nicht "
        "gespiegelt.",
    "Under the star stands": "Unter dem Stern steht",
    "the stride s": "die Schrittweite s (stride)",
    "the padding p": "der Rand p (padding)",
    "the dilation d": "der Abstand d (dilation)",
    "the groups g": "die Anzahl g der Gruppen (groups)",
    "Entries are counted from 0.": "Einträge werden ab 0 gezählt.",
    "{} is the transposed convolution: each entry of the input puts the kernel, times itself, "
    "into the result, a stride further on each time, and what overlaps is added. Kernels are laid "
    "out as (channels in, channels out, height, width).":
        "{} ist die transponierte Faltung: Jeder Eintrag der Eingabe setzt den mit ihm "
        "multiplizierten Kern ins Ergebnis, jedes Mal um eine Schrittweite weiter, und was sich "
        "überlappt, wird addiert. Kerne sind als (Kanäle der Eingabe, Kanäle der Ausgabe, Höhe, "
        "Breite) angeordnet.",
    "Of equal largest entries in a window the first one counts, row by row.":
        "Von gleich großen größten Einträgen eines Fensters zählt der erste, zeilenweise gelesen.",
    "The zeros around the input count in the mean of a window.":
        "Die Nullen um die Eingabe zählen beim Mittelwert eines Fensters mit.",
    "{} is {} in a frame of zeros": "{} ist {} in einem Rahmen aus Nullen",
    "{#} wide": "{#} breit",
    "p wide": "p breit",
    "{#} above": "{#} oben",
    "{#} below": "{#} unten",
    "{#} on the left": "{#} links",
    "{#} on the right": "{#} rechts",
    "{#} in front": "{#} vorn",
    "{#} behind": "{#} hinten",
    "A delta is 1 where its two positions are equal and 0 elsewhere: it keeps":
        "Ein Delta ist 1, wo seine beiden Positionen gleich sind, und sonst 0: Es behält",
    "what is put into the entry.": "das, was in den Eintrag gesetzt wird.",
    "the windows that cover the entry.": "die Fenster, die den Eintrag überdecken.",
    "Each entry of {} goes to the entry of {} that is the largest of its window; all others get "
    "nothing.":
        "Jeder Eintrag von {} geht an den Eintrag von {}, der der größte seines Fensters ist; alle "
        "anderen erhalten nichts.",
    "Each entry of {} goes back to the entries under its window, times those of {}.":
        "Jeder Eintrag von {} geht zurück an die Einträge unter seinem Fenster, multipliziert mit "
        "denen von {}.",
    "Each entry of {} is multiplied by the entries of {} under its window, and the products are "
    "added up.":
        "Jeder Eintrag von {} wird mit den Einträgen von {} unter seinem Fenster multipliziert, "
        "und die Produkte werden addiert.",
    "Each entry of {} is shared out equally over its window of {}.":
        "Jeder Eintrag von {} wird gleichmäßig auf sein Fenster von {} verteilt.",
    "and 0 elsewhere": "und sonst 0",
    "a copy of {} for each entry of {}": "eine Kopie von {} für jeden Eintrag von {}",
    "those between ({#}) are left out": "die dazwischen ({#}) sind ausgelassen",
    "without the terms that are 0": "ohne die Terme, die 0 sind",
}
