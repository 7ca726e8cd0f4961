/** JSON as text: laid out, closed up and searched without ever being read into values, so that nothing in it changes. */

interface Token {
  kind: "text" | "number" | "word" | "mark";
  from: number;
  to: number;
}

export interface Span {
  from: number;
  to: number;
}

const TOKEN = /[ \t\r\n]*(?:("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null)|([{}[\],:]))/y;
const KINDS = ["text", "number", "word", "mark"] as const;

/** What the grammar allows next. `first…` may also be the end of an empty pair of brackets. */
type Wanted = "value" | "firstKey" | "firstValue" | "key" | "colon" | "comma" | "end";

interface Scan {
  tokens: Token[];
  /** Where the text stops being one JSON value; null when it is one. */
  fault: number | null;
}

function tokenAt(text: string, at: number): Token | null {
  TOKEN.lastIndex = at;
  const match = TOKEN.exec(text);
  if (!match) return null;
  const which = KINDS.findIndex((_, n) => match[n + 1] !== undefined);
  const to = TOKEN.lastIndex;
  return { kind: KINDS[which]!, from: to - match[which + 1]!.length, to };
}

function pastBlanks(text: string, at: number): number {
  while (at < text.length && /[ \t\r\n]/.test(text[at]!)) at++;
  return at;
}

const takesValue = (wanted: Wanted) => wanted === "value" || wanted === "firstValue";
const afterValue = (open: readonly string[]): Wanted => (open.length ? "comma" : "end");

/** The state after a token, or null where the token may not stand. `open` holds the brackets still open. */
function next(wanted: Wanted, token: Token, mark: string, open: string[]): Wanted | null {
  if (token.kind !== "mark") return afterPlain(wanted, token, open);
  if (mark === ":") return wanted === "colon" ? "value" : null;
  if (mark === ",") return afterComma(wanted, open);
  return "{[".includes(mark) ? afterOpening(wanted, mark, open) : afterClosing(wanted, mark, open);
}

function afterPlain(wanted: Wanted, { kind }: Token, open: readonly string[]): Wanted | null {
  if (takesValue(wanted)) return afterValue(open);
  return kind === "text" && (wanted === "key" || wanted === "firstKey") ? "colon" : null;
}

function afterComma(wanted: Wanted, open: readonly string[]): Wanted | null {
  if (wanted !== "comma") return null;
  return open.at(-1) === "{" ? "key" : "value";
}

function afterOpening(wanted: Wanted, mark: string, open: string[]): Wanted | null {
  if (!takesValue(wanted)) return null;
  open.push(mark);
  return mark === "{" ? "firstKey" : "firstValue";
}

function afterClosing(wanted: Wanted, mark: string, open: string[]): Wanted | null {
  const [opening, ifEmpty] = mark === "}" ? ["{", "firstKey"] : ["[", "firstValue"];
  if (open.at(-1) !== opening || (wanted !== "comma" && wanted !== ifEmpty)) return null;
  open.pop();
  return afterValue(open);
}

function scan(text: string): Scan {
  const tokens: Token[] = [];
  const open: string[] = [];
  let wanted: Wanted = "value";
  let at = 0;
  for (;;) {
    const start = pastBlanks(text, at);
    if (start === text.length) return { tokens, fault: wanted === "end" ? null : start };
    const token = tokenAt(text, at);
    const then: Wanted | null = token && next(wanted, token, text.slice(token.from, token.to), open);
    if (!token || !then) return { tokens, fault: start };
    tokens.push(token);
    wanted = then;
    at = token.to;
  }
}

/** Line and column, both from 1, where the text stops being JSON; null when it is JSON. */
export function faultOf(text: string): { line: number; column: number } | null {
  const { fault } = scan(text);
  if (fault === null) return null;
  const before = text.slice(0, fault).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

/** The same tokens, one item a line. What is not JSON stays as it is. */
export function laidOut(text: string): string {
  const { tokens, fault } = scan(text);
  if (fault !== null) return text;
  let out = "";
  let depth = 0;
  tokens.forEach((token, n) => {
    const mark = text.slice(token.from, token.to);
    const after = tokens[n + 1] && text.slice(tokens[n + 1]!.from, tokens[n + 1]!.to);
    const line = () => `\n${"  ".repeat(depth)}`;
    if (token.kind !== "mark") out += mark;
    else if (mark === ":") out += ": ";
    else if (mark === ",") out += `,${line()}`;
    else if (mark === "{" || mark === "[") {
      depth++;
      out += after === "}" || after === "]" ? mark : mark + line();
    } else {
      depth--;
      out += /[{[]$/.test(out) ? mark : line() + mark;
    }
  });
  return out;
}

/** The same tokens on one line, as records travel. What is not JSON stays as it is. */
export function onOneLine(text: string): string {
  const { tokens, fault } = scan(text);
  return fault === null ? tokens.map(({ from, to }) => text.slice(from, to)).join("") : text;
}

/** Do both say the same, token by token? Blanks between tokens do not count; where either is no JSON they do. */
export function saysTheSame(one: string, other: string): boolean {
  return onOneLine(one) === onOneLine(other);
}

/** Where the named items stand at the top level, from the key to the end of the value, in the order of the text. */
export function spansOf(text: string, names: readonly string[]): Span[] {
  const { tokens } = scan(text);
  const wanted = new Set(names.map((name) => JSON.stringify(name)));
  const spans: Span[] = [];
  let depth = 0;
  tokens.forEach((token, n) => {
    const mark = text.slice(token.from, token.to);
    const isKey = depth === 1 && token.kind === "text" && tokens[n + 1] && text[tokens[n + 1]!.from] === ":";
    if (isKey && wanted.has(mark)) spans.push({ from: token.from, to: endOfValue(text, tokens, n + 2) });
    if (token.kind === "mark") depth += "{[".includes(mark) ? 1 : "}]".includes(mark) ? -1 : 0;
  });
  return spans;
}

function endOfValue(text: string, tokens: readonly Token[], first: number): number {
  let depth = 0;
  for (let n = first; n < tokens.length; n++) {
    const token = tokens[n]!;
    const mark = text.slice(token.from, token.to);
    if (token.kind === "mark") depth += "{[".includes(mark) ? 1 : "}]".includes(mark) ? -1 : 0;
    if (depth === 0) return token.to;
  }
  return text.length;
}
