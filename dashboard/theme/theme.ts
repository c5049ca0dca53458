/**
 * The component library's theme: the platform's color, quiet neutrals, the system's own fonts (nothing is fetched for
 * looks).
 */
import {
  createTheme,
  type CSSVariablesResolver,
  defaultVariantColorsResolver,
  type MantineColorShade,
  type MantineThemeOverride,
} from '@mantine/core';
import { readableShade, shadesOf } from './shades';

const DEFAULT_COLOR = '#4f5bd5';
const LIGHT_SURFACE = '#ffffff';
/** The lightest surface that text of the platform's color stands on in the dark scheme. */
const DARK_SURFACE = '#22262d';
/** Lightest to darkest; the seventh is the page. */
const DARK = [
  '#e8eaee',
  '#c4c9d2',
  '#a6adb9',
  '#838b99',
  '#4a515d',
  '#343a44',
  '#262b33',
  '#15181d',
  '#101216',
  '#0b0d10',
] as const;

/** Black or white, by the scheme's shade. */
const ON_PRIMARY = 'var(--mantine-primary-color-contrast)';

export const SANS =
  'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif';
export const MONO =
  'ui-monospace, SFMono-Regular, Menlo, "Cascadia Mono", Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace';

/** @param color `#rrggbb` */
export function platformTheme(color = DEFAULT_COLOR): MantineThemeOverride {
  const brand = shadesOf(color);
  return createTheme({
    colors: { brand, dark: DARK },
    primaryColor: 'brand',
    primaryShade: {
      light: readableShade(brand, LIGHT_SURFACE) as MantineColorShade,
      dark: readableShade(brand, DARK_SURFACE) as MantineColorShade,
    },
    autoContrast: true,
    luminanceThreshold: 0.179, // where black and white text have the same contrast
    // The library's own choice is of the light scheme's shade in both schemes.
    variantColorResolver: (input) => ({
      ...defaultVariantColorsResolver(input),
      ...(input.variant === 'filled' && (input.color ?? 'brand') === 'brand' && { color: ON_PRIMARY }),
    }),
    fontFamily: SANS,
    fontFamilyMonospace: MONO,
    fontSizes: { xs: '0.75rem', sm: '0.875rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
    defaultRadius: 'md',
    radius: { xs: '3px', sm: '5px', md: '7px', lg: '10px', xl: '16px' },
    cursorType: 'pointer',
    respectReducedMotion: true,
    components: {
      Button: { defaultProps: { size: 'sm' } },
      TextInput: { defaultProps: { size: 'sm' } },
      Textarea: { defaultProps: { size: 'sm' } },
      NativeSelect: { defaultProps: { size: 'sm' } },
      Checkbox: { defaultProps: { iconColor: ON_PRIMARY } },
      Radio: { defaultProps: { iconColor: ON_PRIMARY } },
    },
  });
}

/** The library's own dimmed text, placeholders and errors are too faint for AA on some of our surfaces. */
export const readableVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#5b6270',
    '--mantine-color-placeholder': '#6b7280',
    '--mantine-color-error': '#b42318',
    '--mantine-color-text': '#1a1d23',
  },
  dark: {
    '--mantine-color-dimmed': '#a6adb9',
    '--mantine-color-placeholder': '#949ca9',
    '--mantine-color-error': '#ff8f85',
    '--mantine-color-text': '#e8eaee',
  },
});
