import fc from 'fast-check';
import { contrast, readableShade, shadesOf, TEXT_CONTRAST } from '../../dashboard/theme/shades';

test('contrast is as WCAG 2.1 has it', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

test('of any color of a platform there is a shade that can be read, on white and on black', () => {
  const color = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);
  fc.assert(
    fc.property(color, fc.constantFrom('#ffffff', '#22262d'), (base, background) => {
      const shades = shadesOf(base);
      expect(shades[6]).toBe(base);
      expect(contrast(shades[readableShade(shades, background)]!, background)).toBeGreaterThanOrEqual(TEXT_CONTRAST);
    }),
    { numRuns: 2000 },
  );
});

test('a color that can be read is taken as it is', () => expect(readableShade(shadesOf('#4f5bd5'), '#ffffff')).toBe(6));
