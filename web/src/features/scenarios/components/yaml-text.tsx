import { Button, App } from "antd";
import { useMessages } from "@/shared/i18n";
import { paintYaml } from "../paint-yaml";

/** The scenario file as it is, with keys and comments told apart. */
export function YamlText({ text }: { text: string }) {
  const t = useMessages();
  const { message } = App.useApp();
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    void message.success(t.scenarios.copied);
  };
  return (
    <>
      <h3 className="yaml-head">
        {t.scenarios.yaml}
        {"clipboard" in navigator && (
          <Button size="small" type="text" onClick={() => void copy()}>
            {t.scenarios.copy}
          </Button>
        )}
      </h3>
      <pre className="yaml" tabIndex={0}>
        {paintYaml(text).map((line, number) => (
          <div key={number}>
            {line.map((part, at) => (
              <span key={at} className={`yaml-${part.kind}`}>
                {part.text}
              </span>
            ))}
            {"\n"}
          </div>
        ))}
      </pre>
    </>
  );
}
