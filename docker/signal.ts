const NUMBERS: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  IOT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  STKFLT: 16,
  CHLD: 17,
  CLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  URG: 23,
  XCPU: 24,
  XFSZ: 25,
  VTALRM: 26,
  PROF: 27,
  WINCH: 28,
  IO: 29,
  POLL: 29,
  PWR: 30,
  SYS: 31,
};
const RTMIN = 34;
const RTMAX = 64;

/**
 * Reads a signal by name or number, as `KILL`, `sigterm`, `SIGRTMIN+3` or `9`.
 *
 * @throws {RangeError} With docker's text, as `invalid signal: FOO`.
 */
export function parseSignal(text: string): number {
  if (/^[+-]?\d+$/.test(text)) {
    const number = Number(text);
    if (number >= 1 && number <= RTMAX) return number;
  } else {
    const name = text.toUpperCase().replace(/^SIG/, "");
    if (Object.hasOwn(NUMBERS, name)) return NUMBERS[name]!;
    const [, base, sign, offset = "0"] =
      /^(RTMIN|RTMAX)(?:([+-])([1-9]\d?))?$/.exec(name) ?? [];
    if (base === "RTMIN" && sign !== "-" && Number(offset) <= 15) {
      return RTMIN + Number(offset);
    }
    if (base === "RTMAX" && sign !== "+" && Number(offset) <= 14) {
      return RTMAX - Number(offset);
    }
  }
  throw new RangeError(`invalid signal: ${text}`);
}

/** The name of a signal with `SIG`, as `SIGRTMIN+3` for 37; a number that has none stays a number. */
export function signalName(number: number): string {
  for (const name in NUMBERS) {
    if (NUMBERS[name] === number) return `SIG${name}`;
  }
  if (number < RTMIN || number > RTMAX) return String(number);
  if (number <= RTMIN + 15) {
    return number === RTMIN ? "SIGRTMIN" : `SIGRTMIN+${number - RTMIN}`;
  }
  return number === RTMAX ? "SIGRTMAX" : `SIGRTMAX-${RTMAX - number}`;
}
