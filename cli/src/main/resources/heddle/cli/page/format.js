/** Writes amounts and names for people to read. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
const COUNTS = ['', ' thousand', ' million', ' billion', ' trillion'];

/** Three digits. */
function digits(value) {
    return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function scaled(amount, base, units) {
    let value = amount;
    let unit = 0;
    while (value >= base && unit < units.length - 1) {
        value /= base;
        unit++;
    }
    return unit === 0 ? amount + units[0] : digits(value) + units[unit];
}

/** Bytes as the command line writes them, `33.6 MB`; a formula stays one. */
export function bytes(amount) {
    if (typeof amount !== 'number') {
        return amount === undefined ? '' : amount + ' B';
    }
    let value = amount;
    let unit = 0;
    while (value >= 1000 && unit < UNITS.length - 1) {
        value /= 1000;
        unit++;
    }
    return (unit === 0 ? amount : value < 100 ? value.toFixed(1) : value.toFixed(0)) + ' ' + UNITS[unit];
}

/** A number of operations, `18.1 billion`. */
export function operations(amount) {
    return typeof amount === 'number' ? scaled(amount, 1000, COUNTS) : String(amount ?? '');
}

/** Nanoseconds in the unit that fits, `3.25 ms`. */
export function time(nanos) {
    return nanos >= 1e9 ? digits(nanos / 1e9) + ' s' : nanos >= 1e6 || nanos === 0
        ? digits(nanos / 1e6) + ' ms'
        : digits(nanos / 1e3) + ' µs';
}

/** A whole number, grouped. */
export function whole(n) {
    return typeof n === 'number' ? n.toLocaleString('en-US') : String(n);
}

/** A share of one, `4.1 %`. */
export function percent(share) {
    return (100 * share).toFixed(share >= 0.1 ? 0 : 1) + ' %';
}

/** `1 kernel`, `2 kernels`, `2 passes`. */
export function counted(n, noun, more = noun + 's') {
    return whole(n) + ' ' + (n === 1 ? noun : more);
}

/** What a command proposes for a length: what the model says is typical, one text, 512 of anything else. */
export function proposed(head, length) {
    return head.typical?.[length] ?? (length === 'B' ? 1 : 512);
}

/** A name as a shell takes it for one word. */
export function quoted(text) {
    const visible = shown(text, 400);
    return /^[\w./=:+%@-]+$/.test(visible) ? visible : "'" + visible.replaceAll("'", "'\\''") + "'";
}

const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A name as it is shown: what would change how the text around it reads is a sign, and what is too long is cut. */
export function shown(text, longest = 200) {
    const visible = String(text).replace(HIDDEN, c => '⟨U+' + c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0') + '⟩');
    const letters = visible.length > longest ? Array.from(visible) : visible;
    return letters.length > longest ? letters.slice(0, longest - 1).join('') + '…' : visible;
}

/** A line of source: tabs stay. */
export function sourceText(text) {
    return String(text).replace(/\r$/, '').replace(HIDDEN, c => c === '\t' ? c : '⟨U+' + c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0') + '⟩');
}
