// This file is part of Moodle - https://moodle.org/
//
// Moodle is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// Moodle is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

/**
 * Keeps the list of running syncs fresh: fetches the page and takes the list out of it.
 *
 * @module     local_mzi/sync
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

import {getString} from 'core/str';

const SECONDS = 5;
const PARTS = ['open', 'past'];

/**
 * A part of a page.
 *
 * @param {Document|Element} page
 * @param {String} name
 * @returns {Element|null}
 */
const part = (page, name) => page.querySelector(`#local-mzi-sync [data-local-mzi="${name}"]`);

/**
 * Puts the parts of a newer page in place, unless somebody is about to press one of their buttons.
 *
 * @param {Document} newer
 */
const replace = newer => {
    PARTS.forEach(name => {
        const now = part(document, name);
        const then = part(newer, name);
        if (now && then && now.innerHTML !== then.innerHTML && !now.contains(document.activeElement)) {
            now.replaceWith(then);
        }
    });
};

/**
 * Fetches the page.
 *
 * @returns {Promise<Document>}
 */
const fetchPage = async() => {
    const response = await fetch(window.location.href, {credentials: 'same-origin'});
    if (!response.ok) {
        throw new Error(`${response.status}`);
    }
    return new DOMParser().parseFromString(await response.text(), 'text/html');
};

/**
 * Looks again and again while a sync goes on. A look that fails is the last one: the link on the page does the same.
 */
const watch = async() => {
    if (!part(document, 'open')?.dataset.goingOn) {
        return;
    }
    await new Promise(resolve => setTimeout(resolve, SECONDS * 1000));
    try {
        replace(await fetchPage());
    } catch (error) {
        return;
    }
    if (part(document, 'open')?.dataset.goingOn) {
        watch();
        return;
    }
    part(document, 'said').textContent = await getString('sync_ended', 'local_mzi');
};

/**
 * Begins.
 */
export const init = () => {
    watch();
};
