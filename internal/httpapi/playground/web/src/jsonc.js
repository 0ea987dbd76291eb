// In place of GraphiQL's utility/jsonc, which loads half a megabyte of prettier to lay out the variables: jsonc-parser does both.
import { applyEdits, format, parse, printParseErrorCode } from 'jsonc-parser';

export async function formatJSONC(content) {
  return applyEdits(content, format(content, undefined, { tabSize: 2, insertSpaces: true }));
}

export function parseJSONC(content) {
  const errors = [];
  const value = parse(content, errors, { allowTrailingComma: true, allowEmptyContent: true });
  if (errors.length > 0) {
    const [{ error, offset }] = errors;
    const lines = content.slice(0, offset).split('\n');
    throw new SyntaxError(`${printParseErrorCode(error)} at line ${lines.length}, column ${lines.at(-1).length + 1}`);
  }
  return value;
}

export function tryParseJSONC(json = '') {
  let value;
  try {
    value = parseJSONC(json);
  } catch (error) {
    throw new Error(`are invalid JSON: ${error.message}.`);
  }
  if (!value) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw new TypeError('are not a JSON object.');
  return value;
}
