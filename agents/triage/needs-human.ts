import type { Decision, Taxonomy } from '../contracts/index.js';

/** Why a person should look at a ticket whatever answer is found; none where nobody needs to. Pure. */
export function humanReasons(
  decided: Pick<Decision, 'category' | 'priority' | 'language'>,
  taxonomy: Taxonomy,
): string[] {
  const { category, priority, language } = decided;
  const highest = taxonomy.priority[0]?.[0];
  const reasons: string[] = [];
  if (category.value === null) reasons.push('No category of the taxonomy fits the message.');
  if (priority.value !== null && priority.value === highest)
    reasons.push(`Its priority is ${highest}, the highest there is.`);
  if (language !== null && taxonomy.languages && !taxonomy.languages.includes(language))
    reasons.push(`It is written in a language that the team does not answer in (${language}).`);
  return reasons;
}
