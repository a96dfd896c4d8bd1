const date = /^(\d{4})-(\d{2})-(\d{2})$/;
const time = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?$/;

/** How a string is written: a date, a time with or without offset (RFC 3339 with `T`), or any other text. */
export function spellingOf(text: string): 'dates' | 'zonedTimes' | 'localTimes' | 'texts' {
  if (text.length < 10 || text.length > 40) return 'texts';
  const day = date.exec(text);
  if (day !== null) return isDay(day) ? 'dates' : 'texts';
  const moment = time.exec(text);
  if (moment === null || !isDay(moment) || !isClock(moment)) return 'texts';
  return moment[7] === undefined ? 'localTimes' : 'zonedTimes';
}

/** Zero dates and February 30 are text: destinations would make null of them. */
function isDay(match: RegExpExecArray): boolean {
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31);
}

const isClock = (match: RegExpExecArray): boolean =>
  Number(match[4]) < 24 && Number(match[5]) < 60 && Number(match[6]) < 60;
