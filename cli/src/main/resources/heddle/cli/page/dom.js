/** Builds elements. Text is text only: nothing is read as markup, and no style is an attribute. */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * An element.
 *
 * @param {string} tag with classes, `div.card.declined`
 * @param {Object} properties attributes; `on…` are listeners, `text` is the text, `style` an object of properties
 * @param {...(Node|string|null|undefined|Array)} children
 */
export function h(tag, properties = {}, ...children) {
    return build(document.createElement(tag.split('.')[0]), tag, properties, children);
}

/** An element of a drawing. */
export function svg(tag, properties = {}, ...children) {
    return build(document.createElementNS(SVG, tag.split('.')[0]), tag, properties, children);
}

const MATHML = 'http://www.w3.org/1998/Math/MathML';

/** An element of a formula. */
export function math(tag, properties = {}, ...children) {
    return build(document.createElementNS(MATHML, tag), tag, properties, children);
}

function build(element, tag, properties, children) {
    const classes = tag.split('.').slice(1);
    if (classes.length > 0) {
        element.setAttribute('class', classes.join(' '));
    }
    for (const [name, value] of Object.entries(properties)) {
        if (value === undefined || value === null || value === false) {
            continue;
        }
        if (name.startsWith('on')) {
            element.addEventListener(name.slice(2), value);
        } else if (name === 'text') {
            element.textContent = value;
        } else if (name === 'style') {
            for (const [key, v] of Object.entries(value)) {
                element.style.setProperty(key, v);
            }
        } else {
            element.setAttribute(name, value === true ? '' : value);
        }
    }
    append(element, children);
    return element;
}

function append(element, children) {
    for (const child of children) {
        if (Array.isArray(child)) {
            append(element, child);
        } else if (child !== null && child !== undefined && child !== false) {
            element.append(child);
        }
    }
}

/** Takes all children out and puts others in. What had the focus has it again, where there is its like. */
export function fill(element, ...children) {
    const active = document.activeElement;
    const had = active !== null && active !== element && element.contains(active) ? called(active) : '';
    element.replaceChildren();
    append(element, children);
    if (had !== '') {
        [...element.querySelectorAll('button, input, select, [tabindex]')].find(e => called(e) === had)?.focus({ preventScroll: true });
    }
    return element;
}

function called(element) {
    return element.id || element.getAttribute('aria-label') || element.textContent;
}

/** Follows the pointer until it is let go. @param end for a pointer that is let go, not for one that the browser takes away */
export function drag(move, end = () => {}) {
    const stop = () => {
        removeEventListener('pointermove', move);
        removeEventListener('pointerup', up);
        removeEventListener('pointercancel', stop);
    };
    const up = event => {
        stop();
        end(event);
    };
    addEventListener('pointermove', move);
    addEventListener('pointerup', up);
    addEventListener('pointercancel', stop);
}

/** A name that the user gave, apart from the text around it. */
export function name(text) {
    return h('bdi', { text });
}

/** A command with a button that copies it. */
export function command(text) {
    return h('span.command', {}, name(text), h('button.text-link', {
        text: 'copy',
        'aria-label': 'Copy the command',
        onclick: () => navigator.clipboard?.writeText(text),
    }));
}
