// The JSON schema of the configuration file, made of the table of options. Pure.

import { type Option, variableOf } from "./option.ts";
import { OPTIONS } from "./options_table.ts";

type Schema = Record<string, unknown>;

/** The schema as text, as `serve --schema` prints it. */
export function schemaText(): string {
  const properties: Schema = {
    $schema: { type: "string", description: "The schema that this file follows" },
  };
  for (const option of OPTIONS) {
    if (option.onlyArgument || option.name === "config") continue;
    properties[option.name] = schemaOf(option);
  }
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Options of the static server of @eco/http",
    description: "Paths are relative to the working directory. Arguments and variables of the " +
      "environment take precedence.",
    type: "object",
    properties,
    additionalProperties: false,
  };
  return JSON.stringify(schema, null, 2);
}

function schemaOf(option: Option): Schema {
  const { name, help, byDefault } = option;
  return {
    description: `${help}. Environment: ${variableOf(name)}`,
    ...valueSchemaOf(option),
    ...(byDefault === undefined ? {} : { default: byDefault }),
  };
}

function valueSchemaOf({ type, bare, choices, range, protects }: Option): Schema {
  switch (type) {
    case "flag":
      return { type: "boolean" };
    case "number":
      return {
        type: "integer",
        ...(range === undefined ? {} : { minimum: range[0], maximum: range[1] }),
      };
    case "list":
      return {
        type: ["array", "string"],
        items: { type: "string" },
        ...(protects ? { minItems: 1, minLength: 1 } : {}),
      };
    case "text":
      return {
        type: bare === undefined ? "string" : ["string", "boolean"],
        ...(choices === undefined ? { minLength: 1 } : { enum: choices }),
      };
  }
}
