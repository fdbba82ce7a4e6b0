"""The command `litpool`: one subcommand per stage. Exit 0 done, 1 some inputs set aside, 2 something to fix."""

from __future__ import annotations

import argparse
import importlib
import sys

from pipeline.errors import UserError

#: subcommand → (module with add_arguments and run, help)
COMMANDS = {
    "new": ("pipeline.skeleton", "make a folder for a new review"),
    "update": ("pipeline.update.command", "run the searches of config/searches.yaml, fetch what is new into corpus/"),
    "parse": ("pipeline.parse.command", "read files into records"),
    "extract": ("pipeline.extract.command", "extract sizes, arms and outcomes from files"),
    "dedupe": ("pipeline.link.command", "find duplicate records across files"),
    "check": ("pipeline.reviewing.check", "check config/ and overrides/: every problem at once"),
    "correct": ("pipeline.reviewing.correct", "say what a value is, where the machine is wrong"),
    "confirm": ("pipeline.reviewing.confirm", "say that you looked, and agree with what is there"),
    "add": ("pipeline.reviewing.add", "add an arm or an outcome that the machine missed"),
    "exclude": ("pipeline.reviewing.decide", "take a study out, whatever the machine says"),
    "include": ("pipeline.reviewing.decide", "take a study in, whatever the machine says"),
    "link": ("pipeline.reviewing.connect", "say how two records relate: one study, shared patients, …"),
    "template": ("pipeline.overrides.command", "make a workbook to fill in decisions, or take its lines over"),
    "release": ("pipeline.release.command", "keep this state as a version: tables, report, and what led to it"),
    "changes": ("pipeline.release.told", "what is different since a version, by study, number and cause"),
    "pool": ("pipeline.pool.table", "pool the proportions of a table"),
    "compare": ("pipeline.pool.comparing", "pool the comparisons of two groups of a table"),
}


def main(argv: list[str] | None = None) -> int:
    argv = sys.argv[1:] if argv is None else argv
    parser = argparse.ArgumentParser(
        prog="litpool", description="From the file to the pooled number, with every step shown."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (module, text) in COMMANDS.items():
        sub = commands.add_parser(name, help=text, description=text)
        if argv[:1] == [name]:  # only the command that is called loads its stage
            importlib.import_module(module).add_arguments(sub)
    args = parser.parse_args(argv)
    try:
        code: int = importlib.import_module(COMMANDS[args.command][0]).run(args)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 0
    return code


if __name__ == "__main__":
    sys.exit(main())
