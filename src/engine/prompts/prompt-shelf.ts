import type { PromptBook } from '../../../agents/ports.js';
import { loadPrompts, type PromptLibrary, refuseChanged } from './prompt-book.js';
import { folderStamp } from './prompt-folder.js';

/** The prompt files of a running process. */
export interface PromptShelf {
  /** The files as they hold now. */
  read(): PromptLibrary;
  readonly book: PromptBook;
  /** One version of the files that were read last. @throws `PROMPT_NOT_FOUND` */
  readonly find: PromptLibrary['find'];
}

/**
 * Loads a prompt folder. What was loaded stays; with `reload`, for work on prompts, files that changed are read again before
 * the next run begins, and where they cannot be used the last good ones stay and `warn` says why.
 * @throws `PROMPT_INVALID`, also where a released file is not what was released
 */
export function openPromptShelf(options: {
  readonly dir: string;
  readonly reload: boolean;
  readonly warn: (message: string, error?: unknown) => void;
}): PromptShelf {
  const { dir, reload, warn } = options;
  const load = () => {
    const loaded = loadPrompts(dir);
    refuseChanged(loaded);
    return loaded;
  };
  let stamp = reload ? folderStamp(dir) : '';
  let library = load();

  const refresh = () => {
    try {
      const now = folderStamp(dir);
      if (now === stamp) return;
      stamp = now;
      library = load();
    } catch (error) {
      warn('the changed prompts are not used', error);
    }
  };

  return {
    read() {
      if (reload) refresh();
      return library;
    },
    find: (...asked) => library.find(...asked),
    book: {
      render: (...asked) => library.render(...asked),
      takes: (...asked) => library.takes(...asked),
    },
  };
}
