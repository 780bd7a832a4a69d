import type { CompletionPlace } from './completion-words';

/** The shells that a script can be made for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** One of {@link SHELLS}. */
export type Shell = (typeof SHELLS)[number];

/** What the script is made of. */
export interface CompletionParts {
  readonly places: readonly CompletionPlace[];
  readonly sendingOptions: readonly string[];
}

/**
 * A script that completes `ledgerdesk` without starting it: one table of what may be typed where,
 * and a function that walks the line typed so far through it.
 */
export function completionScript(shell: Shell, parts: CompletionParts): string {
  return shell === 'fish' ? fishScript(parts) : posixScript(parts, COMPLETERS[shell]);
}

// Only such words stand in quotes of all three shells without further ado.
const SAFE = /^[\w.:-]+$/;

function echoed({ words, takesSendingOptions }: CompletionPlace): string {
  const safe = words.filter((word) => SAFE.test(word));
  const all = takesSendingOptions === true ? [...safe, '$__ledgerdesk_sending'] : safe;
  return `echo "${all.join(' ')}"`;
}

function posixScript({ places, sendingOptions }: CompletionParts, completer: string): string {
  const cases = places.map(
    (place) => `    ${place.places.map((each) => `'${each}'`).join('|')}) ${echoed(place)} ;;`,
  );
  return [
    `__ledgerdesk_sending='${sendingOptions.join(' ')}'`,
    '__ledgerdesk_words() {',
    '  case "$1" in',
    ...cases,
    '    *) return 1 ;;',
    '  esac',
    '}',
    completer,
    '',
  ].join('\n');
}

const BASH = `_ledgerdesk() {
  local place=ledgerdesk word index found
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    if [[ $word != -* ]] && __ledgerdesk_words "$place $word" >/dev/null; then
      place="$place $word"
    fi
  done
  word=\${COMP_WORDS[COMP_CWORD - 1]}
  if [[ $word != -* ]] || ! found=$(__ledgerdesk_words "$place $word"); then
    found=$(__ledgerdesk_words "$place")
  fi
  COMPREPLY=($(compgen -W "$found" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _ledgerdesk ledgerdesk`;

const ZSH = `_ledgerdesk() {
  local place=ledgerdesk word found
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ $word != -* ]] && __ledgerdesk_words "$place $word" >/dev/null; then
      place="$place $word"
    fi
  done
  word=\${words[CURRENT-1]}
  if [[ $word != -* ]] || ! found=$(__ledgerdesk_words "$place $word"); then
    found=$(__ledgerdesk_words "$place")
  fi
  compadd -- \${=found}
}
compdef _ledgerdesk ledgerdesk`;

const COMPLETERS: Readonly<Record<Exclude<Shell, 'fish'>, string>> = { bash: BASH, zsh: ZSH };

function fishScript({ places, sendingOptions }: CompletionParts): string {
  const cases = places.flatMap((place) => [
    `    case ${place.places.map((each) => `'${each}'`).join(' ')}`,
    `      ${echoed(place)}`,
  ]);
  return [
    `set -g __ledgerdesk_sending '${sendingOptions.join(' ')}'`,
    'function __ledgerdesk_words',
    '  switch $argv[1]',
    ...cases,
    "    case '*'",
    '      return 1',
    '  end',
    'end',
    FISH,
    '',
  ].join('\n');
}

const FISH = `function __ledgerdesk_complete
  set -l typed (commandline -opc)
  set -l place ledgerdesk
  for word in $typed[2..-1]
    if not string match -q -- '-*' $word; and __ledgerdesk_words "$place $word" >/dev/null
      set place "$place $word"
    end
  end
  if __ledgerdesk_words "$place $typed[-1]" >/dev/null; and string match -q -- '-*' $typed[-1]
    set place "$place $typed[-1]"
  end
  string split ' ' -- (__ledgerdesk_words $place)
end
complete -c ledgerdesk -f -a '(__ledgerdesk_complete)'`;
