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
 * Opens the tabs of a student's page without loading the whole page.
 *
 * The tabs are plain links: without this module, or when fetching fails, they are followed.
 *
 * @module     local_mzi/tabs
 * @copyright  2026 MZI bridge contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

import {call as fetchMany} from 'core/ajax';
import {processCollectedJavascript} from 'core/fragment';
import Pending from 'core/pending';
import Templates from 'core/templates';

/** Number of the last fetch; the answer to an older one is dropped. */
let latest = 0;

/**
 * An element of the page by its role.
 *
 * @param {HTMLElement} page
 * @param {string} role
 * @returns {HTMLElement}
 */
const part = (page, role) => page.querySelector(`[data-local-mzi="${role}"]`);

/**
 * Fetches a tab.
 *
 * @param {HTMLElement} page
 * @param {string} tab
 * @returns {Promise<Object>} html, javascript, heading, title, said and returnurl
 */
const fetchTab = (page, tab) => fetchMany([{
    methodname: 'local_mzi_get_tab',
    args: {tab, student: Number(page.dataset.student)},
}])[0];

/**
 * Puts a fetched tab into the page.
 *
 * @param {HTMLElement} page
 * @param {string} tab
 * @param {Object} fetched
 * @returns {Promise<void>}
 */
const showTab = async(page, tab, fetched) => {
    const javascript = processCollectedJavascript(fetched.javascript);
    await Templates.replaceNodeContents(part(page, 'body'), fetched.html, javascript);
    page.dataset.tab = tab;
    document.title = fetched.title;
    page.querySelectorAll('[data-local-mzi-tab]').forEach(link => {
        if (link.dataset.localMziTab === tab) {
            link.setAttribute('aria-current', 'page');
        } else {
            link.removeAttribute('aria-current');
        }
    });
    const returnurl = part(page, 'returnurl');
    if (returnurl) {
        returnurl.value = fetched.returnurl;
    }
    const heading = part(page, 'heading');
    heading.textContent = fetched.heading;
    part(page, 'said').textContent = fetched.said;
    heading.focus();
};

/**
 * Opens a tab; goes to its address if that fails.
 *
 * @param {HTMLElement} page
 * @param {string} tab
 * @param {string} url
 * @param {boolean} remember whether the browser's back button shall come back to where we are
 * @returns {Promise<void>}
 */
const open = async(page, tab, url, remember) => {
    const pending = new Pending('local_mzi/tabs:open');
    const number = ++latest;
    const panel = part(page, 'panel');
    panel.setAttribute('aria-busy', 'true');
    try {
        const fetched = await fetchTab(page, tab);
        if (number === latest) {
            if (remember) {
                window.history.pushState({localMziTab: tab}, '', url);
            }
            await showTab(page, tab, fetched);
        }
    } catch (error) {
        window.location.assign(url);
    } finally {
        if (number === latest) {
            panel.removeAttribute('aria-busy');
        }
        pending.resolve();
    }
};

/**
 * Whether a click asks for no more than to follow the link here.
 *
 * @param {MouseEvent} event
 * @returns {boolean}
 */
const isPlain = event => event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;

/**
 * Makes the tabs of the page open in place.
 */
export const init = () => {
    const page = document.getElementById('local-mzi-student');
    if (!page) {
        return;
    }
    window.history.replaceState({localMziTab: page.dataset.tab}, '', window.location.href);
    page.addEventListener('click', event => {
        const link = event.target.closest('[data-local-mzi-tab]');
        if (link && isPlain(event)) {
            event.preventDefault();
            open(page, link.dataset.localMziTab, link.href, true);
        }
    });
    window.addEventListener('popstate', event => {
        if (event.state && event.state.localMziTab) {
            open(page, event.state.localMziTab, window.location.href, false);
        }
    });
};
