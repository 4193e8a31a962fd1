"""``python -m derive``: the command line, under its own name in the messages."""

from derive.cli import main

if __name__ == "__main__":
    main(prog_name="derive")
