"""The words around the mathematics: headings, marks, what a web page says of itself."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS = {
    "Given": "Gegeben",
    "Model": "Modell",
    "Question": "Aufgabe",
    "Questions": "Aufgaben",
    "Parts": "Teile",
    "Marks": "Punkte",
    "Total": "Summe",
    "mark": "Punkt",
    "marks": "Punkte",
    "to": "bis",
    "and": "und",
    "and for": "und für",
    "for": "für",
    "For": "Für",
    "where": "wobei",
    "where for": "wobei für",
    "about {} words": "etwa {} Wörter",
    "{} word": "{} Wort",
    "{} words": "{} Wörter",
    "Right": "Richtig",
    "Wrong": "Falsch",
    "right": "richtig",
    "wrong": "falsch",
    "Marking": "Bewertung",
    "Solution": "Lösung",
    "of {}": "zu {}",
    "Score": "Erreicht",
    "Name": "Name",
    "Steps": "Schritte",
    "Skip to the solution": "Zur Lösung springen",
    "LaTeX to copy": "LaTeX zum Kopieren",
    "LaTeX of this formula": "LaTeX dieser Formel",
    "Values of the plot": "Werte des Diagramms",
    # in formulas
    "rows": "Zeilen",
    "columns": "Spalten",
    "axis": "Achse",
    "axes": "Achsen",
    "parameters": "Parameter",
    "total": "gesamt",
}
