// HTTP dates, RFC 9110 5.6.7: three forms are read, and no others; one is written. Reading is strict
// (case, spacing, ranges, month lengths); only whether the weekday fits the date is not checked, since
// the date is unambiguous without it.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun"]
  .concat(["Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]);
const DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
const LONG_DAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day";
const MONTH = `(?<month>${MONTHS.join("|")})`;
const TIME = "(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)";

const IMF_FIXDATE = new RegExp(`^${DAY}, (?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`);
const RFC_850 = new RegExp(`^${LONG_DAY}, (?<day>\\d\\d)-${MONTH}-(?<year>\\d\\d) ${TIME} GMT$`);
const ASCTIME = new RegExp(`^${DAY} ${MONTH} (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`);

const EARLIEST_MS = Date.UTC(1000, 0, 1);
const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59);

/**
 * Milliseconds since 1970 of an HTTP date, or `undefined` when it is none. `nowMs` decides the century
 * of the two-digit years of RFC 850.
 */
export function parseHttpDate(value: string, nowMs: number): number | undefined {
  const full = IMF_FIXDATE.exec(value) ?? ASCTIME.exec(value);
  if (full) {
    const fields = full.groups as unknown as Fields;
    return toMs(fields, Number(fields.year));
  }
  const short = RFC_850.exec(value);
  if (!short) return undefined;
  const fields = short.groups as unknown as Fields;
  const thisYear = new Date(nowMs).getUTCFullYear();
  const year = thisYear - thisYear % 100 + Number(fields.year);
  const ms = toMs(fields, year);
  // More than 50 years ahead means the most recent past year with these digits. 29 February may exist
  // in one of the two centuries only, so the day is checked again.
  if (year > thisYear + 50 || (ms !== undefined && ms > addYears(nowMs, 50))) {
    return toMs(fields, year - 100);
  }
  return ms;
}

/** The last date that was formatted: a server mostly formats that of one file again and again. */
let lastMs = 0;
let lastText = new Date(0).toUTCString();

/** An IMF-fixdate, the one form a sender may use; fractions of a second are cut off. */
export function formatHttpDate(ms: number): string {
  if (Number.isNaN(ms)) throw new RangeError("Cannot format HTTP date: the time is not a number");
  if (ms === lastMs) return lastText;
  lastMs = ms;
  // ECMAScript fixes this format, and within these bounds it is IMF-fixdate.
  return lastText = new Date(Math.min(Math.max(ms, EARLIEST_MS), LATEST_MS)).toUTCString();
}

interface Fields {
  day: string;
  month: string;
  year: string;
  hour: string;
  minute: string;
  second: string;
}

function toMs(fields: Fields, year: number): number | undefined {
  const month = MONTHS.indexOf(fields.month);
  const [day, hour, minute, second] = [fields.day, fields.hour, fields.minute, fields.second]
    .map(Number);
  // Date.UTC takes the years 0 to 99 for 1900 to 1999, and rolls a day that does not exist over.
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  if (day < 1 || date.getUTCMonth() !== month) return undefined;
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  // A leap second is only ever the last of a day; it counts as the first of the next one.
  if (second === 60 && (hour !== 23 || minute !== 59)) return undefined;
  return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000;
}

function addYears(ms: number, years: number): number {
  const date = new Date(ms);
  date.setUTCFullYear(date.getUTCFullYear() + years);
  return date.getTime();
}
