/** The icons, each by what it stands for, in one size. */
import {
  IconAlertTriangle,
  IconArrowLeft,
  IconBan,
  IconCheck,
  IconCircleCheck,
  IconCircleX,
  IconClock,
  IconCopy,
  IconDeviceDesktop,
  IconEye,
  IconEyeOff,
  IconMoon,
  IconPlayerPause,
  IconPlus,
  IconRefresh,
  IconSend,
  IconSun,
  IconTrash,
  IconX,
} from '@tabler/icons-react';
import type { ComponentProps, ComponentType } from 'react';

type IconProps = ComponentProps<typeof IconCheck>;

const sized = (Icon: ComponentType<IconProps>) =>
  function SizedIcon(props: IconProps) {
    return <Icon size={16} stroke={1.9} aria-hidden {...props} />;
  };

export const BackIcon = sized(IconArrowLeft);
export const DeliveredIcon = sized(IconCircleCheck);
export const FailedIcon = sized(IconCircleX);
export const CancelledIcon = sized(IconBan);
export const PendingIcon = sized(IconClock);
export const PausedIcon = sized(IconPlayerPause);
export const WarningIcon = sized(IconAlertTriangle);
export const CopyIcon = sized(IconCopy);
export const DoneIcon = sized(IconCheck);
export const CloseIcon = sized(IconX);
export const AddIcon = sized(IconPlus);
export const RemoveIcon = sized(IconTrash);
export const SendIcon = sized(IconSend);
export const RefreshIcon = sized(IconRefresh);
export const ShowIcon = sized(IconEye);
export const HideIcon = sized(IconEyeOff);
export const LightIcon = sized(IconSun);
export const DarkIcon = sized(IconMoon);
export const AutoIcon = sized(IconDeviceDesktop);
