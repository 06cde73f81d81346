import { describe, expect, it } from '@jest/globals';
import { rankLevels } from './classify.js';

const scale = (...descriptions: string[]) => ({
  name: '',
  options: descriptions.map((description, at) => ({ label: String(at + 1), description })),
});
const EXTENT = scale('the whole company', 'one team', 'one person');
const HASTE = scale('work has stopped', 'work is hindered', 'it can wait');
const level = (text: string, list: typeof EXTENT) => Number(rankLevels(text, list, [])[0]?.label);

describe('rankLevels', () => {
  it.each([
    ['Nobody can connect, all floors, the whole building', 1],
    ['Our team cannot open the folder, six people are waiting', 2],
    ['My mouse is jerky', 3],
  ])('reads the extent of "%s" as %d', (text, expected) => {
    expect(level(text, EXTENT)).toBe(expected);
  });

  it.each([
    ['URGENT!! I cannot log in and the deadline is today', 1],
    ['Excel is slow again, it keeps freezing', 2],
    ['No rush: may I order a new mouse some day?', 3],
  ])('reads the haste of "%s" as %d', (text, expected) => {
    expect(level(text, HASTE)).toBe(expected);
  });

  it('reads a scale the other way round too', () => {
    expect(
      level('Nobody can connect, the whole building', scale('one person', 'one team', 'the whole company')),
    ).toBe(3);
  });
});
