export interface YamlPart {
  kind: "key" | "comment" | "plain";
  text: string;
}

const KEY = /^(\s*(?:- )?)([A-Za-z_$][\w.$-]*)(:(?:\s|$).*|:)$/;

/** Tells keys and comments of a YAML text from the rest, line by line. For reading only: it parses nothing. */
export function paintYaml(text: string): YamlPart[][] {
  return text.replace(/\n$/, "").split("\n").map(paintLine);
}

function paintLine(line: string): YamlPart[] {
  const comment = /(^|\s)#.*$/.exec(line);
  if (comment) {
    const head = line.slice(0, comment.index);
    return [...(head ? paintLine(head) : []), { kind: "comment", text: line.slice(comment.index) }];
  }
  const key = KEY.exec(line);
  if (!key) return [{ kind: "plain", text: line }];
  return [
    { kind: "plain", text: key[1]! },
    { kind: "key", text: key[2]! },
    { kind: "plain", text: key[3]! },
  ];
}
