import { BorderOutlined, FireOutlined, HomeOutlined, VideoCameraOutlined } from "@ant-design/icons";
import { Button, Segmented, Tooltip } from "antd";
import type { ReactNode } from "react";
import { SEQUENTIAL } from "@/shared/design/colors";
import { useMessages } from "@/shared/i18n";
import { useUrlState } from "@/shared/place";
import { useAppearance } from "@/shared/preferences";
import { DEFAULT_THEME, HEAT_HOURS, switched, type CommandState, type Switch } from "./command-state";

interface LayerDockProps {
  state: CommandState;
  unplaced: number;
}

/** The layers in one bar; the legend of a layer sits on its switch. */
export function LayerDock({ state, unplaced }: LayerDockProps) {
  const t = useMessages();
  const [, changeUrl] = useUrlState();
  const { theme } = state.layers;
  return (
    <div className="dock" role="toolbar" aria-label={t.map.layers} data-testid="layer-dock">
      {unplaced > 0 && <span className="dock-unplaced muted">{t.map.unplaced(unplaced)}</span>}
      <div className="dock-row">
        <Segmented
          size="small"
          value={theme}
          onChange={(layer) => changeUrl({ layer: layer === DEFAULT_THEME ? null : layer })}
          options={[
            { value: "heat", label: t.map.heat },
            { value: "hex", label: t.map.hex },
            { value: "none", label: t.map.off },
          ]}
          aria-label={t.map.theme}
        />
        {theme !== "none" && <HeatLegend hours={state.heatHours} />}
        <LayerSwitch state={state} name="camera" icon={<VideoCameraOutlined />} label={t.map.cameras}>
          <Key className="key-camera" label={t.map.on} />
          <Key className="key-off" label={t.map.offline} />
        </LayerSwitch>
        <LayerSwitch state={state} name="fire" icon={<FireOutlined />} label={t.map.fire}>
          <Key className="key-fire" label={t.map.on} />
          <Key className="key-off" label={t.map.offline} />
        </LayerSwitch>
        <LayerSwitch state={state} name="windows" icon={<HomeOutlined />} label={t.map.windows}>
          <Key className="key-registered" label={t.map.registered} />
          <Key className="key-tenant" label={t.map.tenants} />
          <Key className="key-attention" label={t.map.attention} />
        </LayerSwitch>
        <LayerSwitch state={state} name="grids" icon={<BorderOutlined />} label={t.map.grids} />
      </div>
    </div>
  );
}

interface LayerSwitchProps {
  state: CommandState;
  name: Switch;
  icon: ReactNode;
  label: string;
  children?: ReactNode;
}

function LayerSwitch({ state, name, icon, label, children }: LayerSwitchProps) {
  const [, changeUrl] = useUrlState();
  const isOn = state.layers[name];
  const legend = children ? (
    <div className="dock-legend">
      <strong>{label}</strong>
      {children}
    </div>
  ) : (
    label
  );
  return (
    <Tooltip title={legend}>
      <Button
        size="small"
        type="text"
        className={isOn ? "dock-switch is-on" : "dock-switch"}
        icon={icon}
        aria-label={label}
        aria-pressed={isOn}
        onClick={() => changeUrl({ on: switched(state.layers, name) })}
        data-testid={`layer-${name}`}
      />
    </Tooltip>
  );
}

function Key({ className, label }: { className: string; label: string }) {
  return (
    <span className="dock-key">
      <i className={className} aria-hidden="true" />
      {label}
    </span>
  );
}

function HeatLegend({ hours }: { hours: number }) {
  const t = useMessages();
  const { theme } = useAppearance();
  const [, changeUrl] = useUrlState();
  return (
    <span className="heat-legend" title={t.map.heatLegend(t.map.hours(hours))}>
      <Segmented
        size="small"
        value={hours}
        onChange={(value) => changeUrl({ hours: value === 168 ? null : String(value) })}
        options={HEAT_HOURS.map((value) => ({ value, label: t.map.hours(value) }))}
        aria-label={t.map.span}
      />
      <span className="muted">{t.map.few}</span>
      <span className="heat-ramp" aria-hidden="true">
        {SEQUENTIAL[theme].map((color) => (
          <i key={color} style={{ background: color }} />
        ))}
      </span>
      <span className="muted">{t.map.many}</span>
    </span>
  );
}
