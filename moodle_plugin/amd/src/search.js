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
 * Finds students while somebody types, without loading the whole page.
 *
 * The page works without this module, as a form. What was looked for is kept in the entry of the browser's history,
 * not in the address, so that it comes back with the back button and goes into no log.
 *
 * @module     local_mzi/search
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

import {call as fetchMany} from 'core/ajax';
import {exception as showException} from 'core/notification';
import Pending from 'core/pending';
import Templates from 'core/templates';
import {debounce} from 'core/utils';

/** Milliseconds without a key before a search begins. */
const REST = 250;

/** Number of the last search; the answer to an older one is dropped. */
let latest = 0;

/**
 * An element of the page by its role.
 *
 * @param {HTMLElement} place
 * @param {string} role
 * @returns {HTMLElement}
 */
const part = (place, role) => place.querySelector(`[data-local-mzi="${role}"]`);

/**
 * The links to the students that are shown.
 *
 * @param {HTMLElement} place
 * @returns {HTMLElement[]}
 */
const links = place => Array.from(place.querySelectorAll('.local-mzi-found a'));

/**
 * Searches and shows what is found.
 *
 * @param {HTMLElement} place
 * @param {string} query
 * @param {number} page
 * @returns {Promise<void>}
 */
const search = async(place, query, page) => {
    const pending = new Pending('local_mzi/search:search');
    const number = ++latest;
    const results = part(place, 'results');
    results.setAttribute('aria-busy', 'true');
    try {
        const found = await fetchMany([{methodname: 'local_mzi_search_students', args: {query, page}}])[0];
        const {html, js} = await Templates.renderForPromise('local_mzi/search_results', found);
        if (number === latest) {
            window.history.replaceState({...window.history.state, localMziSearch: {query, page: found.page}}, '');
            await Templates.replaceNodeContents(results, html, js);
            part(place, 'summary').textContent = found.summary;
        }
    } catch (error) {
        showException(error);
    } finally {
        if (number === latest) {
            results.removeAttribute('aria-busy');
        }
        pending.resolve();
    }
};

/**
 * Moves between the field and the links by the arrow keys; Escape goes back to the field.
 *
 * @param {HTMLElement} place
 * @param {HTMLInputElement} field
 * @param {KeyboardEvent} event
 */
const move = (place, field, event) => {
    const stops = [field, ...links(place)];
    const here = stops.indexOf(event.target);
    if (here === -1) {
        return;
    }
    const steps = {ArrowDown: here + 1, ArrowUp: here - 1, Escape: 0};
    const stop = stops[steps[event.key]];
    if (stop && stop !== event.target) {
        event.preventDefault();
        stop.focus();
    }
};

/**
 * Goes to another page of what was found and lets the reader begin at its top.
 *
 * @param {HTMLElement} place
 * @param {string} query
 * @param {number} page
 * @returns {Promise<void>}
 */
const turn = async(place, query, page) => {
    await search(place, query, page);
    const [first] = links(place);
    if (first) {
        first.focus();
    }
};

/**
 * Makes the form search at once.
 */
export const init = () => {
    const place = document.getElementById('local-mzi-search');
    if (!place) {
        return;
    }
    const form = place.querySelector('form');
    const field = form.querySelector('[type="search"]');
    const afterTyping = debounce(() => search(place, field.value, 0), REST);
    field.addEventListener('input', afterTyping);
    form.addEventListener('submit', event => {
        event.preventDefault();
        if (event.submitter && event.submitter.name === 'page') {
            turn(place, field.value, Number(event.submitter.value));
        } else {
            search(place, field.value, 0);
        }
    });
    place.addEventListener('keydown', event => move(place, field, event));
    const before = window.history.state && window.history.state.localMziSearch;
    if (before) {
        field.value = before.query;
        search(place, before.query, before.page);
    }
};
