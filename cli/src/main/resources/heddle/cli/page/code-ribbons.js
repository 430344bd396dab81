/** The ribbons between two columns of code: from the lines of a role on one side to those on the other. */
import { fill, svg } from './dom.js';

/** Draws the ribbons of all roles, the hot one last. */
export function drawRibbons(drawing, from, to, roles, hot) {
    const box = drawing.getBoundingClientRect();
    const offset = c => c.element.getBoundingClientRect().top - box.top;
    const [a, b] = [offset(from), offset(to)];
    const order = [...roles.filter(r => r !== hot), ...roles.includes(hot) ? [hot] : []];
    fill(drawing, order.flatMap(role => paired(clipped(from, role), clipped(to, role)).map(([l, r]) => band(role, box.width, l.map(y => y + a), r.map(y => y + b), role === hot))));
}

/** Runs that are in sight, and of the others the nearest: its ribbon runs out of the picture. */
function clipped(column, role) {
    const runs = column.runs(role);
    const high = column.element.clientHeight;
    const seen = runs.filter(([top, bottom]) => bottom > 0 && top < high);
    return seen.length > 0 ? seen.slice(0, 40) : runs.slice(0, 1);
}

/** Which run goes with which: all with all where they are few, else in order. */
function paired(left, right) {
    if (left.length * right.length <= 6) {
        return left.flatMap(l => right.map(r => [l, r]));
    }
    const most = Math.max(left.length, right.length);
    return left.length === 0 || right.length === 0 ? [] : Array.from({ length: most }, (_, i) => [left[Math.floor(i * left.length / most)], right[Math.floor(i * right.length / most)]]);
}

function band(role, width, [a, b], [c, d], hot) {
    const half = width / 2;
    return svg('path.r-' + role + (hot ? '.hot' : ''), { d: `M0 ${a}C${half} ${a} ${half} ${c} ${width} ${c}L${width} ${d}C${half} ${d} ${half} ${b} 0 ${b}Z` });
}
