/**
 * Ten shades of the platform's color, and which of them can be read: text and buttons keep the contrast that WCAG 2.1
 * asks for (1.4.3, 4.5 to 1).
 */

type Rgb = readonly [number, number, number];
export type Shades = readonly [string, string, string, string, string, string, string, string, string, string];

export const TEXT_CONTRAST = 4.5;
/** How far each shade goes to white (negative) or to black; the sixth is the color itself. */
const STEPS = [-0.94, -0.86, -0.72, -0.54, -0.34, -0.16, 0, 0.2, 0.42, 0.66];

export function shadesOf(color: string): Shades {
  const base = parse(color);
  return STEPS.map((step) =>
    format(base.map((part) => (step < 0 ? part + (255 - part) * -step : part * (1 - step))) as unknown as Rgb),
  ) as unknown as Shades;
}

/**
 * @returns the index of the shade nearest to the color itself that can be read on a background; the outermost where
 *   none can
 */
export function readableShade(shades: Shades, background: string): number {
  const near = [...shades.keys()].sort((a, b) => Math.abs(a - 6) - Math.abs(b - 6));
  const readable = near.find((index) => contrast(shades[index]!, background) >= TEXT_CONTRAST);
  return (
    readable ??
    near.reduce((best, index) =>
      contrast(shades[index]!, background) > contrast(shades[best]!, background) ? index : best,
    )
  );
}

/** WCAG 2.1, "contrast ratio": 1 to 21. */
export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(parse(one)), luminance(parse(other))].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((part) =>
    part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
  ) as unknown as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function parse(color: string): Rgb {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
  return [red, green, blue];
}

const format = (color: Rgb): string =>
  `#${color.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
