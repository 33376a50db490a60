// Commander, with its errors as ours: one line that names the flag, says what was wrong and what to do.

import { Command, type CommanderError, Option } from "commander";
import { InputError, nearest } from "../errors/index.ts";
import { flagOf } from "../recipes/index.ts";
import { describeSetting, type SettingSpec, type SettingSpecs } from "./settings.ts";

/** What stood on a command line: operands in order, and the flags given, by key. */
export interface Arguments {
  readonly operands: readonly string[];
  readonly flags: Readonly<Record<string, unknown>>;
}

/** A command "ganforge <name>", with its examples for --help. */
export function newCommand(name: string, about: string, examples: readonly string[]): Command {
  const command = new Command(`ganforge ${name}`)
    .description(about)
    .helpOption("-h, --help", "show this help")
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  command.addHelpText("after", `\nExamples:\n${examples.map((example) => `  $ ${example}`).join("\n")}`);
  return command;
}

/** Adds a flag for each setting, under a heading of --help. */
export function addSettings(command: Command, heading: string, specs: SettingSpecs): void {
  for (const [key, spec] of Object.entries(specs)) {
    const flags = `--${flagOf(key)} ${placeholder(spec)}`;
    command.addOption(new Option(flags, describeSetting(spec)).helpGroup(heading));
  }
}

const PLACEHOLDERS: { readonly [K in Exclude<SettingSpec["kind"], "text">]: string } = {
  flag: "[true|false]",
  integers: "<n,n,…>",
  integer: "<n>",
  number: "<x>",
  choice: "<name>",
};

function placeholder(spec: SettingSpec): string {
  return spec.kind === "text" ? `<${spec.placeholder}>` : PLACEHOLDERS[spec.kind];
}

/** Reads a command line. Undefined when --help was asked for and shown; throws InputError for whatever the command does not know. */
export function parseArguments(command: Command, args: readonly string[]): Arguments | undefined {
  try {
    command.parse(args, { from: "user" });
  } catch (error) {
    if (!isCommanderError(error)) throw error;
    if (error.code === "commander.helpDisplayed" || error.code === "commander.help") return undefined;
    throw new InputError(explain(command, error), { cause: error });
  }
  return { operands: command.args, flags: command.opts() };
}

function isCommanderError(error: unknown): error is CommanderError {
  return error instanceof Error && "code" in error && String(error.code).startsWith("commander.");
}

/** Commander's message as one of ours; the word in question stands between quotes in it. */
function explain(command: Command, { code, message }: CommanderError): string {
  const name = command.name();
  const help = `See: ${name} --help`;
  const quoted = /'([^']*)'/.exec(message)?.[1] ?? "";
  switch (code) {
    case "commander.unknownOption": {
      const [flag] = quoted.split("=");
      const near = nearest(
        flag,
        command.options.map(({ long }) => long ?? ""),
      );
      return `${flag}: "${name}" has no such flag${near === undefined ? "." : `; did you mean ${near}?`} ${help}`;
    }
    case "commander.optionMissingArgument": {
      const [flag, value] = quoted.replace(/^-\w, /, "").split(" ");
      return `${flag}: a value ${value} must follow, got none. ${help}`;
    }
    case "commander.missingArgument":
      return `${name}: <${quoted}> is missing. ${help}`;
    case "commander.excessArguments": {
      const expected = command.registeredArguments.length;
      const extra = command.args[expected];
      return `${name}: "${extra}" is one argument too many: it takes ${expected}, got ${command.args.length}. ${help}`;
    }
    default:
      return `${message.replace(/^error: /, "").split("\n")[0]}. ${help}`;
  }
}
