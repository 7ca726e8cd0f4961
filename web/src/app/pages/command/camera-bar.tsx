import {
  AimOutlined,
  CompassOutlined,
  MinusOutlined,
  PauseOutlined,
  PlayCircleOutlined,
  PlusOutlined,
} from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { useMessages } from "@/shared/i18n";
import type { TownMap, View } from "@/map/town-map";

interface CameraBarProps {
  town: TownMap | null;
  home: View;
  isTouring: boolean;
  onTour: (isTouring: boolean) => void;
}

/** The camera: closer, farther, flat, home, and the tour. */
export function CameraBar({ town, home, isTouring, onTour }: CameraBarProps) {
  const t = useMessages();
  const buttons = [
    { label: t.map.zoomIn, icon: <PlusOutlined />, run: () => town?.zoomBy(1) },
    { label: t.map.zoomOut, icon: <MinusOutlined />, run: () => town?.zoomBy(-1) },
    { label: `${t.map.north} (N)`, icon: <CompassOutlined />, run: () => town?.toggleFlat() },
    { label: t.map.home, icon: <AimOutlined />, run: () => town?.goTo(home) },
    {
      label: isTouring ? t.tour.stop : t.tour.start,
      icon: isTouring ? <PauseOutlined /> : <PlayCircleOutlined />,
      run: () => onTour(!isTouring),
    },
  ];
  return (
    <div className="camera-bar" role="toolbar" aria-orientation="vertical" aria-label={t.map.camera}>
      {buttons.map(({ label, icon, run }) => (
        <Tooltip key={label} title={label} placement="left">
          <Button size="small" type="text" icon={icon} aria-label={label} onClick={run} disabled={!town} />
        </Tooltip>
      ))}
    </div>
  );
}
